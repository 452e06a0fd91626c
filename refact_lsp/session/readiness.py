"""Tokenizes the open documents in a thread, the newest first, so that a query finds them ready."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from refact_lsp.completion.gate import MAX_DOCUMENT_CHARS
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.live import MAX_VIEWS, LiveDocuments


class LiveReadiness:
    """Keeps the documents used last ready; of many opened at once only those that count."""

    def __init__(self, live: LiveDocuments) -> None:
        self._live = live
        self._wanted: OrderedDict[str, DocumentSnapshot] = OrderedDict()
        self._working: asyncio.Task[None] | None = None

    def want(self, snapshot: DocumentSnapshot) -> None:
        """Have a document made ready soon, as it is now."""
        if len(snapshot.text) > MAX_DOCUMENT_CHARS:
            return
        self._wanted[snapshot.uri] = snapshot
        self._wanted.move_to_end(snapshot.uri)
        if len(self._wanted) > MAX_VIEWS:
            self._wanted.popitem(last=False)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())

    def stop(self) -> None:
        """Make nothing ready any more."""
        self._wanted.clear()
        if self._working is not None:
            self._working.cancel()

    async def _work(self) -> None:
        await asyncio.sleep(0)
        while self._wanted:
            _, snapshot = self._wanted.popitem()
            await asyncio.to_thread(self._live.prepare, snapshot)
