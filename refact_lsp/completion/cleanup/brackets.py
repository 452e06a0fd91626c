"""Brackets in a few lines of code: which close, which stay open."""

from __future__ import annotations

import re
from itertools import pairwise

from refact_lsp.languages.lexical import CODE, Inside, transitions
from refact_lsp.languages.table import Language

OPENERS = {")": "(", "]": "[", "}": "{"}
"""The opening bracket of each closing one."""

_CHARACTER = re.compile(r"'[()\[\]{}]'")
"""A bracket quoted alone, which may be a character: to a scan no string."""

CLOSERS = frozenset(OPENERS)
"""The closing brackets."""


def code_only(text: str, language: Language | None) -> str:
    """Answer a text, thought to begin in code, with blanks in place of strings and comments."""
    if language is None:
        return text
    changes = [*transitions(text, language), (len(text), CODE)]
    for (start, state), (end, _) in pairwise(changes):
        if state.inside is not Inside.CODE:
            text = text[:start] + " " * (end - start) + text[end:]
    return _CHARACTER.sub("   ", text)


def unmatched_closers(code: str) -> str:
    """Answer the brackets that close what the text does not open, in their order."""
    return _unmatched(code)[1]


def unmatched_openers(code: str) -> str:
    """Answer the brackets that the text leaves open, the outermost first."""
    return _unmatched(code)[0]


def _unmatched(code: str) -> tuple[str, str]:
    open_marks: list[str] = []
    unmatched: list[str] = []
    for character in code:
        if character in OPENERS.values():
            open_marks.append(character)
        elif character in CLOSERS:
            if open_marks and open_marks[-1] == OPENERS[character]:
                open_marks.pop()
            else:
                unmatched.append(character)
    return "".join(open_marks), "".join(unmatched)
