from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp

from refact_lsp.server import convert
from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.positions import Encoding
from tests.text.strategies import encodings, texts


@given(texts, encodings, st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1))
def test_any_position_becomes_a_valid_one(
    source: str, encoding: Encoding, line: int, character: int
) -> None:
    text = Text(source)
    found = convert.to_position(text, lsp.Position(line, character), encoding)
    assert text.clamp(found) == found


@given(texts, encodings, st.integers(0, 80))
def test_positions_survive_the_way_out_and_back(
    source: str, encoding: Encoding, offset: int
) -> None:
    text = Text(source)
    position = text.clamp(text.position(offset))
    sent = convert.to_lsp_position(text, position, encoding)
    assert convert.to_position(text, sent, encoding) == position


def test_swapped_range_is_put_in_order() -> None:
    span = lsp.Range(lsp.Position(0, 2), lsp.Position(0, 1))
    found = convert.to_range(Text("abc"), span, Encoding.UTF16)
    assert found == (Position(0, 1), Position(0, 2))


def test_edit_counts_in_the_clients_unit() -> None:
    edit = Edit(Position(0, 1), Position(0, 2), "b", "x\r\n")
    assert convert.to_lsp_edit(Text("😀b"), edit, Encoding.UTF16) == lsp.TextEdit(
        lsp.Range(lsp.Position(0, 2), lsp.Position(0, 3)), "x\r\n"
    )


@pytest.mark.parametrize(
    ("source", "end"),
    [("a", "\n"), ("a\n", "\n"), ("a\r\nb\n", "\r\n"), ("a\rb\n", "\r"), ("", "\n")],
)
def test_line_end_is_that_of_the_first_line(source: str, end: str) -> None:
    assert convert.line_end(Text(source)) == end
