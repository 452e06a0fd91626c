"""A block's opener that a model writes again below the line that ends with it."""

from __future__ import annotations

import re

from refact_lsp.languages.lexical import code_part
from refact_lsp.languages.table import BlockStyle, Language

_BODY = re.compile(r"(?:\)|=>)\s*\{$|^(?:[=!<>]=|:=[^;]*;|[^=])*[\w>][ \t]+\{$")
_VALUE = re.compile(r"\b(?:new\b[^()]*(?:\([^()]*\)\s*)?|return\b[^()]*)\{$")
"""Headers of statements, and of values: in a list of values the first may begin with a brace."""


def is_opener_again(line: str, above: str, language: Language) -> bool:
    """Tell whether a line is nothing but the opener that ends the line above."""
    opener, header = line.strip(), code_part(above, language).strip()
    if not opener or opener == header or not header.endswith(opener):
        return False
    if opener == "{":
        is_statement = bool(_BODY.search(header)) and not _VALUE.search(header)
        return is_statement and language.block_style is BlockStyle.BRACES
    found = re.match(language.opens, opener)
    is_apart = not opener[0].isalnum() or header.removesuffix(opener)[-1:].isspace()
    return found is not None and found.group() == opener and is_apart
