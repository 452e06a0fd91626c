from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refact_lsp.completion.stopping import StopDetector
from refact_lsp.messages import Shape
from tests.completion.places import around

BRACED = "int f(int n) {\n    <cursor>\n}\n"
BLOCK = "def f(items):\n    <cursor>\n\n\ndef g():\n    return items\n"
SUM = "total = 0\n    for each in items:\n        total += each\n    return total"


NOISE = st.lists(
    st.sampled_from(
        ["```py\n", "if a:\n", "{\n", "Sure, the code:\n", "def f(items):\n", "    a\n", "b\n", " "]
    )
).map("".join)


def read(source: str, shape: Shape, *deltas: str, language: str = "python") -> tuple[str, str]:
    detector = StopDetector(around(source, shape, language))
    for delta in deltas:
        detector.feed(delta)
    return detector.text, detector.why


def test_single_line_stops_at_its_end() -> None:
    assert read("<cursor>", Shape.SINGLE_LINE, "a +", " b\n", "c = 1\n") == ("a + b", "lines")


@pytest.mark.parametrize(
    ("source", "answer", "text"),
    [
        ("x = <cursor>", "Sure, here is the code:\n```python\nf(1)\n", "f(1)"),
        ("x = <cursor>", "Here is the code: ```python\nf(1)\n", "f(1)"),
        ("# <cursor>", "Here is the code:\nf(1)\n", "Here is the code:"),
        ("x = '<cursor>", "Here is the code:\nf(1)\n", "Here is the code:"),
    ],
)
def test_single_line_of_code_begins_below_talk(source: str, answer: str, text: str) -> None:
    assert read(source, Shape.SINGLE_LINE, *answer)[0] == text


def test_single_line_goes_on_while_nothing_is_written() -> None:
    assert read("<cursor>", Shape.SINGLE_LINE, "\n\n", "    a") == ("\n\n    a", "")


def test_block_stops_after_twenty_lines() -> None:
    long = "".join(f"    x{n} = 1\n" for n in range(30))
    text, why = read("def f():\n<cursor>", Shape.MULTI_LINE, long)
    assert (text.count("\n"), why) == (19, "lines")


def test_block_stops_when_a_line_comes_three_times() -> None:
    answer = "a = 1\n    b()\n    b()\n    b()\n    c()\n"
    assert read(BLOCK, Shape.MULTI_LINE, answer) == ("a = 1\n    b()", "repetition")


@pytest.mark.parametrize(
    ("language", "source", "answer", "text"),
    [
        (
            "python",
            BLOCK,
            SUM + "\n\n\nclass Next:\n    pass\n",
            SUM,
        ),
        (
            "rust",
            "fn f() -> u8 {\n    <cursor>\n}\n",
            "let a = 1;\n    a\n}\n\nfn g() {}\n",
            "let a = 1;\n    a",
        ),
        (
            "typescript",
            "function f() {\n  <cursor>\n",
            "if (a) {\n    b()\n  }\n}\n\nfunction g() {}\n",
            "if (a) {\n    b()\n  }\n}",
        ),
    ],
)
def test_block_stops_where_its_block_ends(
    language: str, source: str, answer: str, text: str
) -> None:
    assert read(source, Shape.MULTI_LINE, *answer, language=language) == (text, "block")


@pytest.mark.parametrize(
    ("answer", "text", "why"),
    [
        ("```python\n    a = 1\n    b = 2\n```\nDone.\n", "a = 1\n    b = 2", "fence"),
        ("    ```python\n    a = 1\n    ```\n", "a = 1", "fence"),
        ("Here is the completed code:\n\n```python\n    a = 1\n```\n", "a = 1", "fence"),
        ("def f():\n    a = 1\n    b = 2\n\ndef g():\n", "a = 1\n    b = 2", "block"),
        ("    a = 1\n    b = 2\n", "a = 1\n    b = 2\n", ""),
        ("Sure! Here is the code: ```python\n    a = 1\n```\n", "a = 1", "fence"),
        ("The completed function: ```\na = 1\nb = 2\n```\n", "a = 1\n    b = 2", "fence"),
        ("a = b  # like ```\n", "a = b  # like ```\n", ""),
        ("Here is what f does.\n", "Here is what f does.\n", ""),
    ],
)
def test_code_is_judged_without_what_stands_around_it(answer: str, text: str, why: str) -> None:
    assert read("def f():\n    <cursor>\n", Shape.MULTI_LINE, *answer) == (text, why)


