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
            return len(text.encode("utf-16-le", "surrogatepass")) // 2


def column_of(line: str, unit_column: int, encoding: Encoding) -> int:
    """Answer the code point column for a column in units.

    Past the end answers the line's length; inside a character answers that character's start.
    """
    if unit_column <= 0:
        return 0
    low, high = 0, min(unit_column, len(line))
    if encoding is Encoding.UTF32 or line[:high].isascii():
        return high
    while low < high:  # by halves, so that whole slices are counted: a line may have megabytes
        middle = (low + high + 1) // 2
        width = units(line[low:middle], encoding)
        if width <= unit_column:
            low, unit_column = middle, unit_column - width
        else:
            high = middle - 1
    return low
