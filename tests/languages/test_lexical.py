from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.languages.lexical import (
    CODE,
    UNKNOWN_STRING,
    Inside,
    State,
    code_part,
    scan,
    string_state,
    transitions,
)
from refact_lsp.languages.table import LANGUAGES, Language, language_of


def known(language_id: str) -> Language:
    language = language_of(language_id)
    assert language is not None
    return language


@pytest.mark.parametrize(
    ("language_id", "line", "expected"),
    [
        ("python", "x = 1  # so\n", "x = 1"),
        ("python", "x = '#'  # so", "x = '#'"),
        ("python", "  # so", ""),
        ("python", "x = 1  ", "x = 1"),
        ("javascript", "f('//') // so", "f('//')"),
        ("javascript", "f(); /* so */", "f();"),
        ("php", "#[A] // so", "#[A]"),
        ("lua", "f() --[[ so ]]", "f()"),
        ("shellscript", "a=$# # so", "a=$#"),
    ],
)
def test_code_part_leaves_the_comment_out(language_id: str, line: str, expected: str) -> None:
    assert code_part(line, known(language_id)) == expected


def test_transitions_stand_where_marks_begin_and_end() -> None:
    found = [(at, state.inside) for at, state in transitions("a 'b c' # d\ne", known("python"))]
    assert found == [
        (2, Inside.STRING),
        (7, Inside.CODE),
        (8, Inside.COMMENT),
        (11, Inside.CODE),
    ]


@pytest.mark.parametrize(
    ("text", "state", "expected"),
    [
        ("a\nb", State(Inside.COMMENT, ends_with_line=True), CODE),
        ("a", State(Inside.COMMENT, ends_with_line=True), State(Inside.COMMENT, "", True)),
        ("a */ b", State(Inside.COMMENT, "*/"), CODE),
        ("a ` b", State(Inside.STRING, "`"), CODE),
        (r"a \` b", State(Inside.STRING, "`"), State(Inside.STRING, "`")),
        ("a\nb", State(Inside.STRING, '"', ends_with_line=True), CODE),
        ("a\\\r\nb", State(Inside.STRING, '"', True), State(Inside.STRING, '"', True)),
        ("a\n'b", UNKNOWN_STRING, UNKNOWN_STRING),
    ],
)
def test_scan_goes_on_from_a_state(text: str, state: State, expected: State) -> None:
    assert scan(text, known("javascript"), state) == expected


@pytest.mark.parametrize(
    ("language_id", "opening", "closer"),
    [
        ("python", 'rb"""x', '"""'),
        ("python", "f'x", "'"),
        ("javascript", "`x", "`"),
        ("cpp", 'R"(x', ')"'),
        ("csharp", '$"x', '"'),
        ("lua", "[[x", "]]"),
        ("php", "<<<A", ""),
    ],
)
def test_string_state_knows_what_ends_the_string(
    language_id: str, opening: str, closer: str
) -> None:
    assert string_state(opening, known(language_id)).closer == closer


@given(
    language=st.sampled_from(LANGUAGES),
    head=st.text("ab'\"`#/*-[]\\\n", max_size=20),
    tail=st.text("ab'\"`#/*-[]\\\n", max_size=20),
)
def test_scan_of_whole_lines_may_be_split_between_them(
    language: Language, head: str, tail: str
) -> None:
    head = head.rstrip("\\") + "\n"
    assert scan(tail, language, scan(head, language)) == scan(head + tail, language)
