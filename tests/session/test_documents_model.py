"""The document store against plain strings, in every encoding, with everything a client may do."""

from __future__ import annotations

import re

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from refact_lsp.session.documents import Change, DocumentStore, UnitPosition
from refact_lsp.text.lines import split_lines
from refact_lsp.text.positions import Encoding
from tests.text.strategies import encodings, short_texts, texts

_LINE_END = re.compile(r"\r\n|\r|\n")
_UNIT = {
    Encoding.UTF8: ("utf-8", 1),
    Encoding.UTF16: ("utf-16-le", 2),
    Encoding.UTF32: ("utf-32-le", 4),
}

uris = st.sampled_from(["file:///a.py", "untitled:1", "file:///%41.py"])
places = st.tuples(st.integers(0, 12), st.integers(0, 60))


def offset(text: str, place: tuple[int, int], encoding: Encoding) -> int:
    """Find a position in a plain string, letter by letter."""
    line, units = place
    ends = [match.span() for match in _LINE_END.finditer(text)]
    if line > len(ends):
        return len(text)
    at = ends[line - 1][1] if line else 0
    stop = ends[line][0] if line < len(ends) else len(text)
    codec, size = _UNIT[encoding]
    while at < stop:
        units -= len(text[at].encode(codec, "surrogatepass")) // size
        if units < 0:
            return at
        at += 1
    return stop


class DocumentsMachine(RuleBasedStateMachine):
    changes = Bundle("changes")

    def __init__(self) -> None:
        super().__init__()
        self.store = DocumentStore()
        self.model: dict[str, tuple[int, str]] = {}
        self.told: dict[str, str] = {}
        self.store.listen(self.hear)

    def hear(self, before, after, edits) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
        """Follow the documents by what listeners are told alone."""
        if after is None:
            del self.told[before.uri]
            return
        if before is None or not edits:
            self.told[after.uri] = str(after.text)
            return
        text = before.text
        for edit in edits:
            assert text.slice(edit.start, edit.end) == edit.old_text
            text = text.replace(edit.start, edit.end, edit.new_text)
        self.told[after.uri] = str(text)

    @rule(encoding=encodings)
    def count_in(self, encoding: Encoding) -> None:
        self.store.encoding = encoding

    @rule(uri=uris, text=texts, version=st.integers(0, 5))
    def open(self, uri: str, text: str, version: int) -> None:
        self.store.open(uri, "python", version, text)
        self.model[uri] = (version, text)

    @rule(uri=uris)
    def close(self, uri: str) -> None:
        self.store.close(uri)
        self.model.pop(uri, None)

    @rule(
        uri=uris,
        version=st.one_of(st.none(), st.integers(0, 30)),
        changes=st.lists(st.tuples(places, places, short_texts), max_size=4),
    )
    def edit(
        self,
        uri: str,
        version: int | None,
        changes: list[tuple[tuple[int, int], tuple[int, int], str]],
    ) -> None:
        wanted = [Change(new, UnitPosition(*at), UnitPosition(*to)) for at, to, new in changes]
        problems = self.store.change(uri, version, wanted)
        known, text = self.model.get(uri, (0, ""))
        is_ignored = uri not in self.model or (version is not None and version <= known)
        assert bool(problems) == is_ignored
        if is_ignored:
            return
        for at, to, new in changes:
            low, high = sorted(offset(text, place, self.store.encoding) for place in (at, to))
            text = text[:low] + new + text[high:]
        self.model[uri] = (known + 1 if version is None else version, text)

    @rule(uri=uris, text=texts)
    def replace(self, uri: str, text: str) -> None:
        if self.store.change(uri, None, [Change(text)]) == []:
            self.model[uri] = (self.model[uri][0] + 1, text)

    @rule(uri=uris, text=texts, new=short_texts, at=places)
    def type_in_a_whole_text(self, uri: str, text: str, new: str, at: tuple[int, int]) -> None:
        """Send the present text with one insertion, as editors without ranges do."""
        if uri not in self.model:
            return
        version, text = self.model[uri]
        cut = offset(text, at, Encoding.UTF32)
        self.store.change(uri, None, [Change(text[:cut] + new + text[cut:])])
        self.model[uri] = (version + 1, text[:cut] + new + text[cut:])

    @invariant()
    def documents_are_the_models(self) -> None:
        found = {
            snapshot.uri: (snapshot.version, str(snapshot.text))
            for snapshot in self.store.snapshots()
        }
        assert found == self.model
        assert self.told == {uri: text for uri, (_, text) in self.model.items()}

    @invariant()
    def lines_are_those_of_a_fresh_text(self) -> None:
        for snapshot in self.store.snapshots():
            assert list(snapshot.text.lines()) == split_lines(str(snapshot.text))


DocumentsMachine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None
)
test_store_agrees_with_plain_strings = DocumentsMachine.TestCase
