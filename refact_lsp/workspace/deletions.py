"""What the user deleted in the last minutes: proposing it again would be an insult."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position

REMEMBERED_S = 600.0
MAX_REMEMBERED = 400
_MAX_CHARS = 2_000
_SHORTEST = 3
"""Characters without blanks: shorter deletions are slips of the finger and mean nothing."""


NEAR_LINES = 2
"""How far from where it stood a piece of a line still counts as brought back."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a completion would go: the document, the line's number and its text so far."""

    uri: str
    line: int
    line_prefix: str


@dataclass(slots=True)
class _Deletion:
    uri: str
    start: Position
    text: str
    at: float


class Deletions:
    """A bounded ring of deleted pieces of lines; backspaces in a row count as one deletion.

    A deleted line is not brought back anywhere in its document, a piece of one not where it stood.
    What is put in again, by a paste or an undo, was not deleted.
    """

    def __init__(self) -> None:
        self._ring: deque[_Deletion] = deque(maxlen=MAX_REMEMBERED)

    def add(self, uri: str, edit: Edit, now: float) -> None:
        """Remember an edit's old text, unless the new text keeps it."""
        self._follow(uri, edit)
        old = edit.old_text
        if not old or old in edit.new_text:
            return
        last = self._ring[-1] if self._ring else None
        if last and last.uri == uri and not edit.new_text and "\n" not in old:
            if edit.end == last.start:
                last.text, last.start, last.at = old + last.text, edit.start, now
                return
            if edit.start == last.start:
                last.text, last.at = last.text + old, now
                return
        self._ring.append(_Deletion(uri, edit.start, old[:_MAX_CHARS], now))

    def would_bring_back(self, cursor: Cursor, completion: str, now: float) -> bool:
        """Say whether a completion would bring back what was deleted lately."""
        added = completion.strip()
        whole = (cursor.line_prefix + completion).strip()
        for deletion in self._ring:
            if now - deletion.at > REMEMBERED_S or deletion.uri != cursor.uri:
                continue
            pieces = [piece.strip() for piece in deletion.text.splitlines()]
            if any(len(piece) >= _SHORTEST and piece == whole for piece in pieces):
                return True
            is_here = abs(deletion.start.line - cursor.line) <= NEAR_LINES
            if is_here and any(_is_again(piece, added) for piece in pieces):
                return True
        return False

    def _follow(self, uri: str, edit: Edit) -> None:
        """Forget what an edit puts in again, and move along what stands below it."""
        moved = edit.new_end.line - edit.end.line
        for deletion in [each for each in self._ring if each.uri == uri]:
            if edit.new_text and deletion.text.strip() in edit.new_text:
                self._ring.remove(deletion)
            elif moved and deletion.start.line > edit.end.line:
                line, column = deletion.start
                deletion.start = Position(line + moved, column)


def _is_again(deleted: str, added: str) -> bool:
    if len(deleted) < _SHORTEST or not added:
        return False
    if deleted == added:
        return True
    return len(added) >= _SHORTEST and (
        (deleted.startswith(added) and len(added) * 2 >= len(deleted)) or added.startswith(deleted)
    )
