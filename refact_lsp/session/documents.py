"""The open documents, as the editor's notifications describe them.

Nothing an editor sends is an exception here: what cannot be applied is answered as a `Problem`.
A change that cannot be understood leaves the document *out of step*: nobody knows its text any
more, so it has no snapshot until the editor sends a whole text again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from refact_lsp.session.difference import smallest_edit
from refact_lsp.session.notebooks import NotebookStore
from refact_lsp.text.edits import Edit, apply
from refact_lsp.text.lines import Position, Text, content_length
from refact_lsp.text.positions import Encoding, column_of
from refact_lsp.text.snapshot import DocumentSnapshot


@dataclass(frozen=True, slots=True)
class UnitPosition:
    """A place as the wire has it: zero-based line, column in units of the negotiated encoding."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Change:
    """One content change; without `start` and `end` the text is the whole document."""

    text: str
    start: UnitPosition | None = None
    end: UnitPosition | None = None


class ProblemKind(StrEnum):
    """Why a notification was not, or not plainly, carried out."""

    NOT_OPEN = "not_open"
    OPENED_TWICE = "opened_twice"
    STALE_VERSION = "stale_version"
    OUT_OF_STEP = "out_of_step"


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with a notification, in a sentence for the log."""

    uri: str
    kind: ProblemKind
    message: str


Listener = Callable[[DocumentSnapshot | None, DocumentSnapshot | None, tuple[Edit, ...]], None]
"""Called with the snapshots before (None: opened) and after (None: closed) and the edits between.

