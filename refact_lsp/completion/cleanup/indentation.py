"""White space that a model writes twice, or in another way than the document."""

from __future__ import annotations

from math import gcd

from refact_lsp.completion.cleanup.brackets import OPENERS
from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.languages.blocks import indent_width, opens_block

_UNIT = 4
_WIDE_UNIT = 8
_GOES_ON = ("(", "[", "{", ",", "\\", "=")


def drop_line_break(at: Draft) -> Draft:
    """On a blank line, begin there and not a line below."""
    if at.around.before.strip() or not at.text.startswith("\n"):
        return at
    text = at.text.lstrip("\n")
    indent = at.around.before
    return at.saying(text.removeprefix(indent) if indent else text)


def drop_doubled_indent(at: Draft) -> Draft:
    """On a blank line, do not write the indentation again that is typed already.

    A model may mean to go deeper than what is typed; so only where that would be deeper than
    the line above allows.
    """
    before, lead = at.around.before, lead_of(at.text)
    if before.strip() or not before or not lead or lead == at.text:
        return at
    if indent_width(before + lead) <= _deepest(at):
        return at
    kept = lead.removeprefix(before) if lead.startswith(before) else ""
    return at.saying(kept + at.text[len(lead) :])


def drop_doubled_blank(at: Draft) -> Draft:
    """After a blank within a line, do not write another."""
    before = at.around.before
    if not before.strip() or before[-1] not in " \t":
        return at
    return at.saying(at.text.lstrip(" \t"))


def part_from_closer(at: Draft) -> Draft:
    """Give the closer right of the cursor a line of its own, below a block that opened left of it.

    Editors write both braces at the first key; the block then goes between them.
    """
    before, after = at.around.before.rstrip(), at.around.after.lstrip()
    is_between = bool(before and after) and OPENERS.get(after[0]) == before[-1]
    if not is_between or at.overwrite or not at.text.startswith("\n"):
        return at
    return at.saying(at.text.rstrip() + "\n" + lead_of(before))


def use_same_blanks(at: Draft) -> Draft:
    """Indent with tabs or spaces as the lines around do."""
    first, *others = at.text.split("\n")
    if not others or not (uses := blanks_around(at)):
        return at
    if uses == " ":
        step = " " * _step_around(at)
        return at.saying("\n".join([first, *(_with_spaces(line, step) for line in others)]))
    unit = _unit(at, [len(lead) for line in others if (lead := _spaces(line))])
    if not unit:
        return at
    return at.saying("\n".join([first, *(_with_tabs(line, unit) for line in others)]))


def blanks_around(at: Draft) -> str:
    """Answer what indents the lines nearby: a tab, a space, or nothing known."""
    for line in (at.around.before, *at.around.previous_lines, *at.around.next_lines):
        if line[:1] in {" ", "\t"}:
            return line[0]
    return ""


def lead_of(text: str) -> str:
    """Answer the blanks with which a text begins."""
    return text[: len(text) - len(text.lstrip(" \t"))]


def _deepest(at: Draft) -> int:
    """Answer the deepest indentation that the line above allows."""
    above = next(iter(at.around.previous_lines), "")
    language = at.around.language
    opens = language is not None and opens_block(above, language)
    deeper = opens or above.endswith(_GOES_ON)
    room = max(_UNIT, indent_width(at.around.before) - indent_width(above)) if deeper else 0
    return max(indent_width(above) + room, indent_width(at.around.before))


def _spaces(line: str) -> str:
    lead = lead_of(line)
    return lead if lead and "\t" not in lead else ""


def _unit(at: Draft, widths: list[int]) -> int:
    """Answer how many spaces stand for a tab in lines of these indentations; 0: in none.

    Eight spaces are mostly two steps of four; not where that leads deeper than a line below the
    first may stand.
    """
    widest = gcd(*widths)
    if widest % _WIDE_UNIT == 0 and widest:
        return _WIDE_UNIT if min(widths) // _UNIT > _most_tabs(at) else _UNIT
    return next((unit for unit in (_UNIT, 2) if widest % unit == 0 and widest), widest)


def _most_tabs(at: Draft) -> int:
    """Answer how many tabs the shallowest line below the first may begin with."""
    first = at.lines[0]
    language = at.around.language
    opens = language is not None and opens_block(first, language)
    return lead_of(first).count("\t") + (opens or first.rstrip().endswith(_GOES_ON))


def _step_around(at: Draft) -> int:
    """Answer how many spaces the lines nearby go deeper by at a time."""
    around = at.around
    lines = (around.before, *around.previous_lines, *around.next_lines)
    step = gcd(*(len(lead_of(line)) for line in lines))
    return step if 1 < step < _UNIT else _UNIT


def _with_spaces(line: str, step: str) -> str:
    lead = lead_of(line)
    return lead.replace("\t", step) + line[len(lead) :] if "\t" in lead else line


def _with_tabs(line: str, unit: int) -> str:
    lead = _spaces(line)
    return "\t" * (len(lead) // unit) + line[len(lead) :] if lead else line
