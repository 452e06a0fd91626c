from __future__ import annotations

from hypothesis import given

from refact_lsp.session.difference import DIFFERENCE_LIMIT_CHARS, smallest_edit
from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position, Text
from tests.text.strategies import short_texts, texts


@given(texts, texts)
def test_edit_turns_one_text_into_the_other(old: str, new: str) -> None:
    edit = smallest_edit(Text(old), new)
    assert str(Text(old).replace(edit.start, edit.end, edit.new_text)) == new
    assert Text(old).slice(edit.start, edit.end) == edit.old_text


@given(texts, short_texts, texts)
def test_edit_is_no_larger_than_what_was_typed(head: str, typed: str, tail: str) -> None:
    edit = smallest_edit(Text(head + tail), head + typed + tail)
    assert len(edit.new_text) <= len(typed) + 2  # the halves of two line ends


def test_equal_texts_differ_in_nothing() -> None:
    assert smallest_edit(Text("a\n"), "a\n") == Edit(Position(1, 0), Position(1, 0), "", "")


def test_very_large_text_is_replaced_as_a_whole() -> None:
    old = "x" * DIFFERENCE_LIMIT_CHARS
    assert smallest_edit(Text(old), old + "y").old_text == old
