from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.workspace.tokens import (
    FIRST_LINE_ID,
    MAX_WORD,
    TokenIds,
    line_id,
    split,
    tokenize,
    unfinished_word,
    word_id,
)

sources = st.text(st.sampled_from("ab_1(). =\t\n\r\x0c\u2028é😀"), max_size=80)


@given(sources)
def test_tokens_joined_are_the_source(source: str) -> None:
    pieces = split(source)
    assert "".join(pieces) == (source if source.strip() else "")


@given(sources)
def test_starts_are_where_the_pieces_begin(source: str) -> None:
    tokens = tokenize(source)
    ends = [*tokens.starts, len(source)][1:]
    pieces = [source[a:b] for a, b in zip(tokens.starts, ends, strict=True)]
    assert pieces == split(source)


@given(sources, sources)
def test_ids_do_not_depend_on_what_was_seen_before(first: str, second: str) -> None:
    known = TokenIds()
    tokenize(first, known)
    assert tokenize(second, known) == tokenize(second)


def test_spacing_within_a_line_makes_no_difference() -> None:
    assert tokenize("f(a, b)").ids == tokenize("f( a,b )").ids


def test_line_ends_of_any_kind_are_alike() -> None:
    assert tokenize("a\n  b\n").ids == tokenize("a\r\n  b\r\n").ids == tokenize("a\r  b").ids


def test_blank_lines_belong_to_the_next_line_token() -> None:
    assert tokenize("a\n\n \n  b").ids == tokenize("a\n  b").ids


def test_every_line_begins_with_a_token_that_compares_its_indentation() -> None:
    ids = tokenize("  a\n    b\n\td\n        e\nf").ids
    same, deeper, less = line_id(4, 4), line_id(4, 2), line_id(2, 4)
    assert list(ids)[::2] == [same, deeper, deeper, same, less]


def test_code_is_alike_at_any_depth() -> None:
    code = "if a:\n    b\nelse:\n    c\n"
    indented = "".join("\t" + line for line in code.splitlines(keepends=True))
    assert tokenize(code).ids == tokenize(indented).ids


def test_only_line_tokens_have_ids_from_first_line_id_up() -> None:
    assert line_id(0, 0) >= FIRST_LINE_ID
    assert all(word_id(str(number)) < FIRST_LINE_ID for number in range(5_000))


def test_huge_line_gives_bounded_tokens() -> None:
    tokens = tokenize("x" * 1_000_000)
    assert max(b - a for a, b in pairwise(tokens.starts)) <= MAX_WORD


def test_word_at_the_end_is_unfinished() -> None:
    assert unfinished_word("self.respon") == "respon"


def test_number_or_punctuation_at_the_end_is_no_unfinished_word() -> None:
    assert [unfinished_word(text) for text in ("x = 12", "f(", "", "a ")] == ["", "", "", ""]
