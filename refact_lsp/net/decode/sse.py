"""Server-sent events, read as the WHATWG's HTML standard has them (section 9.2).

Two things beyond it that servers do: an event that the end of the answer cuts is answered and
marked; a field `error` makes an event named so.
"""

from __future__ import annotations

from refact_lsp.net.decode.event import Event, check_line, decode_text
from refact_lsp.net.decode.lines import LineSplitter


class SseDecoder:
    """Bytes of `text/event-stream` into events."""

    __slots__ = ("_data", "_flawed", "_id", "_length", "_limit_bytes", "_lines", "_name", "_retry")

    def __init__(self, max_line_bytes: int) -> None:
        self._limit_bytes = max_line_bytes
        self._lines = LineSplitter(max_line_bytes)
        self._id = ""  # kept from event to event
        self._retry: int | None = None
        self._clear()

    def _clear(self) -> None:
        self._data: list[str] = []
        self._length = 0
        self._name = ""
        self._flawed = False

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes and answer the events that they complete."""
        events: list[Event] = []
        for line in self._lines.feed(chunk):
            if line:
                self._field(line)
            elif self._data:
                events.append(self._event())
            else:
                self._name = ""
        return events

    def end(self) -> list[Event]:
        """Answer the event that the end of the answer cuts, if it has data."""
        if rest := self._lines.end():
            self._field(rest)
        return [self._event(is_cut=True)] if self._data else []

    def _event(self, *, is_cut: bool = False) -> Event:
        data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
        event = Event(
            data, self._name, self._id, self._retry, is_flawed=self._flawed, is_cut=is_cut
        )
        self._clear()
        return event

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if not name:
            return  # a comment
        if value[:1] == b" ":
            value = value[1:]
        if name in {b"data", b"error"}:
            self._length += len(value)
            check_line(self._length, self._limit_bytes)
            text, is_flawed = decode_text(value)
            self._data.append(text)
            self._flawed |= is_flawed
            self._name = "error" if name == b"error" else self._name
        elif name == b"event":
            self._name = decode_text(value)[0]
        elif name == b"id" and b"\0" not in value:
            self._id = decode_text(value)[0]
        elif name == b"retry" and value.isdigit():
            self._retry = int(value[:18])
