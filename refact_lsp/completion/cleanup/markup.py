"""What a model writes besides code: its own tokens, fences, headers of prompts, odd characters."""

from __future__ import annotations

import re
import unicodedata

from refact_lsp.completion.cleanup.brackets import MAX_LINE_CHARS
from refact_lsp.completion.cleanup.draft import Draft, Dropped
from refact_lsp.completion.surroundings import Surroundings
from refact_lsp.languages.lexical import CODE, scan

_SPECIAL_TOKEN = re.compile(
    r"<\|[A-Za-z_][\w▁ -]{0,40}\|>"  # <|endoftext|>, <|fim_middle|>, <|file_sep|>
    r"|<｜[\w▁ ]{1,40}｜>"  # noqa: RUF001 - the bars of some families are full width
    r"|<\[[\w▁-]{1,40}\]>"
    r"|</?(?:fim[_-](?:prefix|suffix|middle|pad)|repo_?name|file_sep|filename|gh_stars|EOT|PRE|SUF|MID)>"
    r"|<(?:[be]os|start_of_turn|end_of_turn)>|▁?<AIX-SPAN-(?:PRE|POST|MIDDLE)>"
    r"|</?s>(?!\w)|\[(?:PREFIX|SUFFIX|MIDDLE|/?INST)\]"
)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)[\w+#.-]*[ \t]*$", re.MULTILINE)
_QUOTED = re.compile(r"(?P<ticks>`+)(?P<code>[^`\n]+)(?P=ticks)\s*")
_HEADER = re.compile(
    r"^[ \t]*(?:(?://|#|--|;+|/\*)[ \t]*(?:File|Path|Language|Filename)[ \t]*:"
    r"|(?:Human|Assistant|User)[ \t]*:[ \t]*$|\+{5} \S)",
    re.MULTILINE,
)


def cut_special_tokens(at: Draft) -> Draft:
    """Cut where one of a model's own tokens was written out as text.

    Not where the document itself has such a token nearby, as a program about models does.
    """
    around = at.around
    nearby = "\n".join((around.before, around.after, *around.previous_lines, *around.next_lines))
    for found in _SPECIAL_TOKEN.finditer(at.text):
        if found.group() not in nearby:
            return at.saying(at.text[: found.start()])
    return at


_CODE_WORDS = r"\b(?:code|completion|completed|missing|function|lines?|snippet|implementation)\b"
_TALK = re.compile(
    r"[ \t]*(?:here(?:'s| is| are)|sure|certainly|of course)\b[^\n]*"
    rf"{_CODE_WORDS}[^\n]*[:.!][ \t]*",
    re.IGNORECASE,
)
"""A line in which a model speaks of the code that it is about to write."""

_TALK_BEFORE_CODE = re.compile(
    r"[ \t]*(?:here(?:'s| is| are)|(?:sure|certainly|of course)[!,.])[ \t]"
    rf"[^\n:`\"]*{_CODE_WORDS}[^\n:`\"]*:[ \t]+(?=\S)",
    re.IGNORECASE,
)
"""The words on a line that has the code too."""

_TALK_BEFORE_FENCE = re.compile(
    rf"[ \t]*(?=(?:here|sure|certainly|of course)\b|[A-Z][^\n]*{_CODE_WORDS})"
    r"[\w ,.!'-]*[:.!]?[ \t]*(?:```|~~~)[\w+#.-]*[ \t]*",
    re.IGNORECASE,
)
"""Words on a line that ends by opening a fence."""


def is_fence(line: str) -> bool:
    """Tell whether a line is the beginning or the end of a Markdown fence."""
    return _FENCE.fullmatch(line) is not None


def opens_fence(line: str) -> bool:
    """Tell whether a line begins a Markdown fence, maybe with words before it."""
    return is_fence(line) or _TALK_BEFORE_FENCE.fullmatch(line) is not None


def is_talk(line: str) -> bool:
    """Tell whether a line is none of code, but speaks of code to come."""
    return _TALK.fullmatch(line) is not None


def is_in_code(around: Surroundings) -> bool:
    """Tell whether the cursor's line is code, and no comment or string, at the cursor."""
    language = around.language
    return language is not None and scan(around.before[-MAX_LINE_CHARS:], language) == CODE


def open_fence(at: Draft) -> Draft | Dropped:
    """Take code out of a Markdown fence, and end where a fence closes."""
    if at.around.language is None:
        return at
    if is_talk(at.text.split("\n", 1)[0]) and is_in_code(at.around):
        return Dropped("talk")
    fences = list(_FENCE.finditer(at.text))
    if not fences:
        return at
    first = fences[0]
    if at.text[: first.start()].strip():
        return at.saying(at.text[: first.start()].rstrip("\n"))
    end = fences[1].start() if len(fences) > 1 else len(at.text)
    return at.saying(at.text[first.end() + 1 : end].removesuffix("\n"))


def drop_talk_before_code(at: Draft) -> Draft:
    """Begin with the code where a model speaks of it on the same line."""
    found = _TALK_BEFORE_CODE.match(at.text)
    if found is None or not is_in_code(at.around):
        return at
    code = at.text[found.end() :]
    quoted = _QUOTED.fullmatch(code)
    return at.saying(quoted.group("code") if quoted else code)


def cut_headers(at: Draft) -> Draft:
    """End where the model goes on to another file or another turn of a talk."""
    if at.around.language is None:
        return at
    for found in _HEADER.finditer(at.text):
        if found.start() > 0 and at.text[found.start() - 1] == "\n":
            return at.saying(at.text[: found.start()])
    return at


def refuse_invisible(at: Draft) -> Draft | Dropped:
    """Drop text with control or format characters that the document does not use nearby.

    Bidirectional marks, zero-width and tag characters can make code read other than it runs
    (CVE-2021-42574); U+FFFD marks bytes that were lost on the way.
    """
    for character in set(at.text) - at.around.neighbourhood - {"\n", "\t"}:
        if character == "\ufffd" or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co"}:
            return Dropped("invisible_characters")
    return at
