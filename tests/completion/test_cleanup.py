from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.completion.cleanup.draft import Draft, Dropped
from refact_lsp.completion.cleanup.steps import clean
from refact_lsp.completion.surroundings import surroundings
from refact_lsp.messages import Shape
from refact_lsp.text.lines import Text
from refact_lsp.text.snapshot import DocumentSnapshot
from tests.completion.places import around


def cleaned(source: str, answer: str, shape: Shape = Shape.SINGLE_LINE) -> Draft | Dropped:
    """Clean an answer for the place marked `<cursor>`."""
    return clean(Draft(answer, around(source, shape)))


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
        ("f(<cursor>);\n", "a, b)", "a, b", 0),
        ("f(<cursor>):\n", "a, b)", "a, b", 0),
        ("f(g(<cursor>));\n", "a, b)", "a, b", 0),
        ("f(g(<cursor>));\n", "a, b))", "a, b", 0),
        ("x = { <cursor> };\n", "a: 1 }", "a: 1", 0),
        ("f(<cursor>);\n", "a).g(b)", "a).g(b)", 1),
        ("f(<cursor>);\n", "g(a)", "g(a)", 0),
        ("f(<cursor>)\n", "'a)'", "'a)'", 0),
        ("f(<cursor>)\n", "')'", "')'", 0),
        ("f(<cursor>) + total\n", "a, b)", "a, b", 0),
        ("f(<cursor>) + total\n", "ab) + tot", "ab", 0),
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
        ("    <cursor>\n    return total\n", "Here is the missing code:", "talk"),
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


@pytest.mark.parametrize(
    ("source", "answer", "text"),
    [
        ("function f() {<cursor>}\n", "\n  return 1;", "\n  return 1;\n"),
        ("  f(() => {<cursor>});\n", "\n    g();\n", "\n    g();\n  "),
        ("f(() => {<cursor>});\n", " g(); ", " g();"),
        ("f(() => {\n<cursor>});\n", "  g();", "  g();"),
    ],
)
def test_closer_right_of_the_cursor_gets_a_line_of_its_own_below_a_block(
    source: str, answer: str, text: str
) -> None:
    result = clean(Draft(answer, around(source, Shape.MULTI_LINE, "typescript")))
    assert isinstance(result, Draft)
    assert (result.text, result.overwrite) == (text, 0)


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
    result = clean(Draft(answer, surroundings(snapshot, position, shape, None)))
    if isinstance(result, Dropped):
        return
    assert result.text.strip()
    assert "\r" not in result.text
    assert result.overwrite <= len(snapshot.suffix_line(position))
    assert shape is Shape.MULTI_LINE or "\n" not in result.text
    unseen = set(result.text) - set(before + after) - {"\n", "\t"}
    assert not {unicodedata.category(each) for each in unseen} & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("source", "answer", "text"),
    [
        # the model's own tokens
        ("x = <cursor>\n", "f(1)<|endoftext|>", "f(1)"),
        ("x = <cursor>\n", "f(1)<\uff5cend\u2581of\u2581sentence\uff5c>", "f(1)"),
        ("x = <cursor>\n", "f(1) <EOT>", "f(1)"),
        ("x = <cursor>\n", "f(1)<fim_suffix>y", "f(1)"),
        ("x = <cursor>\n", "f(1)[PREFIX]y", "f(1)"),
        ("x = <cursor>\n", "f(1)<eos>", "f(1)"),
        ("x = <cursor>\n", "f(1)<end_of_turn>\n", "f(1)"),
        ("x = <cursor>\n", "f(1)\u2581<AIX-SPAN-POST>y", "f(1)"),
        ("x = <cursor>\n", "f(1)[/INST] y", "f(1)"),
        ("a = '<|im_end|>'\nx = <cursor>\n", "g('<|im_end|>')", "g('<|im_end|>')"),
        ("x = <cursor>\n", "a <b> c", "a <b> c"),
        # talk on the line of the code
        ("x = <cursor>\n", "Sure! Here is the code: f(1)", "f(1)"),
        ("x = <cursor>\n", "Here's the missing code: `f(1)`", "f(1)"),
        ("def f():\n    <cursor>\n", "Here is the completed line: a = {1: 2}", "a = {1: 2}"),
        ("# <cursor>\n", "Here is the code: f(1)", "Here is the code: f(1)"),
        ("x = '<cursor>\n", "Here is the code: f(1)", "Here is the code: f(1)"),
        ("def f():\n    <cursor>\n", "sure = {line: 1}", "sure = {line: 1}"),
        ("x = <cursor>\n", "here[code: 2]", "here[code: 2]"),
        # the line's beginning once more
        ("total = <cursor>\n", "total = sum(items)", "sum(items)"),
        ("    total = <cursor>\n", "    total = sum(items)", "sum(items)"),
        ("x = <cursor>\n", "x = 1 or 2", "x = 1 or 2"),
        ("client.fetch_al<cursor>\n", "fetch_all()", "l()"),
        ("    x = compute<cursor>\n", "compute(1)", "(1)"),
        ("log<cursor>\n", "logger.info(a)", "ger.info(a)"),
        ("log<cursor>\n", "log(a)", "(a)"),
        ("log<cursor>\n", "ger.info(a)", "ger.info(a)"),
        ("log.<cursor>\n", "log(a)", "log(a)"),
        ("colour = '#fff<cursor>'\n", "fff", "fff"),
        ("colour = '#fff<cursor>'\n", "fff'", "fff"),
        ("x = so<cursor>\n", "some", "some"),
        ("x = 100<cursor>\n", "1000", "1000"),
        ("a.first<cursor>\n", "_first()", "_first()"),
        # blanks twice
        ("total = <cursor>\n", " sum(items)", "sum(items)"),
        ("def f():\n    <cursor>\n", "    return 1", "return 1"),
        ("def f():\n    if a:\n        b()\n    <cursor>\n", "\n    return 1", "return 1"),
        # patterns over and over
        ("x = [<cursor>]\n", "0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1", "0, 1, 0, 1"),
        ("x = <cursor>\n", "ab_cd " * 30, "ab_cd"),
        ("x = <cursor>\n", "[1, 2, 3, 4, 5]", "[1, 2, 3, 4, 5]"),
        # quotes and closers that the editor typed
        ('f("<cursor>")\n', 'ab"', "ab"),
        ('f("<cursor>", b)\n', 'ab"', "ab"),
    ],
)
def test_single_line_answer_loses_what_models_add(source: str, answer: str, text: str) -> None:
    result = cleaned(source, answer)
    assert isinstance(result, Draft)
    assert result.text == text


