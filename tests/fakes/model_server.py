"""A model server that speaks one family's wire, says what a test scripts, and records all it heard.

In a test's own event loop:

    async with FakeModelServer("ollama", always("return 1")) as server:
        ...  # ask server.url
        assert server.generations[0].request.json()["prompt"] == "def one():"

From a test without one: `with running("ollama", always("return 1")) as server:`. As a process:

    python -m tests.fakes.model_server --family ollama --port 0 --text 'return 1'

It prints `{"port": ...}` in one line, and stops when its standard input ends or on a signal.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.fakes.connection import ClientGone, Connection, Head
from tests.fakes.family import Answer, Family, Model, Served, Whole
from tests.fakes.family_llamacpp import LLAMACPP
from tests.fakes.family_ollama import OLLAMA
from tests.fakes.family_openai import FAMILIES as OPENAI_LIKE
from tests.fakes.script import Instead, Request, Script, ScriptFunction
from tests.fakes.sending import Closed, Sent, send

FAMILIES: dict[str, Family] = {**OPENAI_LIKE, "ollama": OLLAMA, "llamacpp": LLAMACPP}

MODELS = (Model("fake-coder"), Model("fake-chat", completes=False, inserts=False))
"""What a server has unless it is told otherwise."""


@dataclass(slots=True)
class Exchange:
    """One request, and what became of its answer."""

    request: Request
    came_s: float
    """On the clock of `time.monotonic`."""
    sent: Sent = field(default_factory=Sent)
    left_after_s: float | None = None
    """When the client left before the answer's end, in seconds from the request's coming."""
    ended_after_s: float | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def record(self) -> dict[str, object]:
        """Give it as JSON takes it."""
        request = self.request
        return {
            "number": request.number,
            "method": request.method,
            "path": request.path,
            "query": request.query,
            "headers": dict(request.headers),
            "body": request.body.decode(errors="replace"),
            "tokens_sent": self.sent.tokens,
            "left_after_s": self.left_after_s,
            "ended_after_s": self.ended_after_s,
        }


class FakeModelServer:
    """The server; an asynchronous context manager, on a free port of 127.0.0.1."""

    def __init__(
        self,
        family: str,
        script: ScriptFunction,
        *,
        models: tuple[Model, ...] = MODELS,
        api_key: str | None = None,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Prepare; entering the context starts to listen."""
        self.family = FAMILIES[family]
        self.script = script
        self.served = Served(models, api_key)
        self.port = port
        self.exchanges: list[Exchange] = []
        self.on_end: Callable[[Exchange], None] = lambda _exchange: None
        self.refusal_before_body: Instead | None = None
        """Answered, and the connection closed, before a request's body is read."""
        self.connections = 0
        """How many were ever made."""
        self._tls = tls
        self._came = asyncio.Condition()

    @property
    def url(self) -> str:
        """The base URL, without a path."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def generations(self) -> list[Exchange]:
        """The requests that asked the model for text, in order."""
        return [each for each in self.exchanges if each.request.is_generation]

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _exc: BaseException | None,
        _tb: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen; after a stop, on the same port."""
        self._is_stopping = False
        self._open: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._arrived), "127.0.0.1", self.port, ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every connection, and listen no more."""
        self._is_stopping = True
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in tuple(self._open):  # of those whose task had not begun too
            connection.close()
        await self._server.wait_closed()

    async def received(self, generations: int, *, timeout_s: float = 10) -> list[Exchange]:
        """Wait until so many generations were asked for, and give them."""
        async with asyncio.timeout(timeout_s), self._came:
            await self._came.wait_for(lambda: len(self.generations) >= generations)
        return self.generations

    def _arrived(self, connection: Connection) -> None:
        if self._is_stopping:  # it was on its way when the listening ended
            connection.close()
            return
        self.connections += 1
        self._open.add(connection)
        task = asyncio.create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: Connection) -> None:
        try:
            while (head := await connection.read_head()) is not None:
                if not await self._one(connection, head):
                    break
        except (ClientGone, Closed):
            pass
        finally:
            self._open.discard(connection)
            connection.close()

    async def _one(self, connection: Connection, head: Head) -> bool:
        """Answer one request; say whether another may follow."""
        if refusal := self.refusal_before_body:
            await self._exchange(connection, head, b"", Script(fault=refusal))
            return False
        body = await connection.read_body(head)
        return body is not None and await self._exchange(connection, head, body, None)

    async def _exchange(
        self, connection: Connection, head: Head, body: bytes, script: Script | None
    ) -> bool:
        number = len(self.exchanges) + 1
        request = Request(number, head.method, head.path, head.query, head.headers, body)
        exchange = Exchange(request, time.monotonic())
        self.exchanges.append(exchange)
        async with self._came:
            self._came.notify_all()
        try:
            told = script or self.script(request)
            answer = self._answer(request, told)
            return await send(connection, answer, told, exchange.sent)
        except ClientGone:
            exchange.left_after_s = time.monotonic() - exchange.came_s
            raise
        finally:
            exchange.ended_after_s = time.monotonic() - exchange.came_s
            exchange.ended.set()
            self.on_end(exchange)

    def _answer(self, request: Request, script: Script) -> Answer:
        try:
            return self.family.answer(self.served, request, script)
        except Exception as exc:  # noqa: BLE001 - a mistake of ours must show in the test
            return Whole(500, f"the fake server itself failed: {exc!r}".encode(), "text/plain")


@contextlib.contextmanager
def running(family: str, script: ScriptFunction, **options: object) -> Iterator[FakeModelServer]:
    """Run a server in a thread with an event loop of its own, for tests that have none."""
    started = threading.Event()
    holder: list[tuple[FakeModelServer, asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with FakeModelServer(family, script, **options) as server:  # type: ignore[arg-type] # passed through
            stop = asyncio.Event()
            holder.append((server, asyncio.get_running_loop(), stop))
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert started.wait(10), "the fake server did not start"
    server, loop, stop = holder[0]
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


async def serve_process(server: FakeModelServer, record: str | None) -> None:
    """Serve until standard input ends; write every finished exchange as a line of JSON."""
    with contextlib.ExitStack() as stack:
        if record:
            log = stack.enter_context(open(record, "a", encoding="utf-8"))  # noqa: ASYNC230, PTH123 - a test's own process

            def write(exchange: Exchange) -> None:
                log.write(json.dumps(exchange.record(), ensure_ascii=False) + "\n")
                log.flush()

            server.on_end = write
        async with server:
            sys.stdout.write(json.dumps({"port": server.port, "url": server.url}) + "\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    from tests.fakes.command_line import main

    main()
