"""Blocks seen in the lines alone: openers, closers, indentation. Pure functions of text."""

from __future__ import annotations

import re

from refact_lsp.languages.lexical import code_part
from refact_lsp.languages.table import BlockStyle, Language
from refact_lsp.text.lines import Position, Text

MAX_BLANK_LINES = 50
"""How many blank or comment lines are looked past."""

MAX_HEADER_LINES = 400
"""How far up the headers of enclosing blocks are looked for."""

_TAB_WIDTH = 4


def indent_width(line: str) -> int:
    """Columns of leading blanks, a tab going to the next multiple of four."""
    blank = line[: len(line) - len(line.lstrip(" \t"))]
    return len(blank.expandtabs(_TAB_WIDTH))


def begins_with(stripped: str, words: tuple[str, ...]) -> bool:
    """Say whether a stripped line begins with one of the words or marks, as a whole."""
    for word in words:
        if stripped.startswith(word):
            after = stripped[len(word) : len(word) + 1]
            if not word[-1].isalnum() or not (after.isalnum() or after == "_"):
                return True
    return False


def opens_block(line: str, language: Language) -> bool:
    """Say whether a line, thought to begin in code, ends by opening a block."""
    code = code_part(line, language)
    return bool(code) and re.search(language.opens, code) is not None


def opener_line(text: Text, position: Position, language: Language) -> int | None:
    """Answer the line of the opener right before the cursor, past blank and comment lines."""
    before = text.line(position.line)[: position.column]
    if before.strip():
        return position.line if opens_block(before, language) else None
    for at in range(position.line - 1, max(position.line - 1 - MAX_BLANK_LINES, -1), -1):
        line = text.line(at)
        if line.strip() and code_part(line, language):
            return at if opens_block(line, language) else None
    return None


def is_block_empty(text: Text, position: Position, opener: int, language: Language) -> bool:
    """Say whether nothing but blanks stands between the cursor and the end of its block.

    `opener` is the line that opened the block, right before the cursor.
    """
    after = text.line(position.line)[position.column :].strip()
    if after:
        return begins_with(after, language.closes)
    for line in text.lines(position.line + 1, position.line + 1 + MAX_BLANK_LINES):
        stripped = line.strip()
        if stripped:
            shallow = indent_width(line) <= indent_width(text.line(opener))
            return shallow or begins_with(stripped, language.closes)
    return True


def headers_above(
    text: Text, position: Position, language: Language, first_line: int = 0
) -> list[int]:
    """Answer the lines that open the blocks around the cursor, judged by indentation.

    Outermost first; not above `first_line`.
    """
    start = max(first_line, position.line - MAX_HEADER_LINES, 0)
    width = _width_at(text, position, language)
    headers = []
    above = list(text.lines(start, position.line))
    for at in range(len(above) - 1, -1, -1):
        line = above[at]
        if width > 0 and line.strip() and indent_width(line) < width:
            width = indent_width(line)
            if opens_block(line, language):
                headers.append(start + at)
    return headers[::-1]


def _width_at(text: Text, position: Position, language: Language) -> int:
    """Answer the indentation of the block at the cursor; on a blank line, of the one expected."""
    line = text.line(position.line)
    if line.strip():
        return indent_width(line)
    width = indent_width(line[: position.column])
    for at in range(position.line - 1, max(position.line - 1 - MAX_BLANK_LINES, -1), -1):
        before = text.line(at)
        if before.strip():
            if opens_block(before, language):
                return max(width, indent_width(before) + 1)
            if language.block_style is not BlockStyle.INDENT:
                return max(width, indent_width(before))
            break
    return width
