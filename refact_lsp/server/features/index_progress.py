"""Reading the workspace as work-done progress, for clients that show it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types as lsp

from refact_lsp.server.edge import EdgeServer
from refact_lsp.session.session import Session
from refact_lsp.workspace.index import IndexProgress

TITLE = "refact: reading the workspace"


def register(server: EdgeServer, session: Session) -> None:
    """Report what the session tells of its folders."""
    session.on_index_progress = _Reporter(server, session).tell


@dataclass(slots=True)
class _Reporter:
    """Begins a progress a folder when its reading begins, and ends it when that ends."""

    server: EdgeServer
    session: Session
    _bars: dict[Path, asyncio.Task[None]] = field(default_factory=dict)
    _latest: dict[Path, IndexProgress | None] = field(default_factory=dict)
    _news: dict[Path, asyncio.Event] = field(default_factory=dict)
    _tokens: int = 0

    def tell(self, root: Path, progress: IndexProgress | None) -> None:
        """Note how far a folder is; None: reading it has ended."""
        if self.session.client is None or not self.session.client.supports.progress:
            return
        self._latest[root] = progress
        self._news.setdefault(root, asyncio.Event()).set()
        if progress is not None and root not in self._bars:
            self._tokens += 1
            bar = self._show(root, f"refact-index-{self._tokens}")
            self._bars[root] = asyncio.create_task(bar)

    async def _show(self, root: Path, token: str) -> None:
        try:
            if not await self.server.create_progress(token):
                return
            progress = self.server.work_done_progress
            progress.begin(token, lsp.WorkDoneProgressBegin(title=TITLE, percentage=0))
            last = await self._report(root, token)
            progress.end(token, lsp.WorkDoneProgressEnd(message=last))
        finally:
            del self._bars[root]

    async def _report(self, root: Path, token: str) -> str:
        """Pass on what is told until the end; answer the last message."""
        message = "nothing to read"
        while True:
            now = self._latest[root]
            if now is None:
                return message
            message = _message(now)
            report = lsp.WorkDoneProgressReport(message=message, percentage=_percentage(now))
            self.server.work_done_progress.report(token, report)
            self._news[root].clear()
            await self._news[root].wait()


def _percentage(progress: IndexProgress) -> int:
    return min(100 * progress.done // max(progress.total, 1), 100)


def _message(progress: IndexProgress) -> str:
    if progress.phase == "failed":
        return f"not read: {progress.reason}"
    told = f"{progress.done} of {progress.total} files, {progress.tokens:,} tokens"
    left_out = ", ".join(f"{count} {why}" for why, count in progress.left_out.items())
    return f"{told}; left out: {left_out}" if left_out else told