The edits apply one after the other. Opened again while open, a document has no edits.
"""


class DocumentStore:
    """Every open document by URI, cells of notebooks among them. Not for more than one thread.

    `encoding` is the unit of columns on the wire, set once when the client is known.
    """

    def __init__(self, encoding: Encoding = Encoding.UTF16) -> None:
        self.encoding = encoding
        self.notebooks = NotebookStore()
        self._documents: dict[str, DocumentSnapshot] = {}
        self._out_of_step: dict[str, DocumentSnapshot] = {}
        self._listeners: list[Listener] = []

    def get(self, uri: str) -> DocumentSnapshot | None:
        """Answer the document as it stands; None when it is not open or out of step."""
        return self._documents.get(uri)

    def snapshots(self) -> tuple[DocumentSnapshot, ...]:
        """Answer every open document, the one changed last at the end."""
        return tuple(self._documents.values())

    def cells_before(self, uri: str) -> tuple[DocumentSnapshot, ...]:
        """Answer the cells above a notebook's cell, in order, as far as they share its language."""
        cell = self._documents.get(uri)
        above = map(self._documents.get, self.notebooks.before(uri))
        return tuple(
            other for other in above if other and cell and other.language_id == cell.language_id
        )

    def is_out_of_step(self, uri: str) -> bool:
        """Whether the document is open, but its text unknown until it is sent as a whole."""
        return uri in self._out_of_step

    def listen(self, listener: Listener) -> None:
        """Call `listener` after every change that was carried out."""
        self._listeners.append(listener)

    def open(self, uri: str, language_id: str, version: int, text: str) -> list[Problem]:
        """Take a document under the editor's care; one already open is replaced."""
        before = self._documents.get(uri)
        was_open = before is not None or self._out_of_step.pop(uri, None) is not None
        self._put(before, DocumentSnapshot(uri, version, language_id, Text(text)), ())
        if not was_open:
            return []
        message = "didOpen for an open document: its text and language were taken anew."
        return [Problem(uri, ProblemKind.OPENED_TWICE, message)]

    def close(self, uri: str) -> list[Problem]:
        """Forget a document."""
        before = self._documents.pop(uri, None)
        if before is None and self._out_of_step.pop(uri, None) is None:
            return [_not_open(uri, "didClose")]
        if before is not None:
            self._tell(before, None, ())
        return []

    def change(self, uri: str, version: int | None, changes: Iterable[Change]) -> list[Problem]:
        """Apply content changes in order; a version that is not newer changes nothing."""
        changes = tuple(changes)
        before = self._documents.get(uri) or self._out_of_step.get(uri)
        if before is None:
            return [_not_open(uri, "didChange")]
        if version is not None and version <= before.version:
            message = f"didChange with version {version} after {before.version} was ignored."
            return [Problem(uri, ProblemKind.STALE_VERSION, message)]
        version = before.version + 1 if version is None else version
        if uri in self._out_of_step:
            return self._recover(before, version, changes)
        if any(map(_is_senseless, changes)):
            return self.lose(uri, version, "didChange with a negative position")
        after, edits = self._applied(before, version, changes)
        self._put(before, after, edits)
        return []

    def lose(self, uri: str, version: int | None, what: str) -> list[Problem]:
        """Mark a document out of step because `what` was sent for it."""
        before = self._documents.pop(uri, None)
        if before is None and uri not in self._out_of_step:
            return [_not_open(uri, what)]
        known = before or self._out_of_step[uri]
        self._out_of_step[uri] = replace(known, version=version or known.version, text=Text(""))
        if before is not None:
            self._tell(before, None, ())
        message = f"{what}: the document is ignored until its whole text is sent; reopen it."
        return [Problem(uri, ProblemKind.OUT_OF_STEP, message)]

    def _recover(
        self, before: DocumentSnapshot, version: int, changes: tuple[Change, ...]
    ) -> list[Problem]:
        whole = [at for at, change in enumerate(changes) if change.start is None]
        if not whole:
            message = "didChange for a document out of step was ignored."
            return [Problem(before.uri, ProblemKind.OUT_OF_STEP, message)]
        rest = changes[whole[-1] :]
        if any(map(_is_senseless, rest)):
            return self.lose(before.uri, version, "didChange with a negative position")
        after, _ = self._applied(before, version, rest)
        del self._out_of_step[before.uri]
        self._put(None, after, ())
        return []

    def _applied(
        self, before: DocumentSnapshot, version: int, changes: tuple[Change, ...]
    ) -> tuple[DocumentSnapshot, tuple[Edit, ...]]:
        text, edits = before.text, []
        for change in changes:
            text, edit = self._apply(text, change)
            edits.append(edit)
        return replace(before, version=version, text=text), tuple(edits)

    def _apply(self, text: Text, change: Change) -> tuple[Text, Edit]:
        if change.start is None or change.end is None:
            edit = smallest_edit(text, change.text)
            if edit.new_text == change.text:  # nothing is shared: split it when it is asked for
                return Text(change.text), edit
            return text.replace(edit.start, edit.end, edit.new_text), edit
        start = to_position(text, change.start, self.encoding)
        end = to_position(text, change.end, self.encoding)
        return apply(text, start, end, change.text)

    def _put(
        self, before: DocumentSnapshot | None, after: DocumentSnapshot, edits: tuple[Edit, ...]
    ) -> None:
        self._documents.pop(after.uri, None)  # the one changed last goes to the end
        self._documents[after.uri] = after
        self._tell(before, after, edits)

    def _tell(
        self,
        before: DocumentSnapshot | None,
        after: DocumentSnapshot | None,
        edits: tuple[Edit, ...],
    ) -> None:
        for listener in self._listeners:
            listener(before, after, edits)


def to_position(text: Text, place: UnitPosition, encoding: Encoding) -> Position:
    r"""Answer the nearest valid position, as LSP has it: past the end of a line is its end.

    Inside a character is its start; between `\r` and `\n` is before both.
    """
    if place.line < 0:
        return Position(0, 0)
    if place.line >= text.line_count:
        return text.end
    line = text.line(place.line)
    column = column_of(line, place.column, encoding)
    return Position(place.line, min(column, content_length(line)))


def _is_senseless(change: Change) -> bool:
    """Tell whether a position cannot mean anything: LSP's are unsigned."""
    places = (change.start, change.end)
    return any(place is not None and (place.line < 0 or place.column < 0) for place in places)


def _not_open(uri: str, what: str) -> Problem:
    return Problem(uri, ProblemKind.NOT_OPEN, f"{what} for a document that is not open: ignored.")
