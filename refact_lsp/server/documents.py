"""Text and notebook synchronisation: plain JSON in, `DocumentStore` told.

Read by hand instead of with lsprotocol's types, which refuse a whole notification for one negative
number: the document would silently drift away from the editor's. It is also faster.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lsprotocol import types as lsp

from refact_lsp.server.rpc.protocol import EdgeProtocol
from refact_lsp.session.documents import Change, DocumentStore, Problem, UnitPosition

logger = logging.getLogger(__name__)

Json = Any


def register(protocol: EdgeProtocol, documents: DocumentStore) -> None:
    """Handle every notification about open documents."""
    sync = DocumentSync(documents)
    handlers: dict[str, Callable[[Json], None]] = {
        lsp.TEXT_DOCUMENT_DID_OPEN: sync.did_open,
        lsp.TEXT_DOCUMENT_DID_CHANGE: sync.did_change,
        lsp.TEXT_DOCUMENT_DID_CLOSE: sync.did_close,
        lsp.NOTEBOOK_DOCUMENT_DID_OPEN: sync.notebook_did_open,
        lsp.NOTEBOOK_DOCUMENT_DID_CHANGE: sync.notebook_did_change,
        lsp.NOTEBOOK_DOCUMENT_DID_CLOSE: sync.notebook_did_close,
        lsp.NOTEBOOK_DOCUMENT_DID_SAVE: sync.notebook_did_save,
    }
    for method, handler in handlers.items():
        protocol.raw_methods.add(method)
        protocol.builtin(method, handler)


class DocumentSync:
    """Tells a `DocumentStore` what the client sends; each kind of problem is logged once a URI."""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents
        self._logged: set[tuple[str, str]] = set()

    def did_open(self, params: Json) -> None:
        """`textDocument/didOpen`."""
        self._open(_member(params, "textDocument"))

    def did_change(self, params: Json) -> None:
        """`textDocument/didChange`."""
        self._change(_member(params, "textDocument"), _member(params, "contentChanges"))

    def did_close(self, params: Json) -> None:
        """`textDocument/didClose`."""
        self._close(_uri(_member(params, "textDocument")))

    def notebook_did_open(self, params: Json) -> None:
        """`notebookDocument/didOpen`: the order of the cells, and a document for each."""
        notebook = _member(params, "notebookDocument")
        self._documents.notebooks.open(_uri(notebook), _cells(_member(notebook, "cells")))
        for item in _items(_member(params, "cellTextDocuments")):
            self._open(item)

    def notebook_did_change(self, params: Json) -> None:
        """`notebookDocument/didChange`: cells put in, moved, taken out, and edited."""
        uri = _uri(_member(params, "notebookDocument"))
        cells = _member(_member(params, "change"), "cells")
        structure = _member(cells, "structure")
        array = _member(structure, "array")
        if isinstance(array, Mapping):
            self._splice(uri, array)
        for item in _items(_member(structure, "didOpen")):
            self._open(item)
        for item in _items(_member(structure, "didClose")):
            self._close(_uri(item))
        for item in _items(_member(cells, "textContent")):
            self._change(_member(item, "document"), _member(item, "changes"))

    def notebook_did_close(self, params: Json) -> None:
        """`notebookDocument/didClose`: with every cell, named or not."""
        cells = self._documents.notebooks.close(_uri(_member(params, "notebookDocument")))
        named = map(_uri, _items(_member(params, "cellTextDocuments")))
        for uri in {**dict.fromkeys(cells), **dict.fromkeys(named)}:
            if self._documents.get(uri) or self._documents.is_out_of_step(uri):
                self._close(uri)

    def notebook_did_save(self, params: Json) -> None:
        """`notebookDocument/didSave`: nothing to do; the text is already here."""

    def _open(self, item: Json) -> None:
        uri, text = _uri(item), _member(item, "text")
        if not isinstance(text, str):
            logger.warning("bad_open uri=%.200s: no text", uri)
            return
        language_id = _member(item, "languageId")
        self._log(
            self._documents.open(
                uri,
                language_id if isinstance(language_id, str) else "",
                _version(item) or 0,
                text,
            )
        )

    def _change(self, item: Json, raw_changes: Json) -> None:
        uri, version = _uri(item), _version(item)
        changes = _changes(raw_changes)
        if changes is None:
            self._log(self._documents.lose(uri, version, "didChange that cannot be understood"))
        else:
            self._log(self._documents.change(uri, version, changes))

    def _close(self, uri: str) -> None:
        self._log(self._documents.close(uri))
        if len(self._logged) > 1000:
            self._logged.clear()

    def _splice(self, uri: str, array: Mapping[str, Json]) -> None:
        start, count = _whole(array.get("start")), _whole(array.get("deleteCount"))
        if start is None or count is None:
            logger.warning("bad_cells uri=%.200s: no start or deleteCount", uri)
        elif not self._documents.notebooks.splice(uri, start, count, _cells(array.get("cells"))):
            logger.warning("bad_cells uri=%.200s: the notebook is not open", uri)

    def _log(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            if (problem.uri, problem.kind) not in self._logged:
                self._logged.add((problem.uri, problem.kind))
                logger.warning("document %.200s: %s", problem.uri, problem.message)


def _member(holder: Json, key: str) -> Json:
    return holder.get(key) if isinstance(holder, Mapping) else None


def _items(array: Json) -> list[Json]:
    return array if isinstance(array, list) else []


def _uri(item: Json) -> str:
    uri = _member(item, "uri")
    return uri if isinstance(uri, str) else ""


def _version(item: Json) -> int | None:
    return _whole(_member(item, "version"))


def _cells(array: Json) -> tuple[str, ...]:
    documents = (_member(cell, "document") for cell in _items(array))
    return tuple(document for document in documents if isinstance(document, str))


def _changes(array: Json) -> tuple[Change, ...] | None:
    """Read content changes; None when one of them cannot be understood."""
    if not isinstance(array, list):
        return None
    changes = tuple(map(_change, array))
    return None if None in changes else tuple(change for change in changes if change)


def _change(item: Json) -> Change | None:
    text, found = _member(item, "text"), _member(item, "range")
    if not isinstance(text, str):
        return None
    if found is None:
        return Change(text)
    start, end = _place(_member(found, "start")), _place(_member(found, "end"))
    return Change(text, start, end) if start and end else None


def _place(item: Json) -> UnitPosition | None:
    line, column = _whole(_member(item, "line")), _whole(_member(item, "character"))
    return None if line is None or column is None else UnitPosition(line, column)


def _whole(number: Json) -> int | None:
    """Read a whole number; some JSON writers put `.0` behind it."""
    if isinstance(number, float) and number.is_integer():
        return int(number)
    return number if isinstance(number, int) and not isinstance(number, bool) else None
