from __future__ import annotations

import time

from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.completion.cleanup.steps import clean
from refact_lsp.messages import Shape
from tests.completion.places import around


def test_answer_at_the_end_of_a_very_long_line_is_cleaned_at_once() -> None:
    line = "var a = 'x', b = f(\"y\");" * 20_000
    place = around(line + "g(<cursor>)\n", Shape.SINGLE_LINE, "javascript")
    began = time.perf_counter()
    result = clean(Draft("first, second", place))
    assert time.perf_counter() - began < 1, "the time was the square of the length"
    assert isinstance(result, Draft)
    assert result.text == "first, second"
