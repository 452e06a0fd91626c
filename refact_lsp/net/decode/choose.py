"""Which decoder reads an answer: told by its first bytes, then by what it calls itself.

Servers name streams wrongly, and captive portals answer everything with a page.
"""

from __future__ import annotations

import re

from refact_lsp.net.decode.event import Decoder, Event
from refact_lsp.net.decode.json_body import JsonBodyDecoder
from refact_lsp.net.decode.lines import BYTE_ORDER_MARK
from refact_lsp.net.decode.ndjson import NdjsonDecoder
from refact_lsp.net.decode.sse import SseDecoder
from refact_lsp.net.error_body import page_title
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.net.limits import Limits
from refact_lsp.net.redact import shown

_PAGE_BYTES = 65_536
"""A page's title stands within its first 64 KB."""

_NDJSON_TYPES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
_FIELD = re.compile(rb"(?:data|event|id|retry|error)?(?::|\r|\n)")
_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b"error:")


class AnswerDecoder:
    """Chooses its decoder when the first bytes are there, and is that decoder from then on."""

    __slots__ = ("_chosen", "_head", "_limits", "_secrets", "_type")

    def __init__(self, content_type: str, limits: Limits, secrets: tuple[str, ...] = ()) -> None:
        self._secrets = secrets
        self._type = content_type.partition(";")[0].strip().lower()
        self._limits = limits
        self._head = b""
        self._chosen: Decoder | None = None

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes and answer the events that they complete."""
        if self._chosen:
            return self._chosen.feed(chunk)
        self._head += chunk
        self._chosen = self._choose(is_all=False)
        if self._chosen is None:
            return []
        head, self._head = self._head, b""
        return self._chosen.feed(head)

    def end(self) -> list[Event]:
        """Answer what the end of the bytes completes."""
        if self._chosen:
            return self._chosen.end()
        chosen = self._choose(is_all=True)
        if chosen is None:
            return []  # nothing came, or white space alone
        return [*chosen.feed(self._head), *chosen.end()]

    def _choose(self, *, is_all: bool) -> Decoder | None:
        """Answer the decoder for the bytes so far, or None while they leave it open."""
        if not is_all and len(self._head) < 3 and BYTE_ORDER_MARK.startswith(self._head):
            return None
        start = self._head.removeprefix(BYTE_ORDER_MARK).lstrip(b" \t\r\n")
        if not start:
            return None
        if start[:1] == b"<" or self._type == "text/html":
            return PageDecoder(self._secrets)
        return self._json() if start[:1] in b"{[" else self._sse(start, is_all=is_all)

    def _json(self) -> Decoder:
        if self._type in _NDJSON_TYPES:
            return NdjsonDecoder(self._limits.max_line_bytes)
        return JsonBodyDecoder(self._limits.max_line_bytes, self._limits.max_bytes)

    def _sse(self, start: bytes, *, is_all: bool) -> Decoder | None:
        if self._type == "text/event-stream" or _FIELD.match(start):
            return SseDecoder(self._limits.max_line_bytes)
        if not is_all and any(each.startswith(start) for each in _FIELDS):
            return None
        raise RequestError(Kind.NOT_AN_API, *_unknown(start, self._type, self._secrets))


class PageDecoder:
    """A web page where an answer should be: reads on to its title, and raises."""

    __slots__ = ("_page", "_secrets")

    def __init__(self, secrets: tuple[str, ...] = ()) -> None:
        self._secrets = secrets
        self._page = b""

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes; raise once the title, or 64 KB, are there."""
        self._page += chunk
        if b"</title" in self._page.lower() or len(self._page) >= _PAGE_BYTES:
            self.end()
        return []

    def end(self) -> list[Event]:
        """Raise what stands in the way."""
        title = shown(page_title(self._page), self._secrets)
        sentence = (
            f"A web page answered instead of a model server: {title}. A sign-in page of the "
            "network may stand between, or the URL is that of a web site."
        )
        raise RequestError(Kind.NOT_AN_API, sentence, Facts(status=200, server_text=title))


def _unknown(start: bytes, content_type: str, secrets: tuple[str, ...]) -> tuple[str, Facts]:
    text = shown(start[:4000].decode("utf-8", "replace"), secrets)
    kind = f" ({shown(content_type, secrets)})" if content_type else ""
    sentence = f"The answer{kind} is in no form of a model server: {text[:120]}"
    return sentence, Facts(status=200, server_text=text)
