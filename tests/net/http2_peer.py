"""The server's side of HTTP/2 over one connection, in the hands of a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import h2.config
import h2.connection
import h2.events

from tests.net.scripted import Peer

E = TypeVar("E", bound=h2.events.Event)


class Http2Peer:
    """Reads events of the client until the one that a script waits for, and answers streams."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.h2.initiate_connection()
        self.seen: list[h2.events.Event] = []
        self.requests: list[int] = []

    async def flush(self) -> None:
        await self._peer.send(self.h2.data_to_send())

    async def until(self, kind: type[E], *, where: Callable[[E], bool] = lambda _: True) -> E:
        """Wait for an event of the client that nobody has waited for yet."""
        while True:
            for event in self.seen:
                if isinstance(event, kind) and where(event):
                    self.seen.remove(event)
                    return event
            await self.flush()
            data = await self._peer.reader.read(65536)
            if not data:
                raise asyncio.IncompleteReadError(b"", 1)
            self.seen += self.h2.receive_data(data)
            await self.flush()

    async def request(self) -> int:
        """Wait for a whole request and answer the number of its stream."""
        ended = await self.until(h2.events.StreamEnded)
        assert ended.stream_id is not None
        self.requests.append(ended.stream_id)
        return ended.stream_id

    async def begin(self, stream_id: int, data: bytes = b"", status: str = "200") -> None:
        headers = [(":status", status), ("content-type", "text/event-stream")]
        self.h2.send_headers(stream_id, headers)
        if data:
            self.h2.send_data(stream_id, data)
        await self.flush()

    async def data(self, stream_id: int, data: bytes, *, is_last: bool = False) -> None:
        self.h2.send_data(stream_id, data, end_stream=is_last)
        await self.flush()
