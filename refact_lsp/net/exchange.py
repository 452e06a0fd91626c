"""What is known of one request on its way.

The connections below take no argument for it, so that it travels as a context variable: which
connection the request uses, and how far it came.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


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
    """One attempt: its stage, its connection, and its number on that (HTTP/2).

    `has_connected`: it made a connection instead of taking an open one. `read_bytes_before`: what
    had come over the connection when the request was sent.
    """

    on_sent: Callable[[], None]
    stage: Stage = Stage.CONNECTING
    has_connected: bool = False
    connection: Connection | None = None
    stream_id: int | None = None
    read_bytes_before: int = 0

    @property
    def got_nothing(self) -> bool:
        """Whether not one byte came over its connection since it was sent."""
        return self.connection is not None and (
            self.connection.read_bytes == self.read_bytes_before
        )

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
            self.stream_id = info.get("stream_id")
            self.on_sent()


CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
