"""What the typing replay types is the same everywhere, and fills its holes."""

from __future__ import annotations

from tests.bench.typing_plan import LINE_S, PUNCTUATION_S, WORD_S, Key, holes, keys_of


def test_line_break_takes_the_indentation_along() -> None:
    assert keys_of("\n    a.b") == (
        Key("\n    ", LINE_S),
        Key("a", WORD_S),
        Key(".", PUNCTUATION_S),
        Key("b", WORD_S),
    )


def test_holes_are_whole_lines_that_their_keys_fill() -> None:
    for hole in holes(30):
        assert "".join(key.text for key in keys_of(hole.missing)) == hole.missing
        assert hole.missing.startswith("\n")
        assert 1 <= hole.missing.count("\n") <= 4


def test_holes_are_the_same_each_time() -> None:
    assert holes(30) == holes(30)
