"""What is known of one request on its way.

The connections below take no argument for it, so that it travels as a context variable: which
connection the request uses, and how far it came.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

SILENCE_S = 2.0
"""A shared connection that says nothing for so long is not worth keeping."""


class Stage(StrEnum):
    """How far a request came; each stage has its deadline."""

    CONNECTING = "connecting"
    WAITING = "waiting"  # sent, and no data came yet
    STREAMING = "streaming"


class Connection(Protocol):
    """An open connection, as far as it is of interest here."""

    read_bytes: int

    async def aclose(self) -> None:
        """Close the socket."""


@dataclass(slots=True)
class Exchange:
    """One attempt: its stage, and its connection.

    `made`: what the pool made for it, if anything. `has_connected`: it made a connection instead of
    taking an open one. `read_bytes_before`: what
    had come over the connection when the request was sent. `is_late`: its deadline ended it.
    """

    on_sent: Callable[[], None]
    stage: Stage = Stage.CONNECTING
    has_connected: bool = False
    made: object = None
    connection: Connection | None = None
    read_bytes_before: int = 0
    is_late: bool = False
    sent_at: float = math.inf

    def is_dead(self, now: float) -> bool:
        """Answer whether not one byte came over its connection in all the time it had.

        `now` is the event loop's time. A connection may be gone without a word, after a sleep of
        the machine for one; whoever types gives each request up before its deadline.
        """
        connection = self.connection
        silent = connection is not None and connection.read_bytes == self.read_bytes_before
        return silent and (self.is_late or now - self.sent_at > SILENCE_S)

    def uses(self, connection: Connection) -> None:
        """Take note that its bytes are being written to a connection."""
        if self.connection is not connection:
            self.connection = connection
            self.read_bytes_before = connection.read_bytes

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take note of an event below (httpcore's `trace` extension)."""
        is_sending = event.endswith(".send_request_headers.started")
        if is_sending and info["request"].method != b"CONNECT":
            self.stage = Stage.WAITING
            self.sent_at = asyncio.get_running_loop().time()
            self.on_sent()


CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
