"""The end of an answer where something of the document follows it."""

from __future__ import annotations

import pytest

from refact_lsp.completion.cleanup.draft import Draft, Dropped
from refact_lsp.completion.cleanup.steps import clean
from refact_lsp.messages import Shape
from tests.completion.places import around


def shown(source: str, answer: str, language: str = "python") -> tuple[str, int]:
    result = clean(Draft(answer, around(source, Shape.MULTI_LINE, language)))
    assert isinstance(result, Draft)
    return result.text, result.overwrite


@pytest.mark.parametrize(
    ("language", "source", "answer", "text", "overwrite"),
    [
        ("python", "foo(<cursor>)\n", "a, b  # both", "a, b", 0),
        ("python", "foo(<cursor>, c)\n", "a, b  # both", "a, b", 0),
        ("python", "foo(a, <cursor>).b()\n", "c,  # c\n    d  # d", "c,  # c\n    d", 0),
        ("typescript", "foo(<cursor>);\n", "a, b // both", "a, b", 0),
        ("typescript", "foo(<cursor>);\n", "a, b /* both", "a, b", 0),
        ("typescript", "foo(<cursor>);\n", "a, b) // both", "a, b)", 1),
        # nothing to mend
        ("python", "foo(<cursor>)\n", "a, b)  # both", "a, b)  # both", 1),
        ("python", "foo(<cursor>\n)\n", "a, b  # both", "a, b  # both", 0),
        ("python", "foo('<cursor>')\n", "a # b", "a # b", 0),
        ("python", "foo(<cursor>)\n", "'# a', b", "'# a', b", 0),
        ("python", "# see <cursor> here\n", "a # b", "a # b", 0),
        ("typescript", "foo(<cursor>);\n", "a, b /* both */", "a, b /* both */", 0),
        ("typescript", "foo(<cursor>);\n", "/^https?:\\/\\//", "/^https?:\\/\\//", 0),
        ("typescript", "f(() => {<cursor>});\n", "\n  g(); // go", "\n  g(); // go\n", 0),
    ],
)  # fmt: skip
def test_comment_never_swallows_the_rest_of_the_line(
    language: str, source: str, answer: str, text: str, overwrite: int
) -> None:
    assert shown(source, answer, language) == (text, overwrite)


def test_answer_of_a_comment_alone_is_dropped_before_the_rest_of_the_line() -> None:
    place = around("foo(<cursor>)\n", Shape.SINGLE_LINE)
    assert clean(Draft("# nothing", place)) == Dropped("too_short")
