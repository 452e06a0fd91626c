r"""Bytes from a client into message bodies: pure, incremental, and never out of step for long.

A frame is header lines, an empty line, and as many bytes as `Content-Length` says (LSP 3.17, "Base
Protocol"). What real clients get wrong is forgiven: header names in any case, bare `\n`, headers
we do not know. What cannot be forgiven is a `FrameFault`, after which the reader looks for the
next `Content-Length:` line. It may stand anywhere, as the rest of a body cut short has no line end
before it. It cannot be confused with text inside a body, because JSON escapes line ends.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

BODY_LIMIT_BYTES = 64 * 1024 * 1024
"""A longer message is refused: no editor sends one, and memory is finite."""

HEADER_LIMIT_BYTES = 64 * 1024
"""A longer header is refused; real ones have under 100 bytes."""

PARSE_ERROR = -32700
INVALID_REQUEST = -32600

_LENGTH = rb"content-length[ \t]{0,8}:[ \t]{0,8}"
_LENGTH_IN_LINE = re.compile(rb"(?i)(?<![0-9a-z_-])" + _LENGTH + rb"([^\s]*)[ \t]*\Z")
_LENGTH_LINE = re.compile(rb"(?i)" + _LENGTH + rb"\d{1,20}[ \t]{0,8}\r?\n")
_LENGTH_LINE_MAX_BYTES = 64
_FIELD = re.compile(rb"[0-9A-Za-z!#$%&'*+.^_`|~-]+[ \t]*:")


@dataclass(frozen=True, slots=True)
class Frame:
    """The body of one message, as sent."""

    body: bytes


@dataclass(frozen=True, slots=True)
class FrameFault:
    """Bytes that are no frame: a JSON-RPC error code, and a sentence for the client."""

    code: int
    message: str


class FrameReader:
    """Cuts a stream of bytes into frames; any split of the bytes gives the same ones."""

    __slots__ = ("_body_bytes", "_buffer", "_header_bytes", "_length", "_scanning")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanning = False
        self._start_header()

    def _start_header(self) -> None:
        self._length = -1  # not given yet
        self._header_bytes = 0
        self._body_bytes = -1  # not in a body

    @property
    def is_inside_body(self) -> bool:
        """Whether the rest of a body is awaited."""
        return self._body_bytes >= 0

    def feed(self, chunk: bytes) -> list[Frame | FrameFault]:
        """Take the next bytes and answer what they complete."""
        self._buffer += chunk
        found: list[Frame | FrameFault] = []
        while self._step(found):
            pass
        return found

    def idle(self) -> list[Frame | FrameFault]:
        """Answer a body that is already whole though its length promised more bytes.

        Called when nothing came for a while, and at the end of the stream. No proper beginning of
        a JSON object is itself JSON, so a slow sender is not disturbed.
        """
        body = bytes(self._buffer)
        if not self.is_inside_body or not _is_whole(body):
            return []
        wanted = self._body_bytes
        self._buffer.clear()
        self._start_header()
        return [Frame(body), _too_long(wanted)]

    def _step(self, found: list[Frame | FrameFault]) -> bool:
        """Carry out one state; answer whether there may be more to do."""
        if self._scanning:
            return self._scan()
        if self.is_inside_body:
            return self._take_body(found)
        return self._take_line(found)

    def _scan(self) -> bool:
        match = _LENGTH_LINE.search(self._buffer)
        if match is None:
            del self._buffer[:-_LENGTH_LINE_MAX_BYTES]
            return False
        del self._buffer[: match.start()]
        self._scanning = False
        self._start_header()
        return True

    def _take_line(self, found: list[Frame | FrameFault]) -> bool:
        room = HEADER_LIMIT_BYTES - self._header_bytes
        end = self._buffer.find(b"\n", 0, room)
        if end < 0:
            if len(self._buffer) < room:
                return False
            self._lose_step(found, _invalid(f"The header is over {HEADER_LIMIT_BYTES} bytes long."))
            return True
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        self._header_bytes += end + 1
        if line:
            self._take_field(line, found)
        else:
            self._end_header(found)
        return True

    def _take_field(self, line: bytes, found: list[Frame | FrameFault]) -> None:
        match = _LENGTH_IN_LINE.search(line)
        if match is None:
            if _FIELD.match(line) is None:
                self._lose_step(found, _out_of_step(len(line)))
            return
        if match.start() > 0:
            found.append(_out_of_step(match.start()))
        self._take_length(match[1], found)

    def _take_length(self, digits: bytes, found: list[Frame | FrameFault]) -> None:
        if not digits.isdigit() or not digits.isascii():
            self._lose_step(found, _invalid(f"Content-Length {_shown(digits)} is no length."))
        elif len(digits) > 20 or int(digits) > BODY_LIMIT_BYTES:
            limit = f"over the limit of {BODY_LIMIT_BYTES}"
            self._lose_step(found, _invalid(f"Content-Length {_shown(digits)} is {limit}."))
        else:
            self._length = int(digits)

    def _end_header(self, found: list[Frame | FrameFault]) -> None:
        if self._length > 0:
            self._body_bytes = self._length
            return
        if self._length == 0:
            found.append(_invalid("The message is empty (Content-Length 0)."))
        elif self._header_bytes > 2:  # one stray line end between messages is forgiven
            found.append(_invalid("The header has no Content-Length."))
        self._start_header()

    def _take_body(self, found: list[Frame | FrameFault]) -> bool:
        wanted = self._body_bytes
        if len(self._buffer) < wanted:
            return False
        body = bytes(memoryview(self._buffer)[:wanted])
        kept = _own_part(body)
        del self._buffer[:kept]
        self._start_header()
        if body[:kept].strip():
            found.append(Frame(body[:kept] if kept < wanted else body))
        if kept < wanted:
            found.append(_too_long(wanted))
        return True

    def _lose_step(self, found: list[Frame | FrameFault], fault: FrameFault) -> None:
        found.append(fault)
        self._scanning = True


def _own_part(body: bytes) -> int:
    """Count the bytes before a header that a body swallowed because its length was too large."""
    tail = body[-_LENGTH_LINE_MAX_BYTES:].rstrip(b" \t\r\n")
    if tail.endswith((b"}", b"]")) and b"\n\r\n" not in body and b"\n\n" not in body:
        return len(body)  # nearly every message: two searches at the speed of memory
    match = _LENGTH_LINE.search(body)
    return len(body) - _begun_header_bytes(body) if match is None else match.start()


def _begun_header_bytes(body: bytes) -> int:
    """Count the bytes at the end of a body that are the beginning of a header."""
    tail = body[-_LENGTH_LINE_MAX_BYTES:].lower()
    at = tail.rfind(b"content-length")
    if at >= 0:
        return len(tail) - at
    name = b"content-length"
    return next((n for n in range(len(name), 0, -1) if tail.endswith(name[:n])), 0)


def _is_whole(body: bytes) -> bool:
    if not body.rstrip().endswith((b"}", b"]")):
        return False
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _too_long(wanted: int) -> FrameFault:
    return FrameFault(
        PARSE_ERROR, f"Content-Length {wanted} is larger than the message it stands before."
    )


def _out_of_step(count: int) -> FrameFault:
    return FrameFault(PARSE_ERROR, f"{count} bytes are no header; was a Content-Length too small?")


def _invalid(message: str) -> FrameFault:
    return FrameFault(INVALID_REQUEST, message)


def _shown(digits: bytes) -> str:
    return repr(digits[:24].decode("latin-1"))
