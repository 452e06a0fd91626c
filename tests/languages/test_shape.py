from __future__ import annotations

from collections.abc import Callable

import pytest

from refact_lsp.languages.place import Place, place, place_in_plain_text
from refact_lsp.languages.shape import only_closers, shape_at
from refact_lsp.languages.syntax import SyntaxTree
from refact_lsp.languages.table import language_of
from refact_lsp.messages import Shape
from refact_lsp.text.lines import Position, Text

AtCursor = Callable[[str], tuple[Text, Position]]
Parsed = Callable[[str, str], SyntaxTree]

SHAPES = [
    ("python", "def f():\n    <cursor>\n", Shape.MULTI_LINE),
    ("python", "def f():<cursor>\n", Shape.MULTI_LINE),
    ("python", "def f():\n    <cursor>\n    return 1\n", Shape.MULTI_LINE),
    ("python", "def f():<cursor>\n    return 1\n", Shape.SINGLE_LINE),
    ("python", "def f():\n    '''Say so.'''\n    <cursor>\n", Shape.MULTI_LINE),
    ("python", "def f():\n    return 1\n    <cursor>\n", Shape.SINGLE_LINE),
    ("python", "def f():\n    x = <cursor>\n", Shape.SINGLE_LINE),
    ("python", "def f():\n    <cursor>x = 1\n", Shape.SINGLE_LINE),
    ("python", "# if so:<cursor>\n", Shape.SINGLE_LINE),
    ("python", "x = 'if:<cursor>'\n", Shape.SINGLE_LINE),
    ("python", "f(a, <cursor>)\n", Shape.SINGLE_LINE),
    ("javascript", "function f() {<cursor>}\n", Shape.MULTI_LINE),
    ("javascript", "f(() => {<cursor>});\n", Shape.MULTI_LINE),
    ("javascript", "f(() => {\n  <cursor>\n});\n", Shape.MULTI_LINE),
    ("javascript", "if (a) { <cursor> b(); }\n", Shape.SINGLE_LINE),
    ("ruby", "def f\n  <cursor>\nend\n", Shape.MULTI_LINE),
    ("shellscript", "if a; then\n  <cursor>\nfi\n", Shape.MULTI_LINE),
]


@pytest.mark.parametrize(("language_id", "source", "expected"), SHAPES)
def test_shape_follows_from_the_syntax_around_the_cursor(
    language_id: str, source: str, expected: Shape, at_cursor: AtCursor, parsed: Parsed
) -> None:
    text, position = at_cursor(source)
    language = language_of(language_id)
    found = place(parsed(str(text), language_id), text, position)
    assert shape_at(text, position, found, language) is expected


@pytest.mark.parametrize(
    ("language_id", "source", "expected"),
    [each for each in SHAPES if "'''" not in each[1]],
)
def test_shape_without_a_tree_is_the_same(
    language_id: str, source: str, expected: Shape, at_cursor: AtCursor
) -> None:
    """Only a body that holds a docstring alone takes a tree to tell."""
    text, position = at_cursor(source)
    language = language_of(language_id)
    found = place_in_plain_text(text, position, language)
    assert shape_at(text, position, found, language) is expected


def test_shape_in_plain_text_is_one_line(at_cursor: AtCursor) -> None:
    text, position = at_cursor("Dear all:\n\n<cursor>\n")
    assert shape_at(text, position, Place(), None) is Shape.SINGLE_LINE


@pytest.mark.parametrize("rest", ["", "  ", ")", "])", '"', "');", ") {", "}", "):", ",", " end"])
def test_closing_marks_alone_stand_right_of_the_cursor(rest: str) -> None:
    assert only_closers(rest)


@pytest.mark.parametrize("rest", ["x", ") + 1", "(", "; x", "ending", ": int", "= 1"])
def test_more_than_closing_marks_stands_right_of_the_cursor(rest: str) -> None:
    assert not only_closers(rest)
