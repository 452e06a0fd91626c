"""Comments and strings found by their marks alone: for text without a tree, or ahead of its tree.

Interpolated code counts as string, regular expression literals as code; good enough for the few
lines it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from refact_lsp.languages.table import Language

MAX_LINES_BACK = 64
"""How far above the cursor these scans begin at most."""

_CHARACTER = r"'(?:\\[^\r\n]{1,8}?|[^'\\\r\n])'"
_LINE_END = re.compile(r"[\r\n]")


class Inside(StrEnum):
    """What a place lies in."""

    CODE = "code"
    COMMENT = "comment"
    STRING = "string"


class State(NamedTuple):
    """Where a scan stands: inside what, and the mark that ends it.

    An empty `closer` means that nothing in sight ends it. `ends_with_line` is true of line
    comments and of strings that cannot span lines.
    """

    inside: Inside
    closer: str = ""
    ends_with_line: bool = False


CODE = State(Inside.CODE)
UNKNOWN_STRING = State(Inside.STRING)


def scan(text: str, language: Language, state: State = CODE) -> State:
    """Answer the state at the end of `text`, which begins in `state`."""
    for _, entered in transitions(text, language, state):
        state = entered
    return state


def code_part(line: str, language: Language) -> str:
    """Answer a line, thought to begin in code, without its comment and trailing blanks."""
    for at, state in transitions(line, language):
        if state.inside is Inside.COMMENT:
            return line[:at].rstrip()
    return line.rstrip()


def transitions(text: str, language: Language, state: State = CODE) -> Iterator[tuple[int, State]]:
    """Answer each offset where the state changes: a mark's first character, a closer's end."""
    at = 0
    marks = _marks(language)
    while at < len(text):
        if state.inside is not Inside.CODE:
            at = _leave(text, at, state)
            if at < 0:
                return
            state = CODE
            yield at, state
            continue
        found = marks.search(text, at)
        if found is None:
            return
        at = found.end()
        if found.lastgroup != "character":
            state = _entered(found, language)
            yield found.start(), state


def string_state(opening: str, language: Language) -> State:
    """Answer the state in a string whose text begins with `opening` (prefix letters allowed)."""
    bare = opening.lstrip("bBfFrRuUL@$")
    for pair in language.long_quotes:
        if opening.startswith(pair.open) or bare.startswith(pair.open):
            return State(Inside.STRING, pair.close)
    if bare[:1] in language.quotes:
        return State(Inside.STRING, bare[:1], ends_with_line=True)
    return UNKNOWN_STRING


def _leave(text: str, at: int, state: State) -> int:
    """Answer where the present comment or string is left behind, -1 when it is not."""
    if state.inside is Inside.STRING and state.closer:
        return _leave_string(text, at, state)
    if state.ends_with_line:
        found = _LINE_END.search(text, at)
        return found.start() if found else -1
    closed = text.find(state.closer, at) if state.closer else -1
    return closed + len(state.closer) if closed >= 0 else -1


def _leave_string(text: str, at: int, state: State) -> int:
    for found in _string_marks(state.closer, state.ends_with_line).finditer(text, at):
        if found.group() == state.closer:
            return found.end()
        if not found.group().startswith("\\"):
            return found.start()
    return -1


@lru_cache(maxsize=64)
def _string_marks(closer: str, ends_with_line: bool) -> re.Pattern[str]:  # noqa: FBT001 - cached
    line_end = r"|[\r\n]" if ends_with_line else ""
    return re.compile(rf"\\(?:\r\n|.)|{re.escape(closer)}{line_end}", re.DOTALL)


def _entered(found: re.Match[str], language: Language) -> State:
    mark = found.group()
    match found.lastgroup:
        case "block" if language.block_comment is not None:
            return State(Inside.COMMENT, language.block_comment.close)
        case "line":
            return State(Inside.COMMENT, ends_with_line=True)
        case "long":
            closers = {pair.open: pair.close for pair in language.long_quotes}
            return State(Inside.STRING, closers[mark])
        case _:
            return State(Inside.STRING, mark, ends_with_line=True)


@cache
def _marks(language: Language) -> re.Pattern[str]:
    block = [language.block_comment.open] if language.block_comment else []
    alternatives = {
        "block": _any_of(block),
        "line": language.comment or re.escape(language.line_comment),
        "long": _any_of([pair.open for pair in language.long_quotes]),
        "character": _CHARACTER,
        "quote": _any_of(list(language.quotes)),
    }
    return re.compile("|".join(f"(?P<{name}>{mark})" for name, mark in alternatives.items()))


def _any_of(marks: list[str]) -> str:
    return "|".join(map(re.escape, marks)) or r"(?!)"
