"""One way of putting a generation into bytes: what every wire has in common."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import Any

from tests.fakes.generation import Generation

Json = dict[str, Any]

CREATED = 1_700_000_000
"""Seconds since 1970 that every answer carries, so that two runs answer alike."""


class Wire(ABC):
    """Frames of one answer; a frame is what a server flushes at once."""

    content_type: str = "text/event-stream"
    end_mark: bytes = b"data: [DONE]\n\n"

    def opening(self, _generation: Generation, /) -> list[bytes]:
        """Give what comes before the first token, with it."""
        return []

    def thought(self, _generation: Generation, _text: str, /) -> bytes | None:
        """Give a piece of reasoning; None where the wire has no place for it."""
        return None

    @abstractmethod
    def token(self, generation: Generation, text: str, /) -> bytes:
        """Give one token."""

    @abstractmethod
    def closing(self, generation: Generation, /) -> list[bytes]:
        """Give what comes after the last token, without the end's mark."""

    @abstractmethod
    def error(self, message: str, /) -> bytes:
        """Give an error in the middle of a stream."""

    @abstractmethod
    def whole(self, generation: Generation, /) -> Json:
        """Give the answer to a request that asked for no stream."""


def event(value: object) -> bytes:
    """Give one server-sent event, as compact as servers write it."""
    return b"data: " + compact(value) + b"\n\n"


def line(value: object) -> bytes:
    """Give one line of newline-delimited JSON."""
    return compact(value) + b"\n"


def compact(value: object) -> bytes:
    """Give JSON without blanks, its characters unescaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
