"""One client with its open connections for each way to reach a server, made when first needed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from refact_lsp.net.address import Address
from refact_lsp.net.bypass import is_bypassed
from refact_lsp.net.call import Network
from refact_lsp.net.library import make_ready
from refact_lsp.net.resolver import LookUp, Resolver, look_up

if TYPE_CHECKING:
    import httpx  # for types alone: the program starts without it


class Pools:
    """Clients by `Network`; a client is made in a thread, and once."""

    __slots__ = ("_building", "_resolver")

    def __init__(self, find: LookUp = look_up) -> None:
        self._resolver = Resolver(find)
        self._building: dict[Network, asyncio.Task[httpx.AsyncClient]] = {}

    async def client(self, network: Network, address: Address) -> httpx.AsyncClient:
        """Answer the client for an address; raise `RequestError` where the settings are wrong."""
        direct = is_bypassed(address.host, network.no_proxy)
        way = replace(network, no_proxy=(), proxy="" if direct else network.proxy)
        task = self._building.get(way)
        if task is None or (task.done() and (task.cancelled() or task.exception())):
            task = asyncio.create_task(asyncio.to_thread(_build, way, self._resolver))
            self._building[way] = task
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Close every connection."""
        tasks = list(self._building.values())
        self._building.clear()
        for each in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(each, BaseException):
                await each.aclose()
        self._resolver.close()


def _build(network: Network, resolver: Resolver) -> httpx.AsyncClient:
    make_ready()
    from refact_lsp.net.transport import build  # noqa: PLC0415 - the HTTP library, in this thread

    return build(network, resolver)
