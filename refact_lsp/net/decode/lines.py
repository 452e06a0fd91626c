"""Bytes into lines that end with LF, CR or CRLF, and with nothing else.

U+2028 and its like are no line ends here: they may stand inside JSON.
"""

from __future__ import annotations

import re

from refact_lsp.net.decode.event import check_line

_END = re.compile(rb"\r\n|\n|\r")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineSplitter:
    """Cuts bytes into lines without their ends; a byte order mark at the start is dropped."""

    __slots__ = ("_after_cr", "_at_start", "_buffer", "_limit_bytes")

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._buffer = bytearray()
        self._after_cr = False  # a LF that comes next belongs to the line end before it
        self._at_start = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """Answer the lines that the next bytes complete."""
        if self._after_cr and chunk:
            chunk = chunk[1:] if chunk[:1] == b"\n" else chunk
            self._after_cr = False
        if not chunk:
            return []
        self._buffer += chunk
        if self._at_start and not self._started():
            return []
        if b"\n" not in chunk and b"\r" not in chunk:
            check_line(len(self._buffer), self._limit_bytes)
            return []
        return self._cut()

    def _cut(self) -> list[bytes]:
        self._after_cr = self._buffer[-1:] == b"\r"
        *lines, rest = _END.split(bytes(self._buffer))
        self._buffer = bytearray(rest)
        for line in lines:
            check_line(len(line), self._limit_bytes)
        check_line(len(rest), self._limit_bytes)
        return lines

    def end(self) -> bytes:
        """Answer what is left without a line end; may be empty."""
        rest = bytes(self._buffer)
        self._buffer.clear()
        return rest.removeprefix(BYTE_ORDER_MARK) if self._at_start else rest

    def _started(self) -> bool:
        """Drop a byte order mark, and answer whether enough bytes came to know."""
        if len(self._buffer) < 3 and BYTE_ORDER_MARK.startswith(bytes(self._buffer)):
            return False
        if self._buffer.startswith(BYTE_ORDER_MARK):
            del self._buffer[:3]
        self._at_start = False
        return bool(self._buffer)
