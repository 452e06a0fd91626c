"""Answers that come compressed though we ask for none: taken, within a ratio."""

from __future__ import annotations

import zlib

from refact_lsp.net.errors import Kind, RequestError

RATIO = 100
"""More than this many bytes out of one is no answer but an attack."""

_ALLOWANCE_BYTES = 64 * 1024
_STEP_BYTES = 256 * 1024


class Inflate:
    """Bytes of `gzip` or `deflate` into the bytes they stand for."""

    __slots__ = ("_in_bytes", "_inner", "_is_first", "_out_bytes")

    def __init__(self, encoding: str) -> None:
        if encoding not in {"gzip", "x-gzip", "deflate"}:
            raise RequestError(
                Kind.PROTOCOL,
                f"The answer is compressed with {encoding!r}, though it was asked not to be.",
            )
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._is_first = encoding == "deflate"  # some servers leave zlib's header out
        self._in_bytes = 0
        self._out_bytes = 0

    def feed(self, chunk: bytes) -> bytes:
        """Answer what the next bytes stand for; raise where it is not in proportion."""
        self._in_bytes += len(chunk)
        allowed = self._in_bytes * RATIO + _ALLOWANCE_BYTES
        parts: list[bytes] = []
        while chunk:
            part = self._step(chunk)
            parts.append(part)
            self._out_bytes += len(part)
            if self._out_bytes > allowed:
                raise RequestError(
                    Kind.TOO_MUCH,
                    f"The answer was ended: it is compressed more than {RATIO} times.",
                )
            chunk = self._rest()
        return b"".join(parts)

    def _step(self, chunk: bytes) -> bytes:
        try:
            return self._inner.decompress(chunk, _STEP_BYTES)
        except zlib.error:
            if self._is_first and self._out_bytes == 0:
                self._is_first = False
                self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
                return self._step(chunk)
            raise RequestError(
                Kind.PROTOCOL, "The answer is compressed, and cannot be unpacked."
            ) from None

    def _rest(self) -> bytes:
        """Answer what is left to be read; another member may follow the one that ended."""
        if self._inner.eof and self._inner.unused_data.startswith(b"\x1f\x8b"):
            rest = self._inner.unused_data
            self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
            return rest
        return b"" if self._inner.eof else self._inner.unconsumed_tail
