"""Models that go round in circles."""

from __future__ import annotations

import re

from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.completion.surroundings import says_something

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_MAX_PATTERN = 12
_TIMES = 4
_MAX_BLOCK_LINES = 6


def cut_repeated_lines(at: Draft) -> Draft:
    """Cut where a block of lines begins again that was just written."""
    lines = at.lines
    for size in range(1, _MAX_BLOCK_LINES + 1):
        for start in range(len(lines) - 2 * size + 1):
            block = lines[start : start + size]
            again = lines[start + size : start + 2 * size]
            if block == again and any(says_something(line) for line in block):
                return at.saying("\n".join(at.text.split("\n")[: start + size]))
    return at


def cut_repeated_words(at: Draft) -> Draft:
    """Cut the end of a text that is one pattern over and over."""
    tokens = _TOKEN.findall(at.text)
    for size in range(1, min(_MAX_PATTERN, len(tokens) // _TIMES) + 1):
        times = _times_at_end(tokens, size)
        if times >= _TIMES and sum(map(len, tokens[-size:])) * times > 2 * _TIMES:
            pattern = tokens[-size:]
            if says_something("".join(pattern)):
                return at.saying("".join(tokens[: len(tokens) - size * (times - 1)]))
    return at


def _times_at_end(tokens: list[str], size: int) -> int:
    """Count how often the last `size` tokens stand one after the other at the end."""
    pattern, times, end = tokens[-size:], 1, len(tokens) - size
    while end >= size and tokens[end - size : end] == pattern:
        times, end = times + 1, end - size
    return times
