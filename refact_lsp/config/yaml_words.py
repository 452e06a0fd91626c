"""What the YAML parser finds wrong, in words for people who know no parser."""

from __future__ import annotations

import re

import yaml

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


def in_our_words(error: yaml.MarkedYAMLError) -> tuple[yaml.Mark | None, str]:
    """Answer where to look, and what is wrong there; no text of the file is in it."""
    problem = error.problem or "not understood"
    for beginning, words in _AT_ITS_BEGINNING:
        if problem.startswith(beginning):
            return error.context_mark or error.problem_mark, words
    mark = error.problem_mark or error.context_mark
    for beginning, words in _WHERE_IT_STANDS:
        if problem.startswith(beginning):
            return mark, words
    return mark, _QUOTED.sub("this", problem)
