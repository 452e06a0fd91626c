from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from refact_lsp.completion.stopping import StopDetector
from refact_lsp.messages import Shape


def read(shape: Shape, *deltas: str) -> tuple[str, bool]:
    detector = StopDetector(shape)
    for delta in deltas:
        detector.feed(delta)
    return detector.text, detector.done


def test_single_line_stops_at_its_end() -> None:
    assert read(Shape.SINGLE_LINE, "a +", " b\n", "c = 1\n") == ("a + b", True)


def test_single_line_goes_on_while_nothing_is_written() -> None:
    assert read(Shape.SINGLE_LINE, "\n\n", "    a") == ("\n\n    a", False)


def test_block_stops_after_eight_lines() -> None:
    text, done = read(Shape.MULTI_LINE, "".join(f"x{n} = 1\n" for n in range(12)))
    assert done
    assert text.split("\n") == [f"x{n} = 1" for n in range(8)]


def test_block_stops_when_a_line_comes_three_times() -> None:
    text, done = read(Shape.MULTI_LINE, "a = 1\n", "b()\nb()\nb()\n", "c()\n")
    assert done
    assert text == "a = 1\nb()"


def test_endless_line_stops() -> None:
    text, done = read(Shape.SINGLE_LINE, "x" * 5000)
    assert done
    assert len(text) == 4000


@settings(max_examples=1000)
@given(st.text(alphabet="ab\n ", max_size=60), st.data(), st.sampled_from(Shape))
def test_any_split_of_the_stream_stops_at_the_same_text(
    text: str, data: st.DataObject, shape: Shape
) -> None:
    cut = data.draw(st.integers(0, len(text)))
    assert read(shape, *text) == read(shape, text[:cut], *text[cut:])
