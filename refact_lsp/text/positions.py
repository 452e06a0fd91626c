"""Columns between code points and the units an editor counts in: the only place that knows them.

LSP 3.17 negotiates `positionEncoding`: `utf-8` (bytes), `utf-16` (code units, the default) or
`utf-32` (code points). A lone surrogate counts one utf-16 unit and three utf-8 bytes.
"""

from __future__ import annotations

from enum import StrEnum

from refact_lsp.text.lines import utf8


class Encoding(StrEnum):
    """The unit of a column on the wire; values as LSP names them."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


def units(text: str, encoding: Encoding) -> int:
    """Count a string's units."""
    match encoding:
        case Encoding.UTF32:
            return len(text)
        case _ if text.isascii():
            return len(text)
        case Encoding.UTF8:
            return len(utf8(text))
        case Encoding.UTF16:
            return len(text) + sum(character > "\uffff" for character in text)


def column_of(line: str, unit_column: int, encoding: Encoding) -> int:
    """Answer the code point column for a column in units.

    Past the end answers the line's length; inside a character answers that character's start.
    """
    if unit_column <= 0:
        return 0
    if encoding is Encoding.UTF32 or line[:unit_column].isascii():
        return min(unit_column, len(line))
    passed = 0
    for column, character in enumerate(line):
        passed += units(character, encoding)
        if passed > unit_column:
            return column
    return len(line)
