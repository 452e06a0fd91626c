"""What TCP and WebSockets share: one session for each client, and who may be one."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import re
import socket
import sys
from collections.abc import Awaitable, Callable

from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.rpc.framing import HEADER_LIMIT_BYTES
from refact_lsp.server.transport.connection import Connection, ParentWatch, Source
from refact_lsp.server.transport.outbox import Outbox

logger = logging.getLogger(__name__)

MAX_CLIENTS = 32
FLUSH_S = 0.3

Write = Callable[[bytes], Awaitable[None]]

REFUSED = (
    b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,'
    b'"message":"This server has as many clients as it takes; start another one."}}'
)

_HTTP = re.compile(rb"[A-Z]{3,10} [^\r\n]* HTTP/")


class Clients:
    """The sessions of one listening socket, each with a server of its own."""

    def __init__(self, factory: Callable[[], EdgeServer], watch_parent: ParentWatch) -> None:
        self._factory = factory
        self._watch_parent = watch_parent
        self._connections: set[Connection] = set()

    @property
    def is_full(self) -> bool:
        """Whether the next client is to be refused."""
        return len(self._connections) >= MAX_CLIENTS

    async def serve(self, source: Source, write: Write, *, framed: bool) -> None:
        """Serve one client to its end."""
        loop, news = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(news.set)

        outbox = Outbox(wake)
        connection = Connection(self._factory(), outbox, framed=framed)
        self._connections.add(connection)
        writing = asyncio.ensure_future(_write_all(outbox, news, write))
        writing.add_done_callback(lambda _: connection.end(0, "output_closed"))
        try:
            await connection.run(source, self._watch_parent)
            with contextlib.suppress(TimeoutError, OSError):
                await asyncio.wait_for(_drain(outbox, write), FLUSH_S)
        finally:
            writing.cancel()
            self._connections.discard(connection)

    def end(self) -> None:
        """End every session."""
        for connection in self._connections:
            connection.end(0, "signal")


async def _write_all(outbox: Outbox, news: asyncio.Event, write: Write) -> None:
    while True:
        await news.wait()
        news.clear()
        try:
            await _drain(outbox, write)
        except OSError as error:
            logger.info("output_failed %s", error)
            return


async def _drain(outbox: Outbox, write: Write) -> None:
    while (data := outbox.take()) is not None:
        await write(data)


def is_loopback(host: str) -> bool:
    """Tell whether an address is this machine's alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def after_first(read: Source) -> Source:
    """Answer what `read` does, but the end at once when the client is a web page.

    A page may post to any port of its visitor's machine; after an HTTP request line our forgiving
    reader would find the headers and the body it expects.
    """
    is_first = True

    async def checked() -> bytes:
        nonlocal is_first
        chunk = await read()
        if is_first:
            is_first = False
            chunk = await _whole_first_line(chunk, read)
            if _HTTP.match(chunk.lstrip()):
                logger.warning("refused_http the port speaks LSP, not HTTP")
                return b""
        return chunk

    return checked


async def _whole_first_line(begun: bytes, read: Source) -> bytes:
    while b"\n" not in begun.lstrip() and len(begun) < HEADER_LIMIT_BYTES:
        more = await read()
        if not more:
            break
        begun += more
    return begun


def keep_alive(connection: socket.socket) -> None:
    """Have the system notice a client that vanished without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)


def announce(scheme: str, sockets: object) -> None:
    """Say on standard error where the server listens; the port may have been ours to choose."""
    for listening in sockets if isinstance(sockets, list | tuple) else ():
        host, port = listening.getsockname()[:2]
        sys.stderr.write(f"refact-lsp: listening on {scheme}://{host}:{port}\n")
    sys.stderr.flush()
