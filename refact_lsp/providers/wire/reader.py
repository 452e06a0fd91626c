"""From events to answers: JSON in, refusals told apart, the rest left to a format's own reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from refact_lsp.messages import ErrorFacts, WireEvent
from refact_lsp.providers.wire.answer import Answer
from refact_lsp.providers.wire.format import WireRequest
from refact_lsp.providers.wire.refusals import error_facts
from refact_lsp.providers.wire.tolerant import decode

ReadBody = Callable[[Answer, Mapping[str, Any]], list[WireEvent]]
"""How a format reads one JSON object of an answer."""

ParseError = Callable[[int, object], ErrorFacts | None]

_LAST_WORD = "[DONE]"


class JsonAnswerParser:
    """Reads one answer of JSON objects; see `AnswerParser`."""

    def __init__(self, request: WireRequest, read: ReadBody, parse_error: ParseError) -> None:
        self._answer = Answer(request)
        self._read = read
        self._parse_error = parse_error

    @property
    def is_done(self) -> bool:
        """Nothing more of interest can come."""
        return self._answer.is_done

    @property
    def has_last_word(self) -> bool:
        """Its server has said that this was all."""
        return self._answer.said_last_word

    def feed(self, data: str, event: str = "") -> tuple[WireEvent, ...]:
        """Read one event, or a whole body."""
        data = data.strip()
        if data == _LAST_WORD:
            self._answer.said_last_word = True
        if not data or data == _LAST_WORD:
            return ()
        body = decode(data)
        if body is None:
            self._answer.unreadable()
            return ()
        facts = error_facts(body, is_error=event == "error")
        if facts is not None:
            return tuple(self._answer.failed(self._parse_error(0, body) or facts))
        return tuple(self._read(self._answer, body))

    def finish(self) -> tuple[WireEvent, ...]:
        """Take note of the stream's end."""
        return self._answer.end()
