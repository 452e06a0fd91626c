"""White space that a model writes twice, or in another way than the document."""

from __future__ import annotations

from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.languages.blocks import indent_width, opens_block

_UNIT = 4


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
    before, lead = at.around.before, _lead(at.text)
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


def use_same_blanks(at: Draft) -> Draft:
    """Indent with tabs or spaces as the lines around do."""
    first, *others = at.text.split("\n")
    if not others or not (uses := _blanks_around(at)):
        return at
    if uses == " ":
        return at.saying("\n".join([first, *(_with_spaces(line) for line in others)]))
    widest = min((len(lead) for line in others if (lead := _spaces(line))), default=0)
    if not widest:
        return at
    return at.saying("\n".join([first, *(_with_tabs(line, widest) for line in others)]))


def _lead(text: str) -> str:
    return text[: len(text) - len(text.lstrip(" \t"))]


def _deepest(at: Draft) -> int:
    """Answer the deepest indentation that the line above allows."""
    above = next(iter(at.around.previous_lines), "")
    language = at.around.language
    opens = language is not None and opens_block(above, language)
    deeper = opens or above.endswith(("(", "[", "{", ",", "\\", "="))
    room = max(_UNIT, indent_width(at.around.before) - indent_width(above)) if deeper else 0
    return max(indent_width(above) + room, indent_width(at.around.before))


def _blanks_around(at: Draft) -> str:
    """Answer what indents the lines nearby: a tab, a space, or nothing known."""
    for line in (at.around.before, *at.around.previous_lines, *at.around.next_lines):
        if line[:1] in {" ", "\t"}:
            return line[0]
    return ""


def _spaces(line: str) -> str:
    lead = _lead(line)
    return lead if lead and "\t" not in lead else ""


def _with_spaces(line: str) -> str:
    lead = _lead(line)
    return lead.replace("\t", " " * _UNIT) + line[len(lead) :] if "\t" in lead else line


def _with_tabs(line: str, unit: int) -> str:
    lead = _spaces(line)
    return "\t" * (len(lead) // unit) + line[len(lead) :] if lead else line