@pytest.mark.parametrize(
    ("language", "source", "answer", "text"),
    [
        ("go", "func f() int {\n\t<cursor>\n}\n", "return 1\n}", "return 1"),
        ("typescript", "f(() => {\n  <cursor>\n});\n", "g();\n});", "g();"),
        ("python", "if a:\n    if b:\n        <cursor>\n", "c()\n    d()", "c()"),
        ("python", "def f():<cursor>\n", "\n    a()\n\ndef g():", "\n    a()"),
        ("go", "func f() int {\n\t<cursor>\n", "return 1\n}", "return 1\n}"),
    ],
)
def test_last_line_without_a_line_end_is_judged_at_the_end(
    language: str, source: str, answer: str, text: str
) -> None:
    detector = StopDetector(around(source, Shape.MULTI_LINE, language))
    detector.feed(answer)
    assert detector.text == answer, "more of the line may come"
    detector.end()
    assert detector.text == text


@pytest.mark.parametrize(
    ("language", "source", "answer", "text"),
    [
        (
            "python",
            "def f():\n    <cursor>\n",
            "```python\na = 1\n\nif a:\n    b()\nreturn a\n```\n",
            "a = 1\n\n    if a:\n        b()\n    return a",
        ),
        (
            "python",
            "def f():\n    <cursor>\n",
            "```python\nif a:\n    b()\nelse:\n    c()\n```",
            "if a:\n        b()\n    else:\n        c()",
        ),
        ("python", "def f():\n    <cursor>\n", "```\na = 1\nb = 2", "a = 1\n    b = 2"),
        (
            "python",
            "class A:\n    def f(self):\n        <cursor>\n",
            "```python\ndef f(self):\n    a = 1\n    b = 2\n```\n",
            "a = 1\n        b = 2",
        ),
        (
            "go",
            "func f() {\n\t<cursor>\n}\n",
            "```go\nfor {\n\ta()\n}\nb()\n```\n",
            "for {\n\t\ta()\n\t}\n\tb()",
        ),
        (
            "python",
            "def f():\n    x = <cursor>\n",
            "```python\ng(\n    a,\n)\n```\n",
            "g(\n        a,\n    )",
        ),
        # nothing to mend
        ("python", "def f():\n    <cursor>\n", "```\na = 1\n    b = 2\n```\n", "a = 1\n    b = 2"),
        (
            "python",
            "def f():\n    <cursor>\n",
            "```\n    a = 1\n    b = 2\n```\n",
            "a = 1\n    b = 2",
        ),
        (
            "python",
            "def f():\n    <cursor>\n",
            "```\na = 1\n\n\ndef g():\n    b()\n```\n",
            "a = 1",
        ),
        ("python", "def f():\n    <cursor>\n", "a = 1\nb = 2\n", "a = 1"),
        ("python", "<cursor>\n", "```\na = 1\nb = 2\n```\n", "a = 1\nb = 2"),
        ("go", "func f() {\n\t<cursor>\n", "```go\na()\n}\n```\n", "a()\n}"),
    ],
)
def test_fenced_code_is_indented_as_the_block_of_the_cursor(
    language: str, source: str, answer: str, text: str
) -> None:
    detector = StopDetector(around(source, Shape.MULTI_LINE, language))
    for delta in answer:
        detector.feed(delta)
    detector.end()
    assert detector.text == text


