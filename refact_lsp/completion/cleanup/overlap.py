"""What a model writes again that stands around the cursor already."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import takewhile

from refact_lsp.completion.cleanup.brackets import (
    CLOSERS,
    MAX_LINE_CHARS,
    closers_at_start,
    code_only,
    unmatched_closers,
)
from refact_lsp.completion.cleanup.draft import Draft, Dropped
from refact_lsp.completion.surroundings import says_something

_QUOTES = frozenset("\"'`")
_SAME = 0.95
_MIN_ECHO = 4
_MAX_COPY_LINES = 3
_LAST_WORD = re.compile(r"(?<!\w)[^\W\d]\w{2,}\Z")
"""A name of some length; shorter ones, and numbers, may well begin with themselves."""


_COLOUR = re.compile(r"#[0-9A-Fa-f]{3}\Z")
"""The first half of a colour, which is often the second as well."""


def strip_echo(at: Draft) -> Draft:
    """Take the line's own beginning away where the answer begins with it once more."""
    typed = at.around.before.lstrip()
    if len(typed.rstrip()) < _MIN_ECHO or not says_something(typed):
        return at
    if at.around.is_line_done and at.text.startswith("\n"):  # the line below may begin alike
        return at
    text = at.text.lstrip()
    return at.saying(text[len(typed) :]) if text.startswith(typed) else at


def strip_doubled_word(at: Draft) -> Draft:
    """Take the word before the cursor away where the answer begins with the whole of it again."""
    before = at.around.before[-MAX_LINE_CHARS:]
    word = _LAST_WORD.search(before)
    if word is None or _COLOUR.search(before):
        return at
    return at.saying(at.text.removeprefix(word.group()))


def join_rest_of_line(at: Draft) -> Draft | Dropped:
    """Do not write again what already follows on the line."""
    rest = at.around.after.strip()
    if not rest or "\n" in at.text:
        return at
    if not set(rest) <= CLOSERS and at.text.endswith(rest):
        return at.saying(at.text[: -len(rest)])
    if says_something(rest) and rest in at.text:
        return Dropped("repeats_rest_of_line")
    if doubled := _doubled(at, rest):
        return at.saying(at.text[:-doubled])
    return _share_closers(at, rest)


def _doubled(at: Draft, rest: str) -> int:
    """Answer how much of the end is the beginning of the rest: words, or a quote typed twice."""
    for size in range(min(len(at.text), len(rest)) - 1, 0, -1):
        shared = rest[:size]
        if not at.text.endswith(shared):
            continue
        if says_something(shared) and size >= 3:
            return size
        quote = shared[0]
        is_open = quote in _QUOTES and at.around.before.count(quote) % 2 == 1
        if is_open and at.text.count(quote) == shared.count(quote) == 1:
            return size
    return 0


def _share_closers(at: Draft, rest: str) -> Draft:
    """Leave the closers that follow to close what was open before the suggestion."""
    code = code_alone(at)
    unmatched = unmatched_closers(code)
    closers = closers_at_start(rest)
    shared = closers[: _length_within(closers, unmatched)]
    if not shared:
        return at
    kept = code.removesuffix(shared)
    if kept != code and len(unmatched_closers(kept)) == len(unmatched) - len(shared):
        return at.saying(at.text[: len(kept)])
    return replace(at, overwrite=at.around.after.index(rest) + len(shared))


def code_alone(at: Draft) -> str:
    """Answer the text with blanks in place of what lies in strings and comments."""
    before = at.around.before[-MAX_LINE_CHARS:]
    return code_only(before + at.text, at.around.language)[len(before) :]


def cut_lines_below(at: Draft) -> Draft | Dropped:
    """Cut lines at the end that already stand below the cursor."""
    lines, below = at.lines, at.around.next_lines
    for count in range(min(len(lines), len(below)), 0, -1):
        tail = tuple(line.rstrip() for line in lines[-count:])
        if tail == below[:count] and any(says_something(line) for line in tail):
            kept = at.text.split("\n")[: len(lines) - count]
            return at.saying("\n".join(kept).rstrip()) if kept else Dropped("repeats_below")
    return at


def drop_copy_of_neighbour(at: Draft) -> Draft | Dropped:
    """Drop a short answer that is, but for a letter or two, what stands above or below."""
    lines = [line.strip() for line in at.lines if line.strip()]
    if not lines or len(lines) > _MAX_COPY_LINES or len("".join(lines)) < 8:
        return at
    if at.around.previous_lines and lines == [at.around.previous_lines[0].strip()]:
        return Dropped("repeats_above")
    below = [line.strip() for line in at.around.next_lines[: len(lines)]]
    if len(below) == len(lines) and _is_same("\n".join(lines), "\n".join(below)):
        return Dropped("repeats_below")
    return at


def _is_same(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() >= _SAME and matcher.ratio() >= _SAME


def _length_within(wanted: str, within: str) -> int:
    """Answer how many characters from the beginning of one text stand in order in another."""
    remaining = iter(within)
    return sum(1 for _ in takewhile(lambda each: each in remaining, wanted))
