"""The text around the cursor that a model gets to see, cut where it stays put.

A server that keeps its cache of a prompt's beginning has to read only what is new. So the prefix
begins at an anchor and keeps it while the user types: it grows to a quarter over its budget, then
gives up a quarter at once. The suffix is counted from the cursor, so that typing does not change
it.

When the prefix cannot begin at the top of the document, the imports and the headers of the scopes
around the cursor are folded in before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from refact_lsp.languages.grammar import Kind
from refact_lsp.languages.place import Place
from refact_lsp.languages.syntax import Lines
from refact_lsp.text.lines import Position, Text

FOLDED_SHARE = 0.2
"""The part of the prefix's budget that headers and imports may take."""

SLACK = 0.25
"""How far over its budget the prefix may grow before it is cut again."""

_GRID_LINES = 32
_MAX_HEADER_LINES = 8
_MAX_PARAGRAPH_LINES = 12
_ANCHOR_LINES = 3
_SEARCH_LINES = 32


@dataclass(frozen=True, slots=True)
class Window:
    """What is seen of a document from one position.

    `prefix` is the text of the `folded` lines, then the text from `prefix_start` to the cursor;
    blank lines stand where lines are left out. `suffix` is the text from the cursor to
    `suffix_end`. `anchor` are the first lines of the text at `prefix_start`, by which it is found
    again after edits above it.
    """

    prefix: str
    suffix: str
    prefix_start: Position
    suffix_end: Position
    folded: tuple[Lines, ...] = ()
    anchor: tuple[str, ...] = ()


