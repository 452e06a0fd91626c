"""A model that only converses is asked for a hole's text, and its talk is taken off (P41)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.messages import Shape
from refact_lsp.providers.fim.chat_answer import ChatAnswer
from refact_lsp.providers.fim.chat_fill import build_chat_fill, hole_mark
from refact_lsp.providers.fim.prompt import FimText, Snippet

RETURN = "def f(a, b):\n    return "
BLOCK = "def f(a, b):\n    "


def read(prefix: str, *pieces: str) -> tuple[str, str]:
    answer = ChatAnswer(prefix)
    text = "".join(answer.feed(piece) for piece in pieces) + answer.finish()
    return text, answer.failed


@pytest.mark.parametrize(
    ("prefix", "answer", "inserted"),
    [
        pytest.param(RETURN, "<fill>    return a + b</fill>", "a + b", id="P41-as asked"),
        pytest.param(RETURN, "<fill>\n    return a + b\n</fill>\n", "a + b", id="P41-own lines"),
        pytest.param(
            RETURN,
            "Here is the code:\n```python\n    return a + b\n```\nIt adds.",
            "a + b",
            id="P41-preamble and fence",
        ),
        pytest.param(
            RETURN,
            "Sure! The answer: <fill>return a + b</fill>",
            "a + b",
            id="P41-talk and tag",
        ),
        pytest.param(RETURN, "<fill>```python\nreturn a + b\n```</fill>", "a + b", id="P41-both"),
        pytest.param(RETURN, "a + b", "a + b", id="P41-only what is new"),
        pytest.param(RETURN, "return a+b", "a+b", id="P41-line without its indentation"),
        pytest.param(RETURN, "def f(a, b):\n    return a + b\n", "a + b\n", id="P41-lines above"),
        pytest.param(RETURN, "<fill>    return</fill>", "", id="P41-nothing to add"),
        pytest.param(RETURN, "```\n```", "", id="P41-empty fence"),
        pytest.param(RETURN, " \n ", "", id="P41-only white space"),
        pytest.param(RETURN, "", "", id="P41-nothing"),
        pytest.param(
            BLOCK,
            "<fill>    if a:\n        return b</fill>",
            "if a:\n        return b",
            id="P41-block",
        ),
        pytest.param(BLOCK, "<fill>if a: b</fill>", "if a: b", id="P41-block not indented"),
        pytest.param(
            BLOCK,
            "def f(a, b):\n    if a:\n        return b",
            "if a:\n        return b",
            id="P41-block after the lines above",
        ),
        pytest.param("x = fo", "<fill>x = foo(1)</fill>", "o(1)", id="P41-inside a word"),
        pytest.param("return a", "a + b", " + b", id="P41-only the last word repeated"),
        pytest.param("x =", "<fill>x = 1</fill>", " 1", id="P41-a blank that was missing"),
        pytest.param("", "<fill>import os</fill>", "import os", id="P41-empty document"),
        pytest.param("a\n", "<fill>```\nb\n", "b\n", id="P41-cut off"),
    ],
)
def test_code_is_taken_out_of_the_talk(prefix: str, answer: str, inserted: str) -> None:
    assert read(prefix, answer) == (inserted, "")
    assert read(prefix, *answer) == (inserted, "")


def test_answer_that_rewrites_the_line_is_of_no_use_p41() -> None:
    assert read("for i in range(", "<fill>for item in items:</fill>") == ("", "rewrites_line")


@pytest.mark.parametrize(
    "answer",
    [
        "def one():\n    return 1\n\ndef two(",
        "<fill>\tdef one():\n\t\treturn 1\n\nclass A: pass</fill>",
    ],
)
def test_answer_that_rewrites_lines_above_is_of_no_use_p41(answer: str) -> None:
    prefix = "def one():\n    return 1\n\ndef two():\n    "
    expected = (
        ("", "repeats_prefix") if "return 1" in answer else ("def one():\n    return 2\n", "")
    )
    assert read(prefix, answer) == read(prefix, *answer) == expected


def test_one_line_that_is_like_one_above_is_new_p41() -> None:
    prefix = "row.append(1)\nprint(row)\n"
    assert read(prefix, "row.append(1)\nrow.clear()") == ("row.append(1)\nrow.clear()", "")


def test_line_above_that_is_repeated_is_taken_off_p41() -> None:
    assert read("row.append(1)\n", "row.append(1)\nrow.clear()") == ("row.clear()", "")


def test_answer_is_over_at_its_closing_mark() -> None:
    answer = ChatAnswer(RETURN)
    answer.feed("<fill>    return a</fill> I hope this helps")
    assert answer.is_over


def test_endless_first_line_is_let_through() -> None:
    text, _ = read("", "```" + "x" * 5000)
    assert len(text) > 4000


PARTS = ["<fill>", "</fill>", "```", "\n", "Here is it:", "    return ", "a", " ", "def f(a, b):"]


@given(
    st.sampled_from([RETURN, BLOCK, "", "x = fo", "a"]),
    st.lists(st.sampled_from(PARTS), max_size=10).map("".join),
)
def test_any_split_of_the_talk_reads_the_same(prefix: str, answer: str) -> None:
    assert read(prefix, answer) == read(prefix, *answer)


TEXT = FimText("x = ", "\ny = 2\n", "src/a.py", "python", "", (Snippet("b.py", "z = 3"),))


def test_question_is_the_same_each_time_and_ends_in_the_hole() -> None:
    asked = build_chat_fill(TEXT, Shape.SINGLE_LINE)
    assert asked == build_chat_fill(TEXT, Shape.SINGLE_LINE)
    assert [each.role for each in asked.prompt.messages] == [
        "system",
        *["user", "assistant"] * 3,
        "user",
    ]
    assert asked.prompt.messages[-1].text == (
        "File: src/a.py\nLanguage: python\nComplete this one line only.\n\n"
        "From other files:\n# Path: b.py\n# z = 3\n#\n\nx = <HOLE/>\ny = 2\n"
    )
    assert asked.stops == ("</fill>",)


def test_beginning_is_the_same_for_every_file() -> None:
    other = FimText("", "", "b.go", "go")
    first = build_chat_fill(TEXT, Shape.SINGLE_LINE).prompt.messages[:-1]
    assert first == build_chat_fill(other, Shape.MULTI_LINE).prompt.messages[:-1]


def test_examples_keep_to_the_contract() -> None:
    messages = build_chat_fill(TEXT, Shape.SINGLE_LINE).prompt.messages
    examples = list(zip(messages[1:-1:2], messages[2:-1:2], strict=True))
    added = [
        read(question.text.split("\n\n", 1)[1].split("<HOLE/>")[0], answer.text)
        for question, answer in examples
    ]
    assert added == [
        ("th * height", ""),
        ("for (const value of values) {\n    total += value;\n  }", ""),
        ("", ""),
    ]


def test_mark_does_not_stand_in_the_text() -> None:
    assert hole_mark("a <HOLE/> b") == "<HOLE-2/>"
    question = build_chat_fill(FimText("<HOLE/>", ""), Shape.SINGLE_LINE).prompt.messages[-1].text
    assert question.endswith("The mark is <HOLE-2/>.\n\n<HOLE/><HOLE-2/>")
