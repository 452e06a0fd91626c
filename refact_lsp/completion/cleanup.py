"""From what a model wrote to what may be inserted: pure steps in a fixed order.

Each step takes a `Draft` and answers a better one, or the name of the rule that drops it. A step
never touches text left of the cursor, and right of it only through `overwrite`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from refact_lsp.messages import Shape
from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

_OPENERS = {")": "(", "]": "[", "}": "{"}
_CLOSERS = frozenset(_OPENERS)
_LOOK_AHEAD_LINES = 40
_NEIGHBOUR_LINES = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """A suggestion in the making, with the lines around the place where it would stand."""

    text: str
    before: str
    after: str
    next_lines: tuple[str, ...]
    neighbourhood: frozenset[str]
    shape: Shape
    overwrite: int = 0


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing is left worth showing; `rule` names the step that saw it."""

    rule: str


Step = Callable[[Draft], Draft | Dropped]


def draft(text: str, snapshot: DocumentSnapshot, position: Position, shape: Shape) -> Draft:
    """Prepare a draft from a model's text at a place in a document."""
    line = position.line
    following = snapshot.text.lines(line + 1, line + 1 + _LOOK_AHEAD_LINES)
    near = snapshot.text.lines(line - _NEIGHBOUR_LINES, line + _NEIGHBOUR_LINES)
    return Draft(
        text=text,
        before=snapshot.prefix_line(position),
        after=snapshot.suffix_line(position),
        next_lines=tuple(each.rstrip() for each in following if each.strip()),
        neighbourhood=frozenset("".join(near)),
        shape=shape,
    )


def clean(start: Draft) -> Draft | Dropped:
    """Run all steps in order."""
    current = start
    for step in STEPS:
        result = step(current)
        if isinstance(result, Dropped):
            return result
        current = result
    return current


def unify_newlines(at: Draft) -> Draft:
    r"""Use `\n` only; the edge puts in what the document uses."""
    return replace(at, text=at.text.replace("\r\n", "\n").replace("\r", "\n"))


def refuse_invisible(at: Draft) -> Draft | Dropped:
    """Drop text with control or format characters that the document does not use nearby.

    Bidirectional marks, zero-width and tag characters can make code read other than it runs
    (CVE-2021-42574); U+FFFD marks bytes that were lost on the way.
    """
    for character in set(at.text) - at.neighbourhood - {"\n", "\t"}:
        if character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}:
            return Dropped("invisible_characters")
    return at


def keep_shape(at: Draft) -> Draft:
    """Keep one line where one line was asked for."""
    if at.shape is Shape.MULTI_LINE:
        return at
    return replace(at, text=at.text.split("\n", 1)[0])


def trim_end(at: Draft) -> Draft:
    """Take trailing white space away."""
    return replace(at, text=at.text.rstrip())


def drop_blank(at: Draft) -> Draft | Dropped:
    """Drop what is empty, or too short to be worth a glance."""
    return Dropped("too_short") if len(at.text.strip()) < 2 else at


def join_rest_of_line(at: Draft) -> Draft | Dropped:
    """Do not write again what already follows on the line."""
    rest = at.after.strip()
    if not rest or "\n" in at.text:
        return at
    if set(rest) <= _CLOSERS:
        return _share_closers(at, rest)
    if at.text.endswith(rest):
        return replace(at, text=at.text[: -len(rest)])
    return Dropped("repeats_rest_of_line") if _says_something(rest) and rest in at.text else at


def _share_closers(at: Draft, rest: str) -> Draft:
    """Leave the closers that follow to close what was open before the suggestion."""
    unmatched = _unmatched_closers(at.text)
    if not _is_subsequence(rest, unmatched):
        return at
    if at.text.endswith(rest) and len(unmatched) == len(rest):
        return replace(at, text=at.text[: -len(rest)])
    return replace(at, overwrite=len(at.after.rstrip()))


def cut_repeated_lines(at: Draft) -> Draft | Dropped:
    """Cut lines at the end that already stand below the cursor."""
    lines = at.text.split("\n")
    whole = [at.before + lines[0], *lines[1:]]
    for count in range(min(len(whole), len(at.next_lines)), 0, -1):
        tail = tuple(line.rstrip() for line in whole[-count:])
        if tail == at.next_lines[:count] and any(_says_something(line) for line in tail):
            kept = lines[: len(lines) - count]
            return replace(at, text="\n".join(kept).rstrip()) if kept else Dropped("repeats_below")
    return at


STEPS: tuple[Step, ...] = (
    unify_newlines,
    refuse_invisible,
    keep_shape,
    trim_end,
    join_rest_of_line,
    cut_repeated_lines,
    trim_end,
    drop_blank,
)


def _says_something(line: str) -> bool:
    return any(character.isalnum() for character in line)


def _unmatched_closers(text: str) -> str:
    open_marks: list[str] = []
    unmatched: list[str] = []
    for character in text:
        if character in _OPENERS.values():
            open_marks.append(character)
        elif character in _CLOSERS:
            if open_marks and open_marks[-1] == _OPENERS[character]:
                open_marks.pop()
            else:
                unmatched.append(character)
    return "".join(unmatched)


def _is_subsequence(wanted: str, within: str) -> bool:
    remaining = iter(within)
    return all(character in remaining for character in wanted)
