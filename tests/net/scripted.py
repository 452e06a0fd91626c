"""A model server on loopback that does what a script says, byte by byte, and notes what it saw."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

PATIENCE_S = 10.0
"""Nothing takes so long; a test that waits longer has failed."""


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Peer:
    """The server's end of one connection; `closed_at` is set once the client has closed it,
    and `closed` then or when the script has ended."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    requests: list[Seen] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    closed_at: float = 0.0

    async def request(self) -> Seen:
        """Read one request whole."""
        head = await self.head()
        length = int(head.headers.get("content-length", "0"))
        seen = Seen(head.method, head.target, head.headers, await self.reader.readexactly(length))
        self.requests[-1] = seen
        return seen

    async def head(self) -> Seen:
        """Read the head of a request and leave its body where it is."""
        raw = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = raw.split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines if line)
        seen = Seen(method, target, {name.lower(): value.strip() for name, _, value in pairs}, b"")
        self.requests.append(seen)
        return seen

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def until_closed(self) -> None:
        """Wait until the client has closed the connection, and note when."""
        with suppress(ConnectionError):
            while await self.reader.read(65536):
                pass
        self.closed_at = asyncio.get_running_loop().time()
        self.closed.set()

    def reset(self) -> None:
        """Break the connection with RST instead of FIN."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


Script = Callable[[Peer], Awaitable[None]]


@dataclass
class Scripted:
    """A running server: where it is, and the connections it has had."""

    port: int
    scheme: str = "http"
    peers: list[Peer] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/v1/completions"

    @property
    def requests(self) -> list[Seen]:
        return [seen for peer in self.peers for seen in peer.requests]

    async def peer(self, number: int = 0) -> Peer:
        """Answer a connection, once there are so many."""
        async with self._came:
            await self._came.wait_for(lambda: len(self.peers) > number)
        return self.peers[number]

    async def add(self, peer: Peer) -> None:
        async with self._came:
            self.peers.append(peer)
            self._came.notify_all()


@asynccontextmanager
async def serving(
    *scripts: Script, context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Scripted]:
    """Run a server; each connection plays the next script, and the last one is played again."""
    tasks: set[asyncio.Task[None]] = set()
    server = Scripted(0, "https" if context else "http")
    left = list(scripts)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        peer = Peer(reader, writer)
        await server.add(peer)
        script = left.pop(0) if len(left) > 1 else left[0]
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await script(peer)
        finally:
            peer.closed.set()
            writer.transport.abort() if writer.is_closing() else writer.close()
            tasks.discard(task)

    listener = await asyncio.start_server(handle, host, 0, ssl=context, limit=2**21)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        async with asyncio.timeout(PATIENCE_S):
            yield server
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def head(status: str = "200 OK", **fields: str) -> bytes:
    """Write the head of an answer; `_` in names of headers stands for `-`."""
    lines = [f"HTTP/1.1 {status}", *(f"{k.replace('_', '-')}: {v}" for k, v in fields.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def whole(body: bytes, status: str = "200 OK", **fields: str) -> bytes:
    """Write an answer whose length is told."""
    return head(status, content_length=str(len(body)), **fields) + body


SSE = head(content_type="text/event-stream", connection="close")
"""The head of a stream that ends with its connection."""


def answering(data: bytes) -> Script:
    """Answer every request on a connection with the same bytes."""

    async def script(peer: Peer) -> None:
        while True:
            await peer.request()
            await peer.send(data)

    return script


def ending(data: bytes) -> Script:
    """Answer one request with some bytes, and close the connection."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(data)

    return script


def holding(data: bytes = b"") -> Script:
    """Answer one request with some bytes, then say nothing until the client closes."""

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(data)
        await peer.until_closed()

    return script
