"""What a fake model server is told to do with a request: a text to stream, its pace, and faults."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it came."""

    number: int
    """From 1, over all requests that this server got."""
    method: str
    path: str
    """Without the query, decoded."""
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    def json(self) -> dict[str, Any]:
        """Give the body as an object; an empty one when the body is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    @property
    def is_generation(self) -> bool:
        """It asks the model for text, and is no question about the server or its models."""
        return self.method == "POST" and not self.path.endswith(("/show", "/embed", "/embeddings"))


@dataclass(frozen=True, slots=True)
class Instead:
    """Answers this and nothing else, whatever was asked: an error, a login page, a redirect."""

    status: int
    body: bytes | str | list[Any] | dict[str, Any] = b""
    """A list or an object is sent as JSON."""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Refuses with the words that this family of servers has for it."""

    status: int
    message: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """Closes the connection in the middle of the answer's body."""

    after_bytes: int
    reset: bool = False
    """With RST instead of FIN."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Says no more after so many tokens, and keeps the connection until the client leaves."""

    after_tokens: int | None = None
    """None: not even the head of the answer comes."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """Puts these bytes into the stream after so many tokens, and goes on."""

    data: bytes
    after_tokens: int = 0


@dataclass(frozen=True, slots=True)
class FailsInStream:
    """Sends an error as this family spells it in the middle of a stream, and ends there."""

    message: str
    after_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Drip:
    """Sends the whole answer, its head too, at this rate."""

    bytes_per_s: float


Fault = Instead | Refusal | Cut | Stall | Garbage | FailsInStream | Drip


@dataclass(frozen=True, slots=True)
class Shape:
    """How the bytes of a stream lie, where a server may choose."""

    piece_bytes: int | None = None
    """Cut into pieces of this size, each sent by itself: borders fall inside characters too."""
    line_end: str = "\n"
    comments: bool = False
    """A comment line before every event."""
    ends_with_done: bool = True
    """Where the wire has a mark for the end, it is sent."""
    byte_order_mark: bool = False
    content_type: str | None = None
    """Instead of the right one; an empty one sends none."""


@dataclass(frozen=True, slots=True)
class Script:
    """The answer to one request."""

    text: str = ""
    reasoning: str = ""
    """Thinking that comes before the text, where the wire has a place for it."""
    first_token_s: float = 0.0
    tokens_per_s: float | None = None
    """None: the rest comes at once."""
    tokens: tuple[str, ...] | None = None
    """The pieces to stream; by default words with the blank before them, signs and line ends."""
    finish: str | None = None
    """By default `stop`, or `length` where the token limit cut the text."""
    obeys: bool = True
    """Heeds the request's token limit and stop sequences."""
    prompt_tokens: int | None = None
    """As reported; by default counted and, where the family does so, cut to the context."""
    cached_tokens: int = 0
    reports_usage: bool = True
    model: str | None = None
    """The model that the answer names; by default the one that was asked for."""
    shape: Shape = Shape()
    fault: Fault | None = None

    def but(self, **changes: Any) -> Script:
        """Give this script with some fields changed."""
        return replace(self, **changes)


ScriptFunction = Callable[[Request], Script]
"""What a server is told: the script for each request, questions about models among them."""


def always(script: Script | str) -> ScriptFunction:
    """Answer every request alike."""
    chosen = Script(script) if isinstance(script, str) else script
    return lambda _request: chosen


def in_turn(*scripts: Script) -> ScriptFunction:
    """Answer each generation with the next script, the last one over and over."""
    asked = 0

    def script(request: Request) -> Script:
        nonlocal asked
        if not request.is_generation:
            return Script()
        asked += 1
        return scripts[min(asked, len(scripts)) - 1]

    return script


def loading(requests: int, then: ScriptFunction) -> ScriptFunction:
    """Be still loading the model for so many requests of any kind."""

    def script(request: Request) -> Script:
        if request.number <= requests:
            return Script(fault=Refusal(503, "Loading model"))
        return then(request)

    return script


def every_nth_fails(nth: int, then: ScriptFunction, fault: Fault | None = None) -> ScriptFunction:
    """Fail every nth generation, by default with status 500."""
    asked = 0

    def script(request: Request) -> Script:
        nonlocal asked
        asked += request.is_generation
        if request.is_generation and asked % nth == 0:
            return Script(fault=fault or Refusal(500, "The server had an error"))
        return then(request)

    return script
