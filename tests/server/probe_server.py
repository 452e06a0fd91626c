"""The real server with a few more methods, through which tests see inside and make it fail."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
import time
from collections.abc import Awaitable
from typing import Any

from lsprotocol import types as lsp

from refact_lsp.errors import RefactError
from refact_lsp.server.app import build_server
from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.transport import transports
from refact_lsp.session.session import Session

logger = logging.getLogger(__name__)


def probe() -> EdgeServer:
    """Build the server and add the probe's methods."""
    session = Session(os.environ)
    server = build_server(session)
    for register in (_look, _take_time, _hang, _fail, _ask, _talk):
        register(server, session)
    return server


def _look(server: EdgeServer, session: Session) -> None:
    @server.feature("probe/document")
    def document(params: Any) -> dict[str, object] | None:
        found = session.documents.get(params.uri)
        if found is None:
            return None
        return {"text": str(found.text), "version": found.version, "language": found.language_id}

    @server.feature("probe/state")
    def state(_params: Any) -> dict[str, object]:
        client = session.client
        return {
            "documents": len(session.documents.snapshots()),
            "profile": client.profile.name if client else None,
            "folders": [str(folder) for folder in client.folders] if client else None,
            "encoding": session.documents.encoding,
        }

    @server.feature("probe/cellsBefore")
    def cells_before(params: Any) -> list[str]:
        return [str(cell.text) for cell in session.documents.cells_before(params.uri)]

    server.protocol.raw_methods.add("probe/echo")

    @server.feature("probe/echo")
    def echo(params: Any) -> object:
        return params["value"] if params else None


def _take_time(server: EdgeServer, session: Session) -> None:
    def version(uri: str) -> int:
        found = session.documents.get(uri)
        return found.version if found else -1

    @server.feature("probe/versionLater")
    async def version_later(params: Any) -> list[int]:
        at_arrival = version(params.uri)
        await asyncio.sleep(0.05)
        return [at_arrival, version(params.uri)]

    @server.feature("probe/later")
    def later(_params: Any) -> Awaitable[str]:
        async def answer() -> str:
            await asyncio.sleep(0.01)
            return "later"

        return answer()

    @server.feature("probe/computeForever")
    async def compute(_params: Any) -> None:
        await asyncio.to_thread(time.sleep, 3600)

    @server.feature("probe/holdThread")
    def hold(_params: Any) -> None:
        threading.Thread(target=time.sleep, args=(3600,)).start()


def _hang(server: EdgeServer, _session: Session) -> None:
    cancelled: list[str] = []

    @server.feature("probe/hang")
    async def hang(params: Any) -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.append(params.name)
            raise

    @server.command("probe.hang")
    async def hang_command(name: str) -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.append(name)
            raise

    @server.feature("probe/stubborn")
    async def stubborn(_params: Any) -> str:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return "I do not stop"
        return "done"

    @server.feature("probe/cancelled")
    def which(_params: Any) -> list[str]:
        return cancelled


def _fail(server: EdgeServer, _session: Session) -> None:
    @server.feature("probe/crash")
    def crash(_params: Any) -> None:
        raise ZeroDivisionError("secret detail")

    @server.feature("probe/crashLater")
    async def crash_later(_params: Any) -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError("secret detail")

    @server.feature("probe/refuse")
    def refuse(_params: Any) -> None:
        raise RefactError("The moon is not in the right phase.")

    @server.feature("probe/cancelItself")
    async def cancel_itself(_params: Any) -> None:
        raise asyncio.CancelledError

    @server.feature("probe/unwritable")
    def unwritable(_params: Any) -> object:
        return {"value": float("nan"), "thing": object()}

    @server.command("probe.twoArguments")
    def two_arguments(left: Any, right: Any = None) -> list[Any]:
        return [left, right]


def _ask(server: EdgeServer, _session: Session) -> None:
    @server.feature("probe/configuration")
    async def configuration(_params: Any) -> object:
        item = lsp.ConfigurationItem(section="refact")
        started = time.monotonic()
        found = await server.ask(lsp.WORKSPACE_CONFIGURATION, lsp.ConfigurationParams(items=[item]))
        return {"found": found, "seconds": time.monotonic() - started}

    @server.feature("probe/progress")
    async def progress(_params: Any) -> bool:
        return await server.create_progress("probe")


def _talk(server: EdgeServer, _session: Session) -> None:
    @server.feature("probe/print")
    def say(_params: Any) -> None:
        print("stray words")  # noqa: T201 - what this method is for
        os.write(1, b"stray bytes\n")

    @server.feature("probe/flood")
    def flood(params: Any) -> int:
        for number in range(params.count):
            text = f"{number} " + "x" * 1000
            server.window_log_message(lsp.LogMessageParams(lsp.MessageType.Info, text))
        logger.info("flooded")
        return int(params.count)

    @server.feature("probe/bytes")
    def large(params: Any) -> str:
        return "x" * int(params.count)


def main(arguments: list[str]) -> int:
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    match arguments:
        case ["--tcp"]:
            return transports.run_tcp("127.0.0.1", 0, probe)
        case ["--ws"]:
            return transports.run_ws("127.0.0.1", 0, probe)
    return transports.run_stdio(probe)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