def cut_window(
    text: Text,
    position: Position,
    place: Place,
    *,
    max_prefix_chars: int,
    max_suffix_chars: int,
    previous: Window | None = None,
) -> Window:
    """Cut prefix and suffix around a position (clamped).

    The prefix keeps to its budget within a quarter, the suffix strictly. Lines are cut in the
    middle only where one alone exceeds the budget. `previous` is the window of the request before
    on this document; its anchor is kept where it still serves.
    """
    position = text.clamp(position)
    before = text.offset(position)
    cut = _Cut(text, position, before, max(max_prefix_chars, 0))
    kept = _kept_start(cut, previous)
    start = _fresh_start(cut, place) if kept is None else kept
    folded = _folded(cut, place, start)
    if previous is not None and kept is not None:
        folded = _kept_folded(text, previous, folded, start)
    suffix_end = _suffix_end(text, position, before + max(max_suffix_chars, 0))
    return Window(
        prefix=_folded_text(text, folded, start) + text.slice(start, position),
        suffix=text.slice(position, suffix_end),
        prefix_start=start,
        suffix_end=suffix_end,
        folded=folded,
        anchor=_anchor(text, start, position),
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """What the search for a start works on; `before` counts the characters before the cursor."""

    text: Text
    position: Position
    before: int
    budget: int

    @property
    def body_budget(self) -> int:
        """Characters for the text itself, when lines above it are folded in."""
        return int(self.budget * (1 - FOLDED_SHARE))

    @property
    def step(self) -> int:
        """Characters that the start moves at a time."""
        return max(int(self.body_budget * SLACK), 1)


def _kept_start(cut: _Cut, previous: Window | None) -> Position | None:
    """Answer where the previous window's start is now, None when a new one is due."""
    if previous is None:
        return None
    start = _found_again(cut.text, previous)
    if start is None or start > cut.position:
        return None
    length = cut.before - cut.text.offset(start)
    if start == Position(0, 0):
        return start if length <= cut.budget * (1 + SLACK) else None
    fits = cut.body_budget // 2 <= length <= cut.body_budget + cut.step
    return start if fits else None


def _found_again(text: Text, previous: Window) -> Position | None:
    start, anchor = previous.prefix_start, previous.anchor
    if start == Position(0, 0):
        return start
    for distance in range(_SEARCH_LINES if start.column == 0 else 1):
        for line in (start.line + distance, start.line - distance):
            at = Position(line, start.column)
            if 0 <= line < text.line_count and _starts_with(text, at, anchor):
                return at
    return None


def _anchor(text: Text, start: Position, position: Position) -> tuple[str, ...]:
    if start.column > 0:
        return (text.line(start.line)[start.column : min(position.column, start.column + 64)],)
    return tuple(text.lines(start.line, min(start.line + _ANCHOR_LINES, position.line)))


def _starts_with(text: Text, start: Position, anchor: tuple[str, ...]) -> bool:
    if start.column > 0:
        return text.line(start.line).startswith(anchor[0], start.column)
    return bool(anchor) and tuple(text.lines(start.line, start.line + len(anchor))) == anchor


def _fresh_start(cut: _Cut, place: Place) -> Position:
    if cut.before <= cut.budget:
        return Position(0, 0)
    text = cut.text
    over = cut.before - cut.body_budget
    target = max(over // cut.step * cut.step, 0)
    found = text.clamp(text.position(target))
    first = found.line if found.column == 0 else found.line + 1
    little = target + cut.body_budget // 2 < text.offset(Position(first, 0))
    if first > cut.position.line or (little and len(text.line(found.line)) > cut.body_budget):
        return found
    last = cut.position.line
    scope_limit = min(text.position(target + cut.body_budget // 2).line, last)
    limit = min(text.position(target + cut.step).line, last)
    return Position(_best_line(cut, place, first, (scope_limit, limit)), 0)


def _best_line(cut: _Cut, place: Place, first: int, limits: tuple[int, int]) -> int:
    """Answer the best line to begin at: from `first` on, up to the limits for scopes and others."""
    scope_limit, limit = limits
    for scope in place.scopes:
        if scope.kind is not Kind.BLOCK and first <= scope.start_line <= scope_limit:
            return _paragraph_start(cut.text, scope.start_line, first)
    after_blank = list(_lines_after_blank(cut.text, first, limit))
    for line in after_blank:
        if not cut.text.line(line)[:1].isspace():
            return line
    if after_blank:
        return after_blank[0]
    on_grid = -(-first // _GRID_LINES) * _GRID_LINES
    return on_grid if on_grid <= limit else first


def _lines_after_blank(text: Text, first: int, last: int) -> Iterator[int]:
    was_blank = first == 0 or not text.line(first - 1).strip()
    for line, content in enumerate(text.lines(first, last + 1), first):
        is_blank = not content.strip()
        if was_blank and not is_blank:
            yield line
        was_blank = is_blank


def _paragraph_start(text: Text, line: int, first: int) -> int:
    """Go up over decorators and comments that belong to the line."""
    for above in range(line - 1, max(first, line - _MAX_PARAGRAPH_LINES) - 1, -1):
        if not text.line(above).strip():
            return above + 1
    return line


def _folded(cut: _Cut, place: Place, start: Position) -> tuple[Lines, ...]:
    """Answer the lines to fold in: headers of enclosing scopes first, then imports, in budget."""
    if start.line == 0:
        return ()
    headers = [
        Lines(scope.start_line, min(scope.body_line, scope.start_line + _MAX_HEADER_LINES))
        for scope in place.scopes
        if scope.kind is not Kind.BLOCK
    ]
    left = int(cut.budget * FOLDED_SHARE)
    taken: set[int] = set()
    for lines in (*headers, *place.imports):
        for line in range(lines.start, min(lines.stop, start.line)):
            size = len(cut.text.line(line))
            if line not in taken and size <= left:
                taken.add(line)
                left -= size
    return _runs(taken)


def _runs(taken: set[int]) -> tuple[Lines, ...]:
    runs: list[Lines] = []
    for line in sorted(taken):
        if runs and runs[-1].stop == line:
            runs[-1] = Lines(runs[-1].start, line + 1)
        else:
            runs.append(Lines(line, line + 1))
    return tuple(runs)


def _kept_folded(
    text: Text, previous: Window, folded: tuple[Lines, ...], start: Position
) -> tuple[Lines, ...]:
    """Keep the lines folded before, while they are unchanged and hold all that is wanted now."""
    if start != previous.prefix_start or folded == previous.folded:
        return folded
    wanted = {line for lines in folded for line in range(*lines)}
    had = {line for lines in previous.folded for line in range(*lines)}
    is_unchanged = previous.prefix.startswith(_folded_text(text, previous.folded, start))
    return previous.folded if wanted <= had and is_unchanged else folded


def _folded_text(text: Text, folded: tuple[Lines, ...], start: Position) -> str:
    """Answer the folded lines, with a blank line wherever lines are left out."""
    parts: list[str] = []
    following = [*(lines.start for lines in folded), start.line][1:]
    for lines, next_line in zip(folded, following, strict=True):
        parts.extend(text.lines(*lines))
        if lines.stop != next_line or start.column > 0:
            parts.append("\r\n" if parts[-1].endswith("\r\n") else "\n")
    return "".join(parts)


def _suffix_end(text: Text, position: Position, stop: int) -> Position:
    if stop >= len(text):
        return text.end
    end = text.position(stop)
    return text.clamp(end) if end.line == position.line else Position(end.line, 0)
