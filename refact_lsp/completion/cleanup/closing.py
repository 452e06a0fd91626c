"""The end of an answer, where something of the document follows it."""

from __future__ import annotations

from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.languages.lexical import CODE, Inside, transitions


def drop_comment_before_rest(at: Draft) -> Draft:
    """Drop a comment at the end that would make a comment of what follows on the line."""
    around = at.around
    if around.language is None or not around.after[at.overwrite :].strip():
        return at
    joined, start = around.before + at.text, len(around.before)
    begins, state = 0, CODE
    for offset, entered in transitions(joined, around.language):
        begins, state = offset, entered
    is_ours = begins == start or (begins > start and joined[begins - 1].isspace())
    if state.inside is not Inside.COMMENT or not is_ours:
        return at
    return at.saying(joined[start:begins].rstrip())
