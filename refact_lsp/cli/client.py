"""A small LSP client for our own server, started as an editor would start it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from refact_lsp import processes
from refact_lsp.errors import RefactError
from refact_lsp.processes import Process, Stream

Json = Any
ProgressListener = Callable[[dict[str, Json]], None]


class ServerClient:
    """One running server process; requests are answered in any order."""

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise RefactError("The server was started without its streams.")
        self._process, self._stdin, self._stdout = process, process.stdin, process.stdout
        self.process_id = process.pid
        self.last_id = 0
        self._waiting: dict[int, asyncio.Future[Json]] = {}
        self._reading = asyncio.create_task(self._read())
        self.on_progress: ProgressListener = lambda value: None  # noqa: ARG005 (called with it)

    async def request(self, method: str, params: Json = None) -> Json:
        """Ask and wait for the result; RefactError with the server's sentence on an error."""
        self.last_id += 1
        future = asyncio.get_running_loop().create_future()
        self._waiting[self.last_id] = future
        self._send({"id": self.last_id, "method": method, "params": params})
        return await asyncio.wait_for(future, 60)

    def notify(self, method: str, params: Json) -> None:
        """Tell the server something."""
        self._send({"method": method, "params": params})

    async def close(self) -> None:
        """Shut the server down as LSP has it; kill it when it does not leave."""
        if self._process.returncode is None:
            await self.request("shutdown")
            self.notify("exit", None)
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            self._process.kill()
        self._reading.cancel()
        self._process.close()

    def _send(self, message: dict[str, Json]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def _read(self) -> None:
        try:
            while header := await self._stdout.readuntil(b"\r\n\r\n"):
                length = int(header.lower().split(b"content-length:")[1].split()[0])
                self._take(json.loads(await self._stdout.readexactly(length)))
        except asyncio.IncompleteReadError:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(RefactError("The server left before it answered."))

    def _take(self, message: dict[str, Json]) -> None:
        if "method" not in message:
            future = self._waiting.pop(message["id"], None)
            if future is not None and not future.done():
                _settle(future, message)
        elif "id" in message:
            self._send({"id": message["id"], "result": None})
        elif message["method"] == "$/progress":
            self.on_progress(message["params"]["value"])


def _settle(future: asyncio.Future[Json], message: dict[str, Json]) -> None:
    if "error" in message:
        future.set_exception(RefactError(message["error"]["message"]))
    else:
        future.set_result(message.get("result"))


@asynccontextmanager
async def started(root: Path, on_progress: ProgressListener) -> AsyncIterator[ServerClient]:
    """Start `refact-lsp serve --stdio` on a workspace, initialize it, and end it afterwards."""
    process = await processes.start(
        (sys.executable, "-P", "-m", "refact_lsp", "serve", "--stdio"),
        environ=os.environ,
        streams=(Stream.PIPE, Stream.PIPE, None),
    )
    client = ServerClient(process)
    client.on_progress = on_progress
    await client.request("initialize", _initialize(root))
    client.notify("initialized", {})
    try:
        yield client
    finally:
        await client.close()


def _initialize(root: Path) -> Json:
    return {
        "processId": os.getpid(),
        "clientInfo": {"name": "refact-lsp demo"},
        "rootUri": root.as_uri(),
        "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
        "capabilities": {
            "general": {"positionEncodings": ["utf-32"]},
            "window": {"workDoneProgress": True},
            "textDocument": {"inlineCompletion": {}},
        },
    }
