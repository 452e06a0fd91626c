"""White space cut off a prompt is asked back from the answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.providers.fim.healing import Healed, Unhealer, heal, unheal


@pytest.mark.parametrize(
    ("text", "healed"),
    [
        ("x = ", Healed("x =", " ")),
        ("def f():\n    ", Healed("def f():", "\n    ")),
        ("a\r\n\t", Healed("a", "\r\n\t")),
        ("a", Healed("a", "")),
        ("\n  ", Healed("\n  ", "")),
        ("", Healed("", "")),
    ],
)
def test_white_space_at_the_end_is_cut(text: str, healed: Healed) -> None:
    assert heal(text) == healed


@pytest.mark.parametrize(
    ("healed", "answer", "inserted"),
    [
        pytest.param(" ", " 1", "1", id="a blank comes back"),
        pytest.param(" ", "= 2", None, id="another token goes on without it"),
        pytest.param(" ", "\n", "", id="nothing but a newline"),
        pytest.param(" ", "\nx", None, id="a new line where none was"),
        pytest.param("    ", " # a", "# a", id="one blank for a run of them"),
        pytest.param("\n    ", "\n    return 1", "return 1", id="the same indentation"),
        pytest.param("\n    ", "\n        x", "    x", id="deeper"),
        pytest.param("\n    ", "\n\n    x", "x", id="after a blank line"),
        pytest.param("\n\n    ", "\n    x", "x", id="after fewer blank lines"),
        pytest.param("\r\n    ", "\n    x", "x", id="another line end"),
        pytest.param("\n    ", "\n\tx", "x", id="indented by tabs"),
        pytest.param("\n    ", "\n  x", None, id="less deep"),
        pytest.param("\n    ", "\nx", None, id="not indented at all"),
        pytest.param("\n    ", " x", None, id="on the line before"),
        pytest.param("\n", "\n    x", "    x", id="from the line's start"),
        pytest.param("\n    ", "", "", id="nothing"),
        pytest.param("\n    ", "\n  ", "", id="only white space"),
        pytest.param("", "x", "x", id="nothing was cut"),
    ],
)
def test_answer_goes_on_after_the_white_space(
    healed: str, answer: str, inserted: str | None
) -> None:
    assert unheal(answer, healed) == inserted


BLANKS = st.text(" \n\t", max_size=5)


@given(BLANKS, st.text(" \n\txy", max_size=12), st.data())
def test_any_split_of_the_answer_is_unhealed_the_same(
    healed: str, answer: str, data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(answer)))
    direct = unheal(answer, healed)
    for pieces in ([answer], list(answer), [answer[:cut], "", answer[cut:]]):
        unhealer = Unhealer(healed)
        joined = "".join(unhealer.feed(piece) for piece in pieces) + unhealer.finish()
        assert (joined, unhealer.has_failed) == (direct or "", direct is None)


@given(st.text(max_size=12), st.text("ab", min_size=1, max_size=4))
def test_model_that_goes_on_exactly_is_exact(before: str, rest: str) -> None:
    """What would have followed the whole prompt follows it now."""
    cut, healed = heal(f"a{before}")
    assert cut + healed == f"a{before}"
    assert unheal(healed + rest, healed) == rest
