from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.session.documents import DocumentStore
from refact_lsp.session.notebooks import NotebookStore

BOOK = "file:///book.ipynb"


def book(*cells: str) -> NotebookStore:
    notebooks = NotebookStore()
    notebooks.open(BOOK, cells)
    return notebooks


@pytest.mark.parametrize(
    ("splice", "cells"),
    [
        pytest.param((1, 0, ["x"]), ("a", "x", "b", "c"), id="insert"),
        pytest.param((1, 1, []), ("a", "c"), id="delete"),
        pytest.param((0, 2, ["b", "a"]), ("b", "a", "c"), id="swap"),
        pytest.param((3, 0, ["x", "y"]), ("a", "b", "c", "x", "y"), id="append"),
        pytest.param((9, 9, ["x"]), ("a", "b", "c", "x"), id="past-the-end"),
        pytest.param((-2, -2, ["x"]), ("x", "a", "b", "c"), id="negative"),
    ],
)
def test_splice_keeps_the_order(splice: tuple[int, int, list[str]], cells: tuple[str, ...]) -> None:
    notebooks = book("a", "b", "c")
    assert notebooks.splice(BOOK, *splice)
    assert notebooks.cells(BOOK) == cells


def test_splice_of_an_unknown_notebook_is_refused() -> None:
    assert not NotebookStore().splice(BOOK, 0, 0, ["a"])


def test_cell_moved_by_inserting_first_is_still_known() -> None:
    notebooks = book("a", "b")
    notebooks.splice(BOOK, 2, 0, ["a"])
    notebooks.splice(BOOK, 0, 1, [])
    assert (notebooks.cells(BOOK), notebooks.notebook_of("a")) == (("b", "a"), BOOK)


def test_closed_notebook_is_forgotten() -> None:
    notebooks = book("a", "b")
    assert notebooks.close(BOOK) == ("a", "b")
    assert (notebooks.cells(BOOK), notebooks.notebook_of("a"), notebooks.before("b")) == (
        (),
        None,
        (),
    )


def test_cells_before_are_the_open_ones_of_the_same_language_in_order() -> None:
    store = DocumentStore()
    store.notebooks.open(BOOK, ["1", "2", "text", "unopened", "3", "4"])
    for uri, language in (("4", "python"), ("2", "python"), ("1", "python"), ("3", "python")):
        store.open(uri, language, 1, f"cell {uri}")
    store.open("text", "markdown", 1, "# Title")
    above = [str(cell.text) for cell in store.cells_before("3")]
    assert above == ["cell 1", "cell 2"]


def test_document_outside_notebooks_has_no_cells_before() -> None:
    store = DocumentStore()
    store.open("file:///a.py", "python", 1, "")
    assert store.cells_before("file:///a.py") == ()
    assert store.cells_before("file:///unknown.py") == ()


@given(
    st.lists(
        st.tuples(
            st.integers(-2, 9),
            st.integers(-2, 5),
            st.lists(st.sampled_from("abcdefgh"), max_size=3),
        ),
        max_size=30,
    )
)
def test_storm_of_splices_does_what_slices_do(
    splices: list[tuple[int, int, list[str]]],
) -> None:
    notebooks, model = book("a", "b", "c"), ["a", "b", "c"]
    for start, count, cells in splices:
        notebooks.splice(BOOK, start, count, cells)
        low = min(max(start, 0), len(model))
        model[low : low + max(count, 0)] = cells
        assert notebooks.cells(BOOK) == tuple(model)
        assert {cell for cell in "abcdefgh" if notebooks.notebook_of(cell)} == set(model)
