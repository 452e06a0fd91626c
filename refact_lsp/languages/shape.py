"""How much text is wanted at a position: the rest of a line, or several lines.

The rules, first match decides:

1. Code to the right of the cursor that is more than closing marks: one line.
2. Inside a comment or a string: one line.
3. The cursor's block is empty: several lines.
4. A blank line right after the line that opened the block: several lines.
5. Anything else: one line.
"""

from __future__ import annotations

import re

from refact_lsp.languages.place import Place
from refact_lsp.languages.table import Language
from refact_lsp.messages import Shape
from refact_lsp.text.lines import Position, Text

_ONLY_CLOSERS = re.compile(r"\s*[)\]}>\"'`]*\s*(?:[:{;,]|end\b)?\s*")


def shape_at(text: Text, position: Position, place: Place, language: Language | None) -> Shape:
    """Answer the shape for a position of `text`; plain text gets one line at a time."""
    position = text.clamp(position)
    line = text.line(position.line)
    if language is None or not only_closers(line[position.column :]):
        return Shape.SINGLE_LINE
    if place.in_comment or place.in_string:
        return Shape.SINGLE_LINE
    if place.block_is_empty or (place.is_after_block_opener and not line.strip()):
        return Shape.MULTI_LINE
    return Shape.SINGLE_LINE


def only_closers(rest_of_line: str) -> bool:
    """Say whether what stands right of a cursor merely closes what was opened left of it."""
    return _ONLY_CLOSERS.fullmatch(rest_of_line) is not None
