"""One event of a streamed answer, whatever form it came in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from refact_lsp.net.errors import Kind, RequestError


@dataclass(frozen=True, slots=True)
class Event:
    """The data of one event: of SSE, a line of NDJSON, or a whole JSON answer (`is_whole`).

    `name`, `id` and `retry_ms` are SSE's. `is_flawed`: it held bytes that are no UTF-8, which are
    U+FFFD now. `is_cut`: the answer ended before this event did; take it if it can be read.
    """

    data: str
    name: str = ""
    id: str = ""
    retry_ms: int | None = None
    is_whole: bool = False
    is_flawed: bool = False
    is_cut: bool = False


class Decoder(Protocol):
    """What turns bytes into events; raises `RequestError` where they go beyond its limits."""

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes and answer the events that they complete."""

    def end(self) -> list[Event]:
        """Answer what the end of the bytes completes."""


def decode_text(line: bytes) -> tuple[str, bool]:
    """Decode a whole line; answer its text and whether bytes in it were no UTF-8."""
    try:
        return line.decode("utf-8"), False
    except UnicodeDecodeError:
        return line.decode("utf-8", "replace"), True


def check_line(length_bytes: int, limit_bytes: int) -> None:
    """Raise `RequestError` for a line, or an event, that is longer than its limit."""
    if length_bytes > limit_bytes:
        raise RequestError(
            Kind.TOO_MUCH, f"The answer was ended: one line has more than {limit_bytes // 1024} KB."
        )
