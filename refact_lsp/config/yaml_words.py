"""What the YAML parser finds wrong, in words for people who know no parser."""

from __future__ import annotations

import re

_UNCLOSED = "the quote that opens here is never closed"
_MISPLACED = "this does not fit here; check the indentation and the quotes"
_AT_ITS_BEGINNING = (
    ("found unexpected end of stream", _UNCLOSED),
    ("found unexpected document separator", _UNCLOSED),
    ("could not find expected ':'", "there is no `:` behind this name; expected `name: value`"),
)
_WHERE_IT_STANDS = (
    ("found character '\\t'", "a tab stands here; write spaces"),
    ("found character", "a text cannot begin with this character; put it in quotes"),
    ("found unknown escape", "no escape begins so in double quotes; write `\\\\` or single quotes"),
    ("expected escape sequence", "this escape is not finished; write `\\\\` or single quotes"),
    (
        "mapping values are not allowed",
        "no `:` can stand here; put the text in quotes, or mend the indentation of this line",
    ),
    ("sequence entries are not allowed", "no `- ` can stand here; begin the list on its own line"),
    ("expected the node content", "a value is missing here, or the end of a list or mapping"),
    ("expected '<document start>'", _MISPLACED),
    ("expected <block end>", _MISPLACED),
    ("expected ',' or ']'", "expected `,` or `]`, the end of this list"),
    ("expected ',' or '}'", "expected `,` or `}`, the end of this mapping"),
)
_QUOTED = re.compile(r"'(?!<)[^']{2,}'|\"[^\"]{2,}\"")


def in_our_words(problem: str) -> tuple[str, bool]:
    """Answer what the parser found wrong, and whether to look where it began, not where it stands.

    No text of the file is in it.
    """
    for table in (_AT_ITS_BEGINNING, _WHERE_IT_STANDS):
        for start, words in table:
            if problem.startswith(start):
                return words, table is _AT_ITS_BEGINNING
    return _QUOTED.sub("this", problem), False