@pytest.mark.parametrize(
    ("language", "source", "answer", "text"),
    [
        ("c", "int f(void) {\n<cursor>\n", "{\n  return 1;\n}\n", "  return 1;\n}"),
        ("c", "int f(void) {\n  <cursor>\n", "{\n  return 1;\n}\n", "return 1;\n}"),
        ("c", "int f(void) {\n  <cursor>\n", "{\n    a();\n    b();\n  }\n", "a();\n  b();\n}"),
        ("c", "int f(void) {\n  <cursor>\n}\n", "{\n    a();\n    b();\n  }\n", "a();\n  b();"),
        ("c", "for (int i = 0; i < g(n); i++) {\n  <cursor>\n", "{\n  a();\n}\n", "a();\n}"),
        ("go", "if e := f(); e != nil {\n\t<cursor>\n", "{\n\tg()\n}\n", "g()\n}"),
        ("typescript", "const f = () => {\n  <cursor>\n", "{\n  a();\n}\n", "a();\n}"),
        ("c", "int f(void) {<cursor>\n", "\n{\n  return 1;\n}\n", "\n  return 1;\n}"),
        ("python", "if a:\n    <cursor>\n", ":\n    b()\nc()\n", "b()"),
        ("lua", "while a do\n  <cursor>\n", "do\n  b()\nend\n", "b()\nend"),
        # nothing to mend
        ("c", "struct a b[] = {\n  <cursor>\n", "{\n    1,\n  },\n", "{\n    1,\n  },\n"),
        ("go", "a := []B{\n\t<cursor>\n", "{\n\t\t1,\n\t},\n", "{\n\t\t1,\n\t},\n"),
        ("csharp", "var a = new B<C> {\n  <cursor>\n", "{\n    1,\n  },\n", "{\n    1,\n  },\n"),
        ("lua", "return {\n  <cursor>\n", "{\n    1,\n  },\n", "{\n    1,\n  },\n"),
        ("c", "int f(void)\n<cursor>\n", "{\n  return 1;\n}\n", "{\n  return 1;\n}\n"),
        ("csharp", "a(new B() {\n  <cursor>\n", "{\n    1,\n  },\n", "{\n    1,\n  },\n"),
        ("typescript", "return {\n  <cursor>\n", "{\n    a,\n  },\n", "{\n    a,\n  },\n"),
    ],
)  # fmt: skip
def test_opener_of_the_line_above_is_not_written_again(
    language: str, source: str, answer: str, text: str
) -> None:
    assert read(source, Shape.MULTI_LINE, *answer, language=language)[0] == text


def test_block_stops_before_the_line_that_stands_below_already() -> None:
    source = "def f():\n    <cursor>\n    return total\n"
    answer = "total = 0\n    return total\n    more()\n"
    assert read(source, Shape.MULTI_LINE, answer) == ("total = 0", "text_below")


def test_block_goes_on_past_a_closing_mark_that_also_stands_below() -> None:
    source = "f(\n    <cursor>\n)\n"
    assert read(source, Shape.MULTI_LINE, "g(\n        1,\n    )\n")[1] == ""


@pytest.mark.parametrize(("shape", "chars"), [(Shape.SINGLE_LINE, 500), (Shape.MULTI_LINE, 4000)])
def test_endless_line_stops(shape: Shape, chars: int) -> None:
    text, why = read("<cursor>", shape, "x" * 5000)
    assert (len(text), why) == (chars, "too_long")


@settings(max_examples=500)
@given(st.text(alphabet="ab\n {}:", max_size=60) | NOISE, st.data(), st.sampled_from(Shape))
def test_any_split_of_the_stream_stops_at_the_same_text(
    text: str, data: st.DataObject, shape: Shape
) -> None:
    cut = data.draw(st.integers(0, len(text)))
    assert read(BLOCK, shape, *text) == read(BLOCK, shape, text[:cut], *text[cut:])
    whole = read(BRACED, shape, *text, language="c")
    assert whole == read(BRACED, shape, text[:cut], *text[cut:], language="c")
