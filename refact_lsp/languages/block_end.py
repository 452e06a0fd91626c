"""Where generated text leaves the block it began in; a pure function of strings.

Lines are judged by their indentation; where braces end blocks, an unmatched one does too. Lines
that begin inside a string or comment are never judged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from operator import itemgetter

from refact_lsp.languages.blocks import begins_with, indent_width, opens_block
from refact_lsp.languages.lexical import CODE, Inside, State, code_part, transitions
from refact_lsp.languages.table import BlockStyle, Language
from refact_lsp.text.lines import split_lines

_GOES_ON_BELOW = ("(", "[", "{", ",", "=", "\\")


def block_end(
    text_before: str, completion: str, language: Language | None, *, text_after: str = ""
) -> int:
    """Answer how many characters of a completion to keep so that it ends with its block.

    `len(completion)` means that no end is in sight: with a stream, read on. A completion that
    begins in code may finish the statement and the block this opens; one that begins on a blank
    line goes on to the end of the block around it, its closing line included unless `text_after`
    has that line already. After a finished definition, and at top level, a blank line ends it
    too. In plain text the paragraph ends it.

    Only the last line of `text_before` and the first lines of `text_after` matter.
    """
    if language is None:
        return _paragraph_end(completion)
    line_before = text_before[max(text_before.rfind("\n"), text_before.rfind("\r")) + 1 :]
    lines = list(_lines(line_before, completion, language))
    start = _start(line_before, lines, language)
    end = None if start is None else _end(lines, start, language, text_after)
    return len(completion) if end is None else end


def _end(lines: list[_Line], start: _Start, language: Language, text_after: str) -> int | None:
    kept, after_blank, seen_deeper = 0, False, False
    for line in lines:
        if not line.stripped:
            after_blank = True
            continue
        has_ended = after_blank and (seen_deeper or start.width == 0)
        verdict = _judge(line, start, language, text_after, has_ended=has_ended)
        if verdict is not _Verdict.KEEP and not line.is_whole:
            is_sure = verdict is _Verdict.STOP and not _may_carry_on(line, language)
            return kept if is_sure else None
        if verdict is _Verdict.STOP:
            return kept
        if verdict is _Verdict.LAST:
            return line.end
        if line.unmatched is not None:
            return line.unmatched
        kept, after_blank = line.end, False
        seen_deeper = seen_deeper or line.width > start.width
    return None


class _Verdict(Enum):
    KEEP = auto()
    LAST = auto()
    STOP = auto()


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the completion, the first one joined to what stands before it.

    `end` is the offset in the completion after its last non-blank; `is_whole` says that its line
    end has come; `depth` is the number of braces open before it; `unmatched` the offset before an
    unmatched closing brace.
    """

    number: int
    stripped: str
    width: int
    end: int
    is_whole: bool
    begins_in_code: bool
    depth: int
    unmatched: int | None


@dataclass(frozen=True, slots=True)
class _Start:
    """How the completion began: in a statement of its own line, or on a blank line.

    `width` is the indentation of the statement, or of the block; `line` the number of the first
    line that says something.
    """

    in_statement: bool
    width: int
    line: int


def _paragraph_end(completion: str) -> int:
    found = re.search(r"\S[^\S\r\n]*(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)", completion)
    return found.start() + 1 if found else len(completion)


def _lines(line_before: str, completion: str, language: Language) -> Iterator[_Line]:
    joined, start = line_before + completion, len(line_before)
    changes = [(0, CODE), *transitions(joined, language)]
    offset = depth = 0
    for number, text in enumerate(split_lines(joined)):
        open_before, unmatched = depth, None
        for brace in _code_braces(text, offset, changes, language):
            if joined[brace] == "{" or depth > 0:
                depth += 1 if joined[brace] == "{" else -1
            elif unmatched is None and brace >= start:
                unmatched = max(len(joined[:brace].rstrip()) - start, 0)
        yield _Line(
            number=number,
            stripped=text.strip(),
            width=indent_width(text),
            end=max(offset + len(text.rstrip()) - start, 0),
            is_whole=text.endswith(("\n", "\r")),
            begins_in_code=_state_at(offset, changes).inside is Inside.CODE,
            depth=open_before,
            unmatched=unmatched,
        )
        offset += len(text)