@pytest.mark.parametrize(
    ("source", "answer", "text"),
    [
        ("def f():\n    <cursor>\n", "```python\na = 1\n    b = 2\n```\nDone.", "a = 1\n    b = 2"),
        ("def f():\n    <cursor>\n", "a = 1\n```\nThis sets a.", "a = 1"),
        ("def f():\n    <cursor>\n", "a = 1\n# File: other.py\nb = 2", "a = 1"),
        ("def f():\n    <cursor>\n", "a = 1\nHuman:\nthanks", "a = 1"),
        ("def f():\n\t<cursor>\n", "if a:\n        b()", "if a:\n\t\tb()"),
        ("if a:\n\tif b:\n\t\t<cursor>\n", "c()\n        d()", "c()\n\t\td()"),
        (
            "if a:\n\tif b:\n\t\t<cursor>\n",
            "if c:\n            d()\n        e()",
            "if c:\n\t\t\td()\n\t\te()",
        ),
        ("def f():\n\t<cursor>\n", "a()\n        b()", "a()\n\tb()"),
        ("def f():\n\t<cursor>\n", "if a:\n    b()\n  c()", "if a:\n\t\tb()\n\tc()"),
        ("def f():\n  <cursor>\n", "if a:\n\t\tb()\n\tc()", "if a:\n    b()\n  c()"),
        ("def f():\n    <cursor>\n", "if a:\n\t\tb()", "if a:\n        b()"),
        (
            "def f():\n    <cursor>\n",
            "a()\n    b()\n    a()\n    b()\n    a()",
            "a()\n    b()",
        ),
        ("def f():\n    <cursor>\n", "a()\n    a()\n    b()", "a()"),
    ],
)
def test_block_loses_what_models_add(source: str, answer: str, text: str) -> None:
    result = cleaned(source, answer, Shape.MULTI_LINE)
    assert isinstance(result, Draft)
    assert result.text == text


@pytest.mark.parametrize(
    ("source", "answer", "rule"),
    [
        ("    self.first = first\n    <cursor>\n", "self.first = first", "repeats_above"),
        ("    <cursor>\n    self.value = compute(first, second)\n",
         "self.value = compute(first, secone)", "repeats_below"),
    ],
)  # fmt: skip
def test_answer_that_copies_a_neighbour_is_dropped(source: str, answer: str, rule: str) -> None:
    assert cleaned(source, answer) == Dropped(rule)


@pytest.mark.parametrize(
    ("source", "answer", "text"),
    [
        ("It was all he had <cursor>\n", "had so far", "had so far"),
        ("It was all he had<cursor>\n", " had so far", " had so far"),
        ("It was all that<cursor>\n", "that he had", " he had"),
        ("It was very, <cursor>\n", "very late", "very late"),
    ],
)
def test_word_of_prose_may_come_twice(source: str, answer: str, text: str) -> None:
    result = clean(Draft(answer, around(source, Shape.SINGLE_LINE, "markdown")))
    assert isinstance(result, Draft)
    assert result.text == text


def test_table_row_much_like_its_neighbour_is_kept() -> None:
    result = cleaned('    ("alpha", 1),\n    <cursor>\n', '("beta", 2),')
    assert isinstance(result, Draft)


def test_deeper_indentation_than_typed_is_kept_after_an_opener() -> None:
    result = cleaned("def f():\n<cursor>\n", "    return 1")
    assert isinstance(result, Draft)
    assert result.text == "    return 1"
