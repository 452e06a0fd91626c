"""How a client reaches the server: standard streams, a TCP socket, or a WebSocket.

Each answers the process's exit code. `factory` makes a server for one client. Over a socket every
client gets a server of its own, and the process serves until a signal ends it. Sockets listen on
this machine only, and web pages, which can reach those too, are refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.rpc.framing import BODY_LIMIT_BYTES
from refact_lsp.server.transport import runner, sockets, standard_streams
from refact_lsp.server.transport.connection import Connection
from refact_lsp.server.transport.reading import CHUNK_BYTES, reader_of
from refact_lsp.server.transport.writing import Writer

logger = logging.getLogger(__name__)

Factory = Callable[[], EdgeServer]

POLL_S = 2.5
"""How often we look whether the editor still lives; it may take five seconds to notice."""

FLUSH_S = 0.2
"""How long a client may take to read what is left when its session ends."""

CANNOT_LISTEN = 1
WRONG_USE = 2


def run_stdio(factory: Factory) -> int:
    """Serve one client over standard input and output."""
    source, target = standard_streams.claim()

    async def main(stop: asyncio.Future[int]) -> int:
        reader = reader_of(source)
        writer = Writer(target, lambda: connection.end(0, "output_closed"))
        connection = Connection(factory(), writer.outbox)
        stop.add_done_callback(lambda done: connection.end(done.result(), "signal"))
        reader.start()
        writer.start()
        code = await connection.run(reader.read, parent_gone)
        writer.finish(FLUSH_S)
        return code

    return runner.run(main)


def run_tcp(host: str, port: int, factory: Factory) -> int:
    """Serve clients over TCP until a signal comes."""
    return _listen("tcp", host, port, partial(_start_tcp, host, port, factory))


def run_ws(host: str, port: int, factory: Factory) -> int:
    """Serve clients over WebSockets, one message a frame, until a signal comes."""
    return _listen("ws", host, port, partial(_start_ws, host, port, factory))


def parent_gone(process_id: int) -> Awaitable[None]:
    """Wait until a process is gone (dead, a zombie, or its id another's).

    Waits for ever where it is not visible from here, as from inside a container. Whether it is
    gets looked up at once, so that one which dies right afterwards is known to have lived.
    """
    if _is_visible(process_id):
        return _gone(process_id)
    logger.info("parent_not_watched process_id=%d: not visible from here", process_id)
    return asyncio.get_running_loop().create_future()


def _is_visible(process_id: int) -> bool:
    if sys.platform == "win32":  # where signal 0 is Ctrl-C
        return True
    try:
        os.kill(process_id, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


async def _gone(process_id: int) -> None:
    # Imported here: 20 ms that the answer to `initialize` need not wait for.
    import psutil  # noqa: PLC0415 - see above

    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(process_id)
        # No system tells all of this by itself, hence a loop with a pause.
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110
            await asyncio.sleep(POLL_S)


Start = Callable[[], Awaitable[tuple[Any, sockets.Clients]]]
"""Begins to listen; answers the listening server and its clients."""


def _listen(scheme: str, host: str, port: int, start: Start) -> int:
    if not sockets.is_loopback(host):
        return _refuse(f"{host} can be reached from other machines; use 127.0.0.1.", WRONG_USE)

    async def main(stop: asyncio.Future[int]) -> int:
        server, clients = await start()
        sockets.announce(scheme, server.sockets)
        code = await stop
        server.close()
        clients.end()
        return code

    try:
        return runner.run(main)
    except OSError as error:
        return _refuse(f"cannot listen on {host}:{port}: {error.strerror}.", CANNOT_LISTEN)


def _refuse(sentence: str, code: int) -> int:
    sys.stderr.write(f"refact-lsp: {sentence}\n")
    return code


async def _start_tcp(host: str, port: int, factory: Factory) -> tuple[Any, sockets.Clients]:
    clients = sockets.Clients(factory, parent_gone)

    async def on_client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def write(data: bytes) -> None:
            writer.write(data)
            await writer.drain()

        sockets.keep_alive(writer.get_extra_info("socket"))
        try:
            if clients.is_full:
                await write(b"Content-Length: %d\r\n\r\n" % len(sockets.REFUSED) + sockets.REFUSED)
                return
            read = partial(reader.read, CHUNK_BYTES)
            await clients.serve(sockets.after_first(read), write, framed=True)
        except OSError as error:
            logger.info("client_lost %s", error)
        finally:
            writer.close()

    return await asyncio.start_server(on_client, host, port), clients


async def _start_ws(host: str, port: int, factory: Factory) -> tuple[Any, sockets.Clients]:
    # Imported here: 80 ms that only this transport has to pay.
    from websockets.asyncio.server import ServerConnection, serve  # noqa: PLC0415
    from websockets.exceptions import ConnectionClosed  # noqa: PLC0415
    from websockets.http11 import Request, Response  # noqa: PLC0415

    clients = sockets.Clients(factory, parent_gone)

    async def on_client(client: ServerConnection) -> None:
        async def read() -> bytes:
            message = b""
            try:
                while not message:
                    message = await client.recv(decode=False)
            except ConnectionClosed:
                return b""
            return message

        async def write(data: bytes) -> None:
            try:
                await client.send(data, text=True)
            except ConnectionClosed as error:
                raise ConnectionError(str(error)) from error

        await clients.serve(read, write, framed=False)

    def admit(client: ServerConnection, request: Request) -> Response | None:
        if clients.is_full:
            return client.respond(HTTPStatus.SERVICE_UNAVAILABLE, "Too many clients.\n")
        if "Origin" in request.headers:  # only browsers send one, and they always do
            return client.respond(HTTPStatus.FORBIDDEN, "Web pages are not served here.\n")
        return None

    listening = await serve(
        on_client, host, port, process_request=admit, max_size=BODY_LIMIT_BYTES, compression=None
    )
    return listening, clients
