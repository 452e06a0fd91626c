"""The end of an answer, where something of the document follows it."""

from __future__ import annotations

from refact_lsp.completion.cleanup.brackets import (
    CLOSERS,
    MAX_LINE_CHARS,
    OPENERS,
    closers_at_start,
    code_only,
    first_unmatched_closer,
    unmatched_closers,
    unmatched_openers,
)
from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.completion.cleanup.overlap import code_alone
from refact_lsp.languages.blocks import indent_width
from refact_lsp.languages.lexical import CODE, Inside, transitions
from refact_lsp.languages.table import Language


def drop_comment_before_rest(at: Draft) -> Draft:
    """Drop a comment at the end that would make a comment of what follows on the line."""
    around = at.around
    if around.language is None or not around.after[at.overwrite :].strip():
        return at
    before = around.before[-MAX_LINE_CHARS:]
    joined, start = before + at.text, len(before)
    begins, state = 0, CODE
    for offset, entered in transitions(joined, around.language):
        begins, state = offset, entered
    is_ours = begins == start or (begins > start and joined[begins - 1].isspace())
    if state.inside is not Inside.COMMENT or not is_ours:
        return at
    return at.saying(joined[start:begins].rstrip())


def leave_closer_below(at: Draft) -> Draft:
    """Leave a bracket open that the line below closes already.

    That line closes it if it begins with the closer, at the indentation of the opener's line.
    """
    around = at.around
    below = next(iter(around.next_lines), "").rstrip()
    if around.language is None or around.after.strip() or below.lstrip()[:1] not in CLOSERS:
        return at
    code = code_alone(at).rstrip()
    start = first_unmatched_closer(code)
    if start < 0 or not below.lstrip().startswith(at.text[start : len(code)].rstrip(";,")):
        return at
    opener = _opener_line(at, around.language)
    if not opener or indent_width(opener) != indent_width(below):
        return at
    is_open = unmatched_openers(code_only(opener[-MAX_LINE_CHARS:], around.language))
    closers = closers_at_start(below.lstrip())
    is_own = is_open[-1:] == OPENERS[closers[0]]
    is_double = len(unmatched_closers(code)) + len(closers) > len(is_open)
    return at.saying(at.text[:start].rstrip()) if is_own and is_double else at


def _opener_line(at: Draft, language: Language) -> str:
    """Answer the nearest line, the cursor's the first, that opens what is open at the cursor."""
    code = ""
    for line in (at.around.before, *at.around.previous_lines):
        code = code_only(line[-MAX_LINE_CHARS:], language) + "\n" + code
        if unmatched_openers(code):
            return line
    return ""
