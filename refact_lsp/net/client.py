"""What the rest of the program asks model servers with: streams, small answers, warming up.

One `HttpClient` serves a whole session. The HTTP library is imported, and certificates are read,
in a thread when the first request needs them, or before that by `warm`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

from refact_lsp.net.address import Address
from refact_lsp.net.call import DIRECT, Answer, Call, Network
from refact_lsp.net.errors import RequestError
from refact_lsp.net.limits import COMPLETION, SMALL, Limits
from refact_lsp.net.pools import Pools
from refact_lsp.net.resolver import LookUp, look_up
from refact_lsp.net.stream import EventStream
from refact_lsp.net.transfer import Transfer


class HttpClient:
    """Opens connections, keeps them, and closes them all at its end.

    `find` looks a host's addresses up; it runs in a thread.
    """

    def __init__(self, find: LookUp = look_up) -> None:
        self._pools = Pools(find)
        self._streams: set[EventStream] = set()

    def stream(self, call: Call, limits: Limits) -> EventStream:
        """Send a call, and answer the events of its answer; see `EventStream`."""
        stream = EventStream(call, limits, Transfer(call, limits, self._pools).run)
        self._streams.add(stream)
        stream.when_over(self._streams.discard)
        return stream

    async def fetch(self, call: Call, limits: Limits = SMALL) -> Answer:
        """Send a call, and answer its whole answer; raises `RequestError`, also for 4xx and 5xx."""
        receiver = _Whole()
        await Transfer(call, limits, self._pools).run(receiver)
        return Answer(receiver.status, receiver.headers, bytes(receiver.body))

    async def warm(
        self, url: str, network: Network = DIRECT, limits: Limits = COMPLETION
    ) -> RequestError | None:
        """Get ready for requests to a server, and answer what stands in the way, if anything does.

        Leaves an open connection behind. What is sent for that has no key, and no path of the URL;
        whatever status the server answers is well.
        """
        try:
            parts = urlsplit(url)
            root = f"{parts.scheme}://{parts.netloc}/"
        except ValueError:
            root = url  # refused below, with its reason
        call = Call(root, method="HEAD", network=network)
        try:
            await Transfer(call, limits, self._pools).run(_Whole())
        except RequestError as error:
            return None if error.status else error
        return None

    async def aclose(self) -> None:
        """End every stream and close every connection."""
        await asyncio.gather(*(each.aclose() for each in list(self._streams)))
        await self._pools.aclose()


class _Whole:
    """Takes a whole answer in."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.body = bytearray()

    def head(self, _address: Address, status: int, headers: Mapping[str, str]) -> None:
        self.status, self.headers = status, headers

    async def take(self, data: bytes) -> bool:
        self.body += data
        return bool(data)

    async def finish(self) -> None:
        """Nothing is left to do: the body is what it is."""
