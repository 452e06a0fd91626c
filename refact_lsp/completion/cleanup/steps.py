"""The steps in their order."""

from __future__ import annotations

from refact_lsp.completion.cleanup import (
    closing,
    indentation,
    markup,
    overlap,
    repetition,
    scale,
)
from refact_lsp.completion.cleanup.draft import Draft, Dropped, Step
from refact_lsp.messages import Shape


def clean(start: Draft) -> Draft | Dropped:
    """Run all steps in order; the first that drops the draft ends it."""
    current = start
    for step in STEPS:
        result = step(current)
        if isinstance(result, Dropped):
            return result
        current = result
    return current


def unify_newlines(at: Draft) -> Draft:
    r"""Use `\n` only; the edge puts in what the document uses."""
    return at.saying(at.text.replace("\r\n", "\n").replace("\r", "\n"))


def keep_shape(at: Draft) -> Draft:
    """Keep one line where one line was asked for, also where that is the one below."""
    if at.around.shape is Shape.MULTI_LINE:
        return at
    lead = _line_breaks(at.text) if at.around.is_line_done else ""
    return at.saying(lead + at.text[len(lead) :].split("\n", 1)[0])


def _line_breaks(text: str) -> str:
    return text[: len(text) - len(text.lstrip("\n"))]


def trim_end(at: Draft) -> Draft:
    """Take trailing white space away."""
    return at.saying(at.text.rstrip())


def drop_blank(at: Draft) -> Draft | Dropped:
    """Drop what is empty, or too short to be worth a glance."""
    return Dropped("too_short") if len(at.text.strip()) < 2 else at


STEPS: tuple[Step, ...] = (
    unify_newlines,
    markup.cut_special_tokens,
    markup.open_fence,
    markup.drop_talk_before_code,
    markup.cut_headers,
    markup.refuse_invisible,
    overlap.strip_echo,
    overlap.strip_doubled_word,
    indentation.drop_line_break,
    indentation.drop_doubled_indent,
    indentation.drop_doubled_blank,
    indentation.use_same_blanks,
    scale.use_same_step,
    keep_shape,
    repetition.cut_repeated_lines,
    repetition.cut_repeated_words,
    trim_end,
    overlap.join_rest_of_line,
    closing.leave_closer_below,
    overlap.cut_lines_below,
    overlap.drop_copy_of_neighbour,
    trim_end,
    indentation.part_from_closer,
    closing.drop_comment_before_rest,
    drop_blank,
)
