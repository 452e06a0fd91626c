from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.completion.cleanup import Draft, Dropped, clean, draft
from refact_lsp.messages import Shape
from refact_lsp.text.lines import Text
from refact_lsp.text.snapshot import DocumentSnapshot


def cleaned(source: str, answer: str, shape: Shape = Shape.SINGLE_LINE) -> Draft | Dropped:
    """Clean an answer for the place marked `<cursor>`."""
    before, after = source.split("<cursor>")
    text = Text(before + after)
    snapshot = DocumentSnapshot("file:///a.py", 1, "python", text)
    return clean(draft(answer, snapshot, text.position(len(before)), shape))


@pytest.mark.parametrize(
    ("source", "answer", "text", "overwrite"),
    [
        ("x = <cursor>\n", "f(1)", "f(1)", 0),
        ("x = <cursor>\n", "f(1)  \t", "f(1)", 0),
        ("x = <cursor>\n", "f(1)\r\ny = 2", "f(1)", 0),
        ("f(<cursor>)\n", "a, b)", "a, b", 0),
        ("f(<cursor>)\n", "a, b", "a, b", 0),
        ("f(<cursor>)\n", "a, b):", "a, b):", 1),
        ("f(g(<cursor>))\n", "a), b):", "a), b):", 2),
        ("f(<cursor>)\n", "g(a), b", "g(a), b", 0),
        ("f(<cursor>)\n", "g(a)", "g(a)", 0),
        ("f('<cursor>')\n", "ab')", "ab", 0),
    ],
)
def test_single_line_answer_fits_what_follows(
    source: str, answer: str, text: str, overwrite: int
) -> None:
    result = cleaned(source, answer)
    assert isinstance(result, Draft)
    assert (result.text, result.overwrite) == (text, overwrite)


@pytest.mark.parametrize(
    ("source", "answer", "rule"),
    [
        ("x = <cursor>\n", "", "too_short"),
        ("x = <cursor>\n", "  \n\n", "too_short"),
        ("x = <cursor>\n", ")", "too_short"),
        ("    <cursor>\n    return total\n", "return total", "repeats_below"),
        ("    <cursor>\n\n\n    return total\n", "return total", "repeats_below"),
        ("call(<cursor>, b)\n", "a, b) or c", "repeats_rest_of_line"),
        ("x = <cursor>\n", "a\u202eb", "invisible_characters"),
        ("x = <cursor>\n", "a\u200bb", "invisible_characters"),
        ("x = <cursor>\n", "a\ufffdb", "invisible_characters"),
        ("x = <cursor>\n", "a\x1b[31m", "invisible_characters"),
        ("x = <cursor>\n", "a\U000e0041", "invisible_characters"),
    ],
)
def test_answer_is_dropped_by_its_rule(source: str, answer: str, rule: str) -> None:
    assert cleaned(source, answer) == Dropped(rule)


def test_invisible_character_is_kept_where_the_document_has_it() -> None:
    result = cleaned("a = '\u200d'\nx = <cursor>\n", "'\u200d'")
    assert isinstance(result, Draft)


def test_block_loses_the_lines_that_stand_below_already() -> None:
    source = "def f():\n    <cursor>\n    return total\n"
    result = cleaned(source, "total = 0\n    return total", Shape.MULTI_LINE)
    assert isinstance(result, Draft)
    assert result.text == "total = 0"


def test_block_keeps_a_closing_line_that_also_follows() -> None:
    source = "fn f() {\n    if x {\n        <cursor>\n}\n"
    result = cleaned(source, "y();\n    }\n}", Shape.MULTI_LINE)
    assert isinstance(result, Draft)
    assert result.text == "y();\n    }\n}"


@given(
    before=st.text(alphabet="ab(){} \n", max_size=30),
    after=st.text(alphabet="ab(){} \n", max_size=30),
    answer=st.text(max_size=40),
    shape=st.sampled_from(Shape),
)
def test_whatever_is_kept_is_safe_to_insert(
    before: str, after: str, answer: str, shape: Shape
) -> None:
    text = Text(before + after)
    snapshot = DocumentSnapshot("file:///a.py", 1, "python", text)
    position = text.position(len(before))
    result = clean(draft(answer, snapshot, position, shape))
    if isinstance(result, Dropped):
        return
    assert result.text.strip()
    assert "\r" not in result.text
    assert result.overwrite <= len(snapshot.suffix_line(position))
    assert shape is Shape.MULTI_LINE or "\n" not in result.text
    unseen = set(result.text) - set(before + after) - {"\n", "\t"}
    assert not {unicodedata.category(each) for each in unseen} & {"Cc", "Cf", "Cs"}
