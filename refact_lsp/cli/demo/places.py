"""Which lines the demonstration types, and where in them it looks for a suggestion.

Both are chosen by how a line looks and where it stands, never by what is suggested there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

MIN_CHARS, MAX_CHARS = 16, 100
"""Of a line, without its indentation: less is a bracket, more is text."""

_STOPS = re.compile(
    r"(?<=[\w)\]\"'][(\[.])"  # after a bracket or a dot
    r"|(?<= = )"
    r"|(?<=\b[^\W\d]\w\w)(?=\w)"  # in a word, after its third letter
)


def fitting(lines: Sequence[str], eligible: Iterable[int], comment: str) -> list[int]:
    """Answer those of the eligible lines that are code of an ordinary length."""
    return [index for index in eligible if _is_code(lines[index].strip(), comment)]


def spread(fitting: Sequence[int], count: int) -> list[int]:
    """Choose so many, evenly from the first to the last; all where there are fewer."""
    count = min(count, len(fitting))
    return [fitting[(2 * each + 1) * len(fitting) // (2 * count)] for each in range(count)]


def stops(code: str) -> list[int]:
    """Answer the columns of a line, without its indentation, at which people look up.

    On the line when it is empty, after a bracket, a dot or `=`, and inside each word.
    """
    return [0, *(each.start() for each in _STOPS.finditer(code))]


def _is_code(stripped: str, comment: str) -> bool:
    begins = stripped[:1].isalpha() or stripped[:1] in "_@$"
    return begins and MIN_CHARS <= len(stripped) <= MAX_CHARS and not stripped.startswith(comment)