def _code_braces(
    text: str, offset: int, changes: list[tuple[int, State]], language: Language
) -> Iterator[int]:
    if language.block_style is not BlockStyle.BRACES:
        return
    for brace in re.finditer(r"[{}]", text):
        if _state_at(offset + brace.start(), changes).inside is Inside.CODE:
            yield offset + brace.start()


def _state_at(offset: int, changes: list[tuple[int, State]]) -> State:
    return changes[bisect_right(changes, offset, key=itemgetter(0)) - 1][1]


def _start(line_before: str, lines: list[_Line], language: Language) -> _Start | None:
    """Answer how the completion began; None while it has nothing but blanks."""
    first = next((line for line in lines if line.stripped), None)
    if line_before.strip():
        width = indent_width(line_before)
        said_on_line = lines[0].stripped != line_before.strip()
        if said_on_line or _goes_on_below(line_before, language):
            return _Start(in_statement=True, width=width, line=0)
        return _Start(in_statement=False, width=width, line=0)
    if first is None:
        return None
    return _Start(in_statement=False, width=first.width, line=first.number)


def _goes_on_below(line: str, language: Language) -> bool:
    code = code_part(line, language)
    return code.endswith(_GOES_ON_BELOW) or opens_block(line, language)


def _judge(
    line: _Line, start: _Start, language: Language, text_after: str, *, has_ended: bool
) -> _Verdict:
    if not line.begins_in_code:
        return _Verdict.KEEP
    if start.in_statement:
        is_first = line.number == 0
        return _Verdict.KEEP if is_first else _judge_in_statement(line, start, language, text_after)
    closes = begins_with(line.stripped, language.closes)
    is_first = line.number <= start.line
    if closes and (is_first or line.width < start.width or line.unmatched is not None):
        return _close(line, language, text_after)
    if is_first or line.width >= start.width:
        is_next = has_ended and line.width == start.width
        goes_on = is_first or closes or _continues(line, language)
        if not is_next or goes_on:
            return _Verdict.KEEP
        return _Verdict.STOP
    is_directive = line.stripped.startswith("#") and language.block_style is BlockStyle.BRACES
    is_within = line.depth > 0 or is_directive
    return _Verdict.KEEP if is_within and not has_ended else _Verdict.STOP


def _judge_in_statement(
    line: _Line, start: _Start, language: Language, text_after: str
) -> _Verdict:
    """Judge a line below a statement that the completion carries on."""
    if line.width > start.width:
        return _Verdict.KEEP
    if line.width == start.width and line.unmatched is None:
        if _continues(line, language):
            return _Verdict.KEEP
        if begins_with(line.stripped, language.closes):
            goes_on = line.is_whole and _goes_on_below(line.stripped, language)
            return _Verdict.KEEP if goes_on else _close(line, language, text_after)
    return _Verdict.STOP if line.depth == 0 or line.width < start.width else _Verdict.KEEP


def _close(line: _Line, language: Language, text_after: str) -> _Verdict:
    if _continues(line, language) or _is_closed(text_after, line.width, language):
        return _Verdict.STOP
    return _Verdict.LAST


def _is_closed(text_after: str, width: int, language: Language) -> bool:
    """Say whether the text after the cursor closes the block at this indentation already."""
    rest, *below = split_lines(text_after)
    if rest.strip():
        return begins_with(rest.strip(), language.closes)
    following = next((line for line in below if line.strip()), "")
    return indent_width(following) >= width and begins_with(following.strip(), language.closes)


def _continues(line: _Line, language: Language) -> bool:
    word = line.stripped.lstrip("} \t")
    return begins_with(word, language.continues)


def _may_carry_on(line: _Line, language: Language) -> bool:
    """Say whether an unfinished line may yet become one that goes on with the block, or ends it."""
    word = line.stripped.lstrip("} \t")
    return any(known.startswith(word) for known in (*language.continues, *language.closes))
