"""One client's connection: HTTP/1.1 read from it, bytes written to it, and when it went away."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast
from urllib.parse import unquote

_MAX_HEAD_BYTES = 1_000_000
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER on, with no time: closing sends RST."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first line and the headers of a request."""

    method: str
    path: str
    query: str
    headers: dict[str, str]

    @property
    def body_bytes(self) -> int:
        """How many bytes follow; requests in chunks are not understood."""
        return int(self.headers.get("content-length", "0"))


class ClientGone(Exception):  # noqa: N818 - it is the ordinary end of a connection
    """The client has closed its side."""


class Connection(asyncio.Protocol):
    """Reads requests and writes answers; a client that closes its sending side counts as gone."""

    def __init__(self, arrived: Callable[[Connection], None]) -> None:
        """Take what is called with a connection that was made."""
        self._arrived = arrived
        self._buffer = bytearray()
        self._news = asyncio.Event()
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)
        self._arrived(self)

    def data_received(self, data: bytes) -> None:
        """Keep what came."""
        self._buffer += data
        self._news.set()

    def eof_received(self) -> bool:
        """Take the client for gone, and keep the transport until the answer notices."""
        self._leave()
        return self._transport.get_extra_info("sslcontext") is None

    def connection_lost(self, _exc: Exception | None) -> None:
        """Take the client for gone."""
        self._leave()

    def pause_writing(self) -> None:
        """Wait with writing."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """Write on."""
        self._may_write.set()

    async def read_head(self) -> Head | None:
        """Read up to the empty line; None when the client leaves before."""
        while (end := self._buffer.find(b"\r\n\r\n")) < 0:
            if self._gone.done() or len(self._buffer) > _MAX_HEAD_BYTES:
                return None
            await self._more()
        lines = bytes(self._buffer[:end]).decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        method, target, _version = lines[0].split(" ", 2)
        path, _, query = target.partition("?")
        pairs = (each.partition(":") for each in lines[1:])
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return Head(method, unquote(path), query, headers)

    async def read_body(self, head: Head) -> bytes | None:
        """Read the body; None when the client leaves before its end."""
        while len(self._buffer) < head.body_bytes:
            if self._gone.done():
                return None
            await self._more()
        body = bytes(self._buffer[: head.body_bytes])
        del self._buffer[: head.body_bytes]
        return body

    async def write(self, data: bytes) -> None:
        """Send, as fast as the client takes it; raises ClientGone."""
        if self._gone.done():
            raise ClientGone
        self._transport.write(data)
        await self._may_write.wait()

    async def pause(self, seconds: float | None) -> None:
        """Let time pass, without an end if None; raises ClientGone as soon as the client leaves."""
        if seconds is None or seconds > 0:
            await asyncio.wait([self._gone], timeout=seconds)
        if self._gone.done():
            raise ClientGone

    def close(self, *, reset: bool = False) -> None:
        """Close; with `reset`, drop what is not sent yet and say so with RST."""
        if reset:
            raw: socket.socket = self._transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._transport.abort()
        else:
            self._transport.close()

    async def _more(self) -> None:
        self._news.clear()
        await self._news.wait()

    def _leave(self) -> None:
        if not self._gone.done():
            self._gone.set_result(None)
        self._news.set()
        self._may_write.set()
