"""Stops cut at the same place however the text comes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.providers.wire.stops import StopStrings


def cut(stops: list[str], *pieces: str) -> str:
    strings = StopStrings(stops)
    return "".join(strings.feed(piece) for piece in pieces) + strings.finish()


@pytest.mark.parametrize(
    ("stops", "pieces", "text"),
    [
        (["\n\n"], ["a\n", "\nb"], "a"),
        (["\n\n"], ["a\n", "b"], "a\nb"),
        (["\n\n"], ["a\n"], "a\n"),
        (["abcd", "bc"], ["abcd"], "a"),
        (["abcd", "bc"], ["ab", "cd"], "a"),
        ([], ["a"], "a"),
        ([""], ["a"], "a"),
    ],
)
def test_text_ends_before_the_first_complete_stop(
    stops: list[str], pieces: list[str], text: str
) -> None:
    assert cut(stops, *pieces) == text


@given(
    st.lists(st.text("ab<", min_size=1, max_size=4), max_size=3),
    st.text("ab<", max_size=20),
)
def test_any_split_is_cut_at_the_same_place(stops: list[str], text: str) -> None:
    assert cut(stops, text) == cut(stops, *text)
    assert not any(stop in cut(stops, text) for stop in stops)
