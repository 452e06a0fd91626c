"""Answers kept for what is typed next: who types along a suggestion sees it stay as it is."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, replace

from refact_lsp.completion.anchor import (
    CLOSERS,
    TAIL_CHARS,
    closers_typed_for,
    head_after,
    tail_before,
)
from refact_lsp.completion.candidate import Candidate, Proposal
from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

MAX_DOCUMENTS = 32
MAX_ENTRIES = 24


@dataclass(frozen=True, slots=True)
class _Entry:
    tail: str
    head: str
    candidates: tuple[Candidate, ...]


class ReuseCache:
    """The last proposals of each document, found again by the text around the cursor."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, deque[_Entry]] = OrderedDict()

    def store(self, snapshot: DocumentSnapshot, position: Position, proposal: Proposal) -> None:
        """Keep a proposal made at a place."""
        entries = self._documents.setdefault(snapshot.uri, deque(maxlen=MAX_ENTRIES))
        self._documents.move_to_end(snapshot.uri)
        entries.appendleft(_Entry(*_surroundings(snapshot, position), proposal.candidates))
        while len(self._documents) > MAX_DOCUMENTS:
            self._documents.popitem(last=False)

    def forget(self, uri: str) -> None:
        """Drop what is kept of a document."""
        self._documents.pop(uri, None)

    def is_typed_out(self, snapshot: DocumentSnapshot, position: Position) -> bool:
        """Tell whether the cursor stands where an earlier proposal ends, all of it written."""
        tail, head = _surroundings(snapshot, position, extra=1_000)
        return any(
            entry.head == head
            and any(_remainder(entry.tail, tail, each) == "" for each in entry.candidates)
            for entry in self._documents.get(snapshot.uri, ())
        )

    def lookup(self, snapshot: DocumentSnapshot, position: Position) -> Proposal | None:
        """Answer what is left of an earlier proposal whose beginning has been typed since.

        Linear in the kept entries and in the length of their texts.
        """
        tail, head = _surroundings(snapshot, position, extra=1_000)
        for entry in self._documents.get(snapshot.uri, ()):
            closers = closers_typed_for(entry.head, head)
            if closers is None:
                continue
            rest = [_remainder(entry.tail, tail, candidate) for candidate in entry.candidates]
            left = tuple(
                replace(candidate, text=text, overwrite=candidate.overwrite + closers)
                for candidate, text in zip(entry.candidates, rest, strict=True)
                if text is not None and text.strip() and (not closers or text[-1] in CLOSERS)
            )
            if left:
                return Proposal(left, reused=True)
        return None


def _surroundings(
    snapshot: DocumentSnapshot, position: Position, extra: int = 0
) -> tuple[str, str]:
    """Answer up to `TAIL_CHARS + extra` characters before the cursor, and some lines after."""
    tail = tail_before(snapshot, position, TAIL_CHARS + extra)
    return tail, head_after(snapshot, position)


def _remainder(tail: str, now: str, candidate: Candidate) -> str | None:
    """Answer the rest of a candidate when `now` is `tail` plus its beginning; "": all of it."""
    anchor, now = tail.replace("\r\n", "\n"), now.replace("\r\n", "\n")
    if len(tail) < TAIL_CHARS:  # all there is before the place, so nothing is ambiguous
        typed = now.removeprefix(anchor)
        is_along = now.startswith(anchor) and candidate.text.startswith(typed)
        return candidate.text[len(typed) :] if is_along else None
    for typed_chars in range(len(candidate.text) + 1):
        begun = candidate.text[:typed_chars]
        if now.endswith(begun) and now[: len(now) - typed_chars].endswith(anchor):
            return candidate.text[typed_chars:]
    return None
