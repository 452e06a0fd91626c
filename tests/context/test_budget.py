from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.context.budget import estimated_chars, estimated_tokens, split_budget

amounts = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("total", "prefix", "suffix", "expected"),
    [
        (1000, 5000, 5000, (750, 250)),
        (1000, 5000, 100, (900, 100)),
        (1000, 300, 5000, (300, 700)),
        (1000, 300, 200, (300, 200)),
        (1000, 0, 5000, (0, 1000)),
        (0, 10, 10, (0, 0)),
        (-5, 10, 10, (0, 0)),
    ],
)
def test_budget_is_split_three_to_one_and_unused_share_flows_over(
    total: int, prefix: int, suffix: int, expected: tuple[int, int]
) -> None:
    assert split_budget(total, prefix=prefix, suffix=suffix) == expected


@given(total=amounts, prefix=amounts, suffix=amounts)
def test_budget_is_used_as_far_as_there_is_text(total: int, prefix: int, suffix: int) -> None:
    split = split_budget(total, prefix=prefix, suffix=suffix)
    assert sum(split) == min(total, prefix + suffix)
    assert split.prefix <= prefix
    assert split.suffix <= suffix


@given(tokens=amounts)
def test_estimates_are_each_others_inverse(tokens: int) -> None:
    assert estimated_tokens(estimated_chars(tokens)) == tokens


def test_estimate_counts_a_token_for_every_three_characters_and_a_bit() -> None:
    assert [estimated_tokens(chars) for chars in (0, 1, 33, 3300)] == [0, 1, 10, 1000]
