"""One client's session over any transport: chunks in, messages out, and an end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.rpc.envelope import Fault
from refact_lsp.server.rpc.framing import Frame, FrameFault, FrameReader
from refact_lsp.server.transport.outbox import HIGH_WATER_BYTES, Outbox
from refact_lsp.session.client import ClientFacts

logger = logging.getLogger(__name__)

Source = Callable[[], Awaitable[bytes]]
"""Answers the next bytes (for a transport with frames: the next message), empty at the end."""

ParentWatch = Callable[[int], Awaitable[None]]
"""Waits until the process with that id is gone."""

IDLE_S = 1.0
"""A body that is whole but promised longer is taken after this silence."""

CLOSING_S = 0.2
"""Connections to model servers are given this long to close."""

_BACKPRESSURE_POLL_S = 0.05


class Connection:
    """Feeds a server what its client sends until one of them, or the world, ends it."""

    def __init__(self, server: EdgeServer, outbox: Outbox, *, framed: bool = True) -> None:
        self._server = server
        self._outbox = outbox
        self._framed = framed
        self._ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._tasks: list[asyncio.Future[None]] = []

    def end(self, code: int, reason: str) -> None:
        """End the session with a process exit code; the first call counts."""
        if not self._ended.done():
            logger.info("session_ends code=%d reason=%s", code, reason)
            self._ended.set_result(code)

    async def run(self, source: Source, watch_parent: ParentWatch) -> int:
        """Serve until the end; answer the exit code."""
        protocol = self._server.protocol
        protocol.attach(self._outbox, framed=self._framed)
        protocol.on_exit = lambda code: self.end(code, "exit")
        self._server.on_client = lambda client: self._watch(client, watch_parent)
        self._tasks.append(asyncio.ensure_future(self._read(source)))
        try:
            return await self._ended
        finally:
            for task in self._tasks:
                task.cancel()
            self._server.put_away()
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSING_S):
                    await self._server.session.closed()

    def _watch(self, client: ClientFacts, watch_parent: ParentWatch) -> None:
        async def watch(gone: Awaitable[None]) -> None:
            await gone
            self.end(1, "editor_gone")

        if client.process_id is not None:
            gone = watch_parent(client.process_id)
            self._tasks.append(asyncio.ensure_future(watch(gone)))

    async def _read(self, source: Source) -> None:
        try:
            await (self._read_frames(source) if self._framed else self._read_messages(source))
        except Exception:
            logger.exception("reading_failed")
            self.end(1, "reading_failed")
        else:
            self.end(0, "end_of_input")

    async def _read_messages(self, source: Source) -> None:
        while body := await source():
            await self._handle([Frame(body)])

    async def _read_frames(self, source: Source) -> None:
        reader = FrameReader()
        while True:
            try:
                chunk = await _within(IDLE_S if reader.is_inside_body else None, source())
            except TimeoutError:
                await self._handle(reader.idle())
                continue
            await self._handle(reader.feed(chunk) if chunk else reader.idle())
            if not chunk:
                return

    async def _handle(self, pieces: list[Frame | FrameFault]) -> None:
        protocol = self._server.protocol
        for piece in pieces:
            # The writer is a thread, and this is rare: looking again is simpler than an event.
            while self._outbox.waiting_bytes > HIGH_WATER_BYTES:  # noqa: ASYNC110 - see above
                await asyncio.sleep(_BACKPRESSURE_POLL_S)
            match piece:
                case Frame(body):
                    if protocol.receive(body):
                        await asyncio.sleep(0)  # the handler starts before the next message
                case FrameFault(code, message):
                    protocol.refuse(Fault(code, message))


async def _within(limit_s: float | None, chunk: Awaitable[bytes]) -> bytes:
    """Wait for a chunk; what has come when the time is up is not lost, the next call has it."""
    if limit_s is None:
        return await chunk
    async with asyncio.timeout(limit_s):
        return await chunk
