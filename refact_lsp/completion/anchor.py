"""The text right around a cursor, by which a place is known again while somebody types on."""

from __future__ import annotations

from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

TAIL_CHARS = 400
CLOSERS = frozenset(")]}'\"`")
_HEAD_LINES = 3


def tail_before(snapshot: DocumentSnapshot, position: Position, size: int = TAIL_CHARS) -> str:
    """Answer up to `size` characters before a place."""
    pieces = [snapshot.prefix_line(position)]
    line, found = position.line - 1, len(pieces[0])
    while line >= 0 and found < size:
        pieces.append(snapshot.text.line(line))
        found += len(pieces[-1])
        line -= 1
    return "".join(reversed(pieces))[-size:]


def head_after(snapshot: DocumentSnapshot, position: Position) -> str:
    """Answer the rest of a place's line, and some lines below."""
    return snapshot.text.slice(position, Position(position.line + _HEAD_LINES, 0))


def closers_typed_for(before: str, now: str) -> int | None:
    """Answer how many closers an editor put right of the cursor by itself; None: text differs."""
    added = len(now) - len(before)
    if added == 0:
        return 0 if now == before else None
    if 0 < added <= 3 and now[added:] == before and set(now[:added]) <= CLOSERS:
        return added
    return None
