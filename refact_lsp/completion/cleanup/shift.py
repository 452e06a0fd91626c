"""Code out of a fence that begins further left than the block of the cursor."""

from __future__ import annotations

from collections.abc import Sequence

from refact_lsp.completion.cleanup.indentation import lead_of
from refact_lsp.completion.surroundings import Surroundings
from refact_lsp.languages.blocks import begins_with, indent_width, opens_block

_OPENS = ("(", "[", "{")


def missing_indent(around: Surroundings, lines: Sequence[str], line: str) -> str | None:
    """Answer what lines below the first lack to stand in the cursor's block; "": nothing.

    `lines` are what came before this line, from the first one of the code on, as written. None
    means that this line does not tell: it is blank, or closes what may have been open before.
    """
    language, stripped = around.language, line.strip()
    if language is None or not stripped or begins_with(stripped, language.closes):
        return None
    indent, lead = lead_of(around.before), lead_of(lines[0])
    if not indent.startswith(lead) or _is_apart(lines):
        return ""
    lacks = indent_width(line) - indent_width(indent)
    first = around.before + lines[0] if around.before.strip() else lines[0]
    opens = first.rstrip().endswith(_OPENS) or opens_block(first, language)
    return indent[len(lead) :] if lacks < 0 or (opens and lacks == 0) else ""


def _is_apart(lines: Sequence[str]) -> bool:
    """Tell whether two blank lines came, as they do where the cursor's block is left."""
    return len(lines) > 1 and not any(line.strip() for line in lines[-2:])
