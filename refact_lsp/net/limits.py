"""How long an answer may take and how large it may grow, as data. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from refact_lsp.net.errors import Kind, RequestError

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Deadlines in seconds and budgets of one request.

    `connect_s` covers name, connection, proxy and TLS; `first_byte_s` runs from the request sent
    to the first event with data; `gap_s` between two such events, so that comments which only keep
    a connection alive do not count; `total_s` over everything.
    """

    connect_s: float
    first_byte_s: float
    gap_s: float
    total_s: float
    max_bytes: int
    max_line_bytes: int = MB
    max_events: int = 200_000


COMPLETION = Limits(3, 5, 2, 10, max_bytes=4 * MB, max_events=20_000)
"""While somebody types: a late answer is of no use."""

CHAT = Limits(10, 60, 30, 600, max_bytes=32 * MB)
"""When somebody waits for it."""

SMALL = Limits(5, 15, 10, 30, max_bytes=16 * MB)
"""Lists of models, signing in: one JSON answer."""


class Budget:
    """Counts what came of one answer, and ends it where it grows beyond its limits."""

    __slots__ = ("_bytes", "_events", "_limits")

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = 0
        self._events = 0

    @property
    def left_bytes(self) -> int:
        """How many more bytes may come."""
        return self._limits.max_bytes - self._bytes

    def take(self, count_bytes: int) -> None:
        """Count bytes of the answer; raise `RequestError` beyond the budget."""
        self._bytes += count_bytes
        if self._bytes > self._limits.max_bytes:
            raise _too_much(f"more than {self._limits.max_bytes // 1024} KB")

    def take_events(self, count: int) -> None:
        """Count events of the answer; raise `RequestError` beyond the budget."""
        self._events += count
        if self._events > self._limits.max_events:
            raise _too_much(f"more than {self._limits.max_events} events")


def _too_much(what: str) -> RequestError:
    return RequestError(Kind.TOO_MUCH, f"The answer was ended: it has {what}.")
