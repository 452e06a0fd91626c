"""JSON that is either one whole answer or one object a line, which only its bytes tell.

A server that was asked for a stream may answer whole; another streams lines and calls them
`application/json`. A first line that is a JSON object by itself, with more behind it, means lines.
"""

from __future__ import annotations

import json
import re

from refact_lsp.net.decode.event import Event, check_line, decode_text
from refact_lsp.net.decode.lines import BYTE_ORDER_MARK
from refact_lsp.net.decode.ndjson import NdjsonDecoder

_LINE_END = re.compile(rb"\r\n|\n|\r")


class JsonBodyDecoder:
    """Bytes that begin with `{` or `[` into one whole event, or into one event a line."""

    __slots__ = ("_body", "_has_end", "_is_whole", "_lines", "_max_bytes", "_max_line_bytes")

    def __init__(self, max_line_bytes: int, max_bytes: int) -> None:
        self._max_line_bytes = max_line_bytes
        self._max_bytes = max_bytes
        self._body = bytearray()
        self._has_end = False  # the first line is there
        self._is_whole = False
        self._lines: NdjsonDecoder | None = None

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes and answer the events that they complete."""
        if self._lines:
            return self._lines.feed(chunk)
        self._body += chunk
        check_line(len(self._body), self._max_bytes)
        self._has_end = self._has_end or _LINE_END.search(chunk) is not None
        if self._is_whole or not self._has_end or not self._is_lines():
            return []
        self._lines = NdjsonDecoder(self._max_line_bytes)
        return self._lines.feed(bytes(self._body))

    def end(self) -> list[Event]:
        """Answer the whole answer, or the last line."""
        if self._lines:
            return self._lines.end()
        text, is_flawed = decode_text(bytes(self._body).removeprefix(BYTE_ORDER_MARK).strip())
        return [Event(text, is_whole=True, is_flawed=is_flawed, is_cut=not _is_json(text))]

    def _is_lines(self) -> bool:
        """Look at the first line once more stands behind it."""
        body = bytes(self._body).removeprefix(BYTE_ORDER_MARK).lstrip()
        first, *rest = _LINE_END.split(body, maxsplit=1)
        if not rest or not rest[0].strip():
            return False
        is_lines = first.startswith(b"{") and _is_json(decode_text(first)[0])
        self._is_whole = not is_lines
        return is_lines


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
