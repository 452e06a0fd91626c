"""Answers that come compressed though we ask for none: taken, within a ratio."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from refact_lsp.net.errors import Kind, RequestError

if TYPE_CHECKING:
    from zlib import _Decompress  # the type has no public name

RATIO = 100
"""More than this many bytes out of one is no answer but an attack."""

_ALLOWANCE_BYTES = 64 * 1024
_STEP_BYTES = 256 * 1024
_GZIP = b"\x1f\x8b"


class Inflate:
    """Bytes of `gzip` or `deflate` into the bytes they stand for."""

    __slots__ = ("_held", "_in_bytes", "_inner", "_out_bytes")

    def __init__(self, encoding: str) -> None:
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            raise RequestError(
                Kind.PROTOCOL,
                f"The answer is compressed with {encoding!r}, though it was asked not to be.",
            )
        self._inner: _Decompress | None = None  # chosen by the first two bytes of a member
        self._held = b""
        self._in_bytes = 0
        self._out_bytes = 0

    def feed(self, chunk: bytes) -> bytes:
        """Answer what the next bytes stand for; raise where it is not in proportion."""
        self._in_bytes += len(chunk)
        parts: list[bytes] = []
        left = self._held + chunk
        while len(left) >= 2 or (left and self._inner):
            part, left = self._step(left)
            parts.append(part)
            self._count(len(part))
        self._held = left
        return b"".join(parts)

    def _step(self, data: bytes) -> tuple[bytes, bytes]:
        """Unpack some, and answer that and what is left; one member may follow another."""
        inner = self._inner = self._inner or _inner_for(data)
        try:
            part = inner.decompress(data, _STEP_BYTES)
        except zlib.error:
            raise RequestError(
                Kind.PROTOCOL, "The answer is compressed, and cannot be unpacked."
            ) from None
        if not inner.eof:
            return part, inner.unconsumed_tail
        self._inner = None
        return part, inner.unused_data if inner.unused_data[:1] in {b"", b"\x1f"} else b""

    def _count(self, out_bytes: int) -> None:
        self._out_bytes += out_bytes
        if self._out_bytes > self._in_bytes * RATIO + _ALLOWANCE_BYTES:
            raise RequestError(
                Kind.TOO_MUCH, f"The answer was ended: it is compressed more than {RATIO} times."
            )


def _inner_for(data: bytes) -> _Decompress:
    """Answer what unpacks data that begins so; some servers leave zlib's header out."""
    has_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
    is_known = has_header or data.startswith(_GZIP)
    return zlib.decompressobj(zlib.MAX_WBITS | 32 if is_known else -zlib.MAX_WBITS)
