"""Brackets in a few lines of code: which close, which stay open."""

from __future__ import annotations

import re
from itertools import pairwise

from refact_lsp.languages.lexical import CODE, Inside, transitions
from refact_lsp.languages.table import Language

OPENERS = {")": "(", "]": "[", "}": "{"}
"""The opening bracket of each closing one."""

CLOSERS = frozenset(OPENERS)
"""The closing brackets."""

_BRACKET = re.compile(r"[()\[\]{}]")
_CHARACTER = re.compile(r"'[()\[\]{}]'")
"""A bracket quoted alone, which may be a character: to a scan no string."""

MAX_LINE_CHARS = 4_000
"""How far back a line is read: a scan of all of a minified file would take too long.

Where that begins within a string, code and strings are taken for each other.
"""


def code_only(text: str, language: Language | None) -> str:
    """Answer a text, thought to begin in code, with blanks in place of strings and comments."""
    if language is None:
        return text
    parts, code_from = [], 0
    changes = [(0, CODE), *transitions(text, language), (len(text), CODE)]
    for (start, state), (end, _) in pairwise(changes):
        if state.inside is not Inside.CODE:
            parts += [text[code_from:start], " " * (end - start)]
            code_from = end
    text = "".join((*parts, text[code_from:]))
    return _CHARACTER.sub("   ", text)


def closers_at_start(text: str) -> str:
    """Answer the closing brackets with which a text begins."""
    return text[: len(text) - len(text.lstrip("".join(CLOSERS)))]


def unmatched_closers(code: str) -> str:
    """Answer the brackets that close what the text does not open, in their order."""
    return "".join(code[at] for at in _unmatched(code)[1])


def unmatched_openers(code: str) -> str:
    """Answer the brackets that the text leaves open, the outermost first."""
    return "".join(code[at] for at in _unmatched(code)[0])


def first_unmatched_closer(code: str) -> int:
    """Answer where the first bracket stands that closes more than the text opens; else -1."""
    return next(iter(_unmatched(code)[1]), -1)


def _unmatched(code: str) -> tuple[list[int], list[int]]:
    opened: list[int] = []
    unmatched: list[int] = []
    for found in _BRACKET.finditer(code):
        at, mark = found.start(), found.group()
        if mark not in OPENERS:
            opened.append(at)
        elif opened and code[opened[-1]] == OPENERS[mark]:
            opened.pop()
        else:
            unmatched.append(at)
    return opened, unmatched
