from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.text.edits import Edit, apply
from refact_lsp.text.lines import BLOCK_LINES, Position, Text, split_lines
from tests.text.strategies import short_texts, texts

LINE_END = re.compile(r"\r\n|\r|\n")
places = st.tuples(st.integers(-2, 45), st.integers(-2, 45)).map(lambda at: Position(*at))


def model_offset(source: str, position: Position) -> int:
    """Find a clamped position in a plain string."""
    ends = [match.span() for match in LINE_END.finditer(source)]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(source)]
    if position.line < 0:
        return 0
    if position.line >= len(starts):
        return len(source)
    start, stop = starts[position.line], stops[position.line]
    return min(start + max(position.column, 0), stop)


@given(texts)
def test_lines_joined_are_the_text(source: str) -> None:
    assert "".join(split_lines(source)) == source
    assert "".join(Text(source).lines()) == source


@given(texts)
def test_lines_end_at_cr_lf_and_crlf_only(source: str) -> None:
    stripped = [line.rstrip("\r\n") for line in split_lines(source)]
    assert stripped == LINE_END.split(source)


@given(texts, places, places, short_texts)
def test_replace_does_what_slices_do(source: str, start: Position, end: Position, new: str) -> None:
    low, high = sorted((model_offset(source, start), model_offset(source, end)))
    edited = Text(source).replace(start, end, new)
    expected = source[:low] + new + source[high:]
    assert str(edited) == expected
    assert list(edited.lines()) == split_lines(expected)
    assert (edited.line_count, len(edited)) == (len(split_lines(expected)), len(expected))


@given(texts, st.lists(st.tuples(places, places, short_texts), max_size=12))
def test_many_edits_leave_the_lines_of_a_fresh_text(
    source: str, edits: list[tuple[Position, Position, str]]
) -> None:
    text = Text(source)
    for start, end, new in edits:
        text = text.replace(start, end, new)
    assert list(text.lines()) == split_lines(str(text))


@given(texts, places)
def test_offset_and_position_agree(source: str, place: Position) -> None:
    text = Text(source)
    offset = text.offset(place)
    assert offset == model_offset(source, place)
    assert text.position(offset) == text.clamp(place)
    assert text.byte_offset(place) == len(source[:offset].encode("utf-8", "surrogatepass"))


@given(texts, places, places)
def test_slice_is_what_stands_between(source: str, start: Position, end: Position) -> None:
    low, high = model_offset(source, start), model_offset(source, end)
    assert Text(source).slice(start, end) == source[low:high]


@given(texts, places, places, short_texts)
def test_edit_tells_what_was_done(source: str, start: Position, end: Position, new: str) -> None:
    text = Text(source)
    edited, edit = apply(text, start, end, new)
    assert edit == Edit(edit.start, edit.end, text.slice(edit.start, edit.end), new)
    assert edit.start <= edit.end
    assert str(edited) == str(text.replace(edit.start, edit.end, new))


def test_edit_keeps_the_blocks_it_does_not_touch() -> None:
    text = Text("line\n" * (10 * BLOCK_LINES))
    edited = text.replace(Position(5 * BLOCK_LINES, 0), Position(5 * BLOCK_LINES, 1), "L")
    shared = set(map(id, text.blocks)) & set(map(id, edited.blocks))
    assert len(shared) == len(text.blocks) - 1


def test_text_is_not_split_before_its_lines_are_asked_for() -> None:
    text = Text("a\nb")
    assert (str(text), len(text)) == ("a\nb", 3)
    assert text._blocks is None
