"""Notebooks: the order of their cells. A cell's text is a document of its own in the store."""

from __future__ import annotations

from collections.abc import Sequence


class NotebookStore:
    """The cells of every open notebook, in order, by the URIs of their documents."""

    def __init__(self) -> None:
        self._cells: dict[str, list[str]] = {}
        self._notebook_of: dict[str, str] = {}

    def open(self, uri: str, cells: Sequence[str]) -> None:
        """Take a notebook with its cells; one already open is replaced."""
        self.close(uri)
        self._cells[uri] = []
        self.splice(uri, 0, 0, cells)

    def close(self, uri: str) -> tuple[str, ...]:
        """Forget a notebook and answer its cells; their documents are closed by the caller."""
        cells = tuple(self._cells.pop(uri, ()))
        self._forget(uri, cells)
        return cells

    def splice(self, uri: str, start: int, delete_count: int, cells: Sequence[str]) -> bool:
        """Replace `delete_count` cells from `start` (both clamped); False when it is not open.

        A moved cell is deleted in one splice and inserted in another, in either order.
        """
        order = self._cells.get(uri)
        if order is None:
            return False
        start = min(max(start, 0), len(order))
        stop = min(start + max(delete_count, 0), len(order))
        removed = order[start:stop]
        order[start:stop] = cells
        self._forget(uri, set(removed).difference(order))
        self._notebook_of.update((cell, uri) for cell in cells)
        return True

    def cells(self, uri: str) -> tuple[str, ...]:
        """Answer the URIs of a notebook's cells in order; empty when it is not open."""
        return tuple(self._cells.get(uri, ()))

    def notebook_of(self, cell: str) -> str | None:
        """Answer the notebook that holds a cell."""
        return self._notebook_of.get(cell)

    def before(self, cell: str) -> tuple[str, ...]:
        """Answer the cells above one, in order; empty where it is in no notebook."""
        order = self._cells.get(self._notebook_of.get(cell, ""), [])
        return tuple(order[: order.index(cell)]) if cell in order else ()

    def _forget(self, uri: str, cells: Sequence[str] | set[str]) -> None:
        for cell in cells:
            if self._notebook_of.get(cell) == uri:
                del self._notebook_of[cell]
