"""What tests stand on that are an editor to the real process."""

from __future__ import annotations

import asyncio

import psutil
import pytest

from tests.e2e.conftest import introduced


class WentWrongError(Exception):
    """What a test raises that fails."""


async def fail(servers: list[psutil.Process]) -> None:
    async with introduced("vscode", {}) as editor:
        assert editor.client._server is not None
        servers.append(psutil.Process(editor.client._server.pid))
        raise WentWrongError


async def test_server_of_a_test_that_fails_is_ended() -> None:
    servers: list[psutil.Process] = []
    with pytest.raises(WentWrongError):
        await asyncio.wait_for(fail(servers), 30)
    assert not servers[0].is_running()
