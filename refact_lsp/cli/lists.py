"""What the command line knows of servers: as it was found out last, or asked now."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from refact_lsp.cli.own_files import own_configuration
from refact_lsp.config.load import Configuration
from refact_lsp.config.paths import cache_directory
from refact_lsp.net.client import HttpClient
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.discovery.discover import Discovered, discover_all
from refact_lsp.providers.discovery.store import Memory, read_memory, write_memory

Answer = TypeVar("Answer")


def now_s() -> float:
    """Answer the time, in seconds since 1970."""
    return time.time()


def memory() -> Memory:
    """Read what was found out last."""
    return read_memory(cache_directory(os.environ), now_s())


def loaded(known: Memory | None = None) -> Configuration:
    """Read the user's files, and put beside them what servers said last."""
    listed = (known or memory()).listed()
    return own_configuration(listed=listed)


def refreshed(known: Memory) -> tuple[Discovered, ...]:
    """Ask all servers in use for their lists now, and keep what they say."""
    instances = own_configuration().providers.instances.values()

    async def ask(client: HttpClient, keys: Keys) -> tuple[Discovered, ...]:
        return await discover_all(instances, client, keys, known.known)

    found = asked(ask)
    known.take(found, now_s())
    known.keep_only(each.name for each in instances if not each.off)
    keep(known)
    return found


def asked(ask: Callable[[HttpClient, Keys], Awaitable[Answer]]) -> Answer:
    """Run what asks servers to its end."""

    async def run() -> Answer:
        client = HttpClient()
        try:
            return await ask(client, Keys())
        finally:
            await client.aclose()

    return asyncio.run(run())


def keep(known: Memory) -> None:
    """Write down what was found out; a cache that cannot be written is no loss."""
    with suppress(OSError):
        write_memory(cache_directory(os.environ), known.as_file(now_s()))
