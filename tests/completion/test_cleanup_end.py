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


@pytest.mark.parametrize(
    ("language", "source", "answer", "text"),
    [
        ("python", "foo(\n    a,\n    <cursor>\n)\n", "bar)", "bar"),
        ("python", "foo(\n    a,\n    <cursor>\n)\n", "b,\n    g(c))", "b,\n    g(c)"),
        ("python", "def f(\n    a,\n    <cursor>\n):\n    g()\n", "bar):", "bar"),
        ("python", "x = [\n    f(a, '('),\n    <cursor>\n]\n", "f(b)]", "f(b)"),
        ("typescript", "f({\n  a: 1,\n  <cursor>\n});\n", "b: 2 });", "b: 2"),
        ("typescript", "f({\n  a: 1,\n  <cursor>\n});\n", "b: 2 }", "b: 2"),
        ("typescript", "  f(\n    <cursor>\n  )\n", "bar);", "bar"),
        # nothing to mend
        ("python", "foo(\n    a,\n    <cursor>\n)\n", "g(b)", "g(b)"),
        ("python", "foo(\n    a,\n    <cursor>\n)\n", "g(')')", "g(')')"),
        ("python", "foo(\n    a,\n    g(b, <cursor>\n)\n", "c)", "c)"),
        ("python", "foo(bar(\n    <cursor>\n)\n", "a)", "a)"),
        ("python", "x = (\n    f(\n        <cursor>\n)\n", "a)", "a)"),
        ("python", "foo(\n    a, <cursor>\n\nbar()\n", "b)", "b)"),
        ("go", "func f() {\n\tp := P{<cursor>\n}\n", "1, 2}", "1, 2}"),
    ],
)
def test_closer_that_stands_below_is_not_written_again(
    language: str, source: str, answer: str, text: str
) -> None:
    assert shown(source, answer, language) == (text, 0)
