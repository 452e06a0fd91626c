from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.text.positions import Encoding, column_of, units
from tests.text.strategies import encodings, texts

CODEC = {Encoding.UTF8: "utf-8", Encoding.UTF16: "utf-16-le", Encoding.UTF32: "utf-32-le"}
UNIT_BYTES = {Encoding.UTF8: 1, Encoding.UTF16: 2, Encoding.UTF32: 4}


def model_units(text: str, encoding: Encoding) -> int:
    """Count units the plain way: encode, and divide by the size of one."""
    # One by one, so that two lone surrogates are not taken for one letter.
    encoded = (letter.encode(CODEC[encoding], "surrogatepass") for letter in text)
    return sum(map(len, encoded)) // UNIT_BYTES[encoding]


@given(texts, encodings)
def test_units_count_what_the_codec_writes(text: str, encoding: Encoding) -> None:
    assert units(text, encoding) == model_units(text, encoding)


@given(texts, encodings, st.integers(min_value=-3, max_value=200))
def test_column_of_units_is_the_last_boundary_not_past_them(
    line: str, encoding: Encoding, unit_column: int
) -> None:
    boundaries = [model_units(line[:column], encoding) for column in range(len(line) + 1)]
    expected = max(column for column, at in enumerate(boundaries) if at <= max(unit_column, 0))
    assert column_of(line, unit_column, encoding) == expected


@given(texts, encodings)
def test_every_column_survives_the_way_out_and_back(line: str, encoding: Encoding) -> None:
    columns = range(len(line) + 1)
    assert [column_of(line, units(line[:at], encoding), encoding) for at in columns] == [*columns]


@pytest.mark.parametrize(
    ("encoding", "unit_column", "column"),
    [
        pytest.param(Encoding.UTF8, 4, 1, id="utf-8-after-emoji"),
        pytest.param(Encoding.UTF8, 2, 0, id="utf-8-inside-emoji"),
        pytest.param(Encoding.UTF16, 2, 1, id="utf-16-after-emoji"),
        pytest.param(Encoding.UTF16, 1, 0, id="utf-16-between-surrogates"),
        pytest.param(Encoding.UTF32, 1, 1, id="utf-32-after-emoji"),
        pytest.param(Encoding.UTF16, 99, 2, id="past-the-end"),
        pytest.param(Encoding.UTF16, -1, 0, id="negative"),
    ],
)
def test_column_of_astral_letter(encoding: Encoding, unit_column: int, column: int) -> None:
    assert column_of("😀x", unit_column, encoding) == column
