"""Newline-delimited JSON: one event a line, empty lines left out. The JSON itself is not read."""

from __future__ import annotations

from refact_lsp.net.decode.event import Event, decode_text
from refact_lsp.net.decode.lines import LineSplitter


class NdjsonDecoder:
    """Bytes of `application/x-ndjson` into events."""

    __slots__ = ("_lines",)

    def __init__(self, max_line_bytes: int) -> None:
        self._lines = LineSplitter(max_line_bytes)

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes and answer the events that they complete."""
        return [_event(line) for line in self._lines.feed(chunk) if line.strip()]

    def end(self) -> list[Event]:
        """Answer the last line if it has no end of its own; it may be cut."""
        rest = self._lines.end()
        return [_event(rest, is_cut=True)] if rest.strip() else []


def _event(line: bytes, *, is_cut: bool = False) -> Event:
    text, is_flawed = decode_text(line)
    return Event(text.strip(" \t"), is_flawed=is_flawed, is_cut=is_cut)
