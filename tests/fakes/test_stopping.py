"""A fake server that stops leaves nothing open: what it forgot would fail a later test."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from tests.fakes.model_server import FakeModelServer
from tests.fakes.script import always


@pytest.mark.parametrize("turns", range(8))
async def test_connection_that_has_just_come_is_closed(turns: int) -> None:
    async with FakeModelServer("openai", always("x")) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for _ in range(turns):  # of the loop: the server has come further with each
            await asyncio.sleep(0)
    try:
        async with asyncio.timeout(10):
            with suppress(ConnectionResetError):  # by the system, where nobody had taken it yet
                assert await reader.read() == b""
    finally:
        writer.close()
