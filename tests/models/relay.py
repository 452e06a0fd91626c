"""Stands before a model server and notes what it is asked; every byte passes as it came."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

_ASKED = re.compile(rb"POST (\S+) HTTP/1\.1\r\n")


@dataclass(slots=True)
class Relay:
    """Where it listens, and the paths that were posted to, in order."""

    port: int
    url: str = ""
    posted: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, both ways, until one side ends it."""
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", self.port)
        ways = {
            asyncio.create_task(self._pass(reader, onward, is_question=True)),
            asyncio.create_task(self._pass(onward_reader, writer, is_question=False)),
        }
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        onward.close()
        writer.close()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_question: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if is_question:
                    self.posted += [found.decode() for found in _ASKED.findall(data)]
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def relaying(port: int) -> AsyncIterator[Relay]:
    """Listen on a free port of this machine for a server on another."""
    relay = Relay(port)
    listening = await asyncio.start_server(relay.serve, "127.0.0.1", 0)
    relay.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield relay
