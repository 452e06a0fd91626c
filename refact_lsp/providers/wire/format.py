"""What every wire format takes and gives: the question, the call, the reader of an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from refact_lsp.messages import ErrorFacts, WireEvent


class PromptKind(StrEnum):
    """The ways to put a question."""

    TOKENS = "tokens"
    SUFFIX = "suffix"
    INFILL = "infill"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class TokensPrompt:
    """A text that is continued as it stands, special tokens and all."""

    text: str
    kind: PromptKind = field(default=PromptKind.TOKENS, init=False)


@dataclass(frozen=True, slots=True)
class SuffixPrompt:
    """The text before and after a hole; the server writes the model's special tokens."""

    prefix: str
    suffix: str
    kind: PromptKind = field(default=PromptKind.SUFFIX, init=False)


@dataclass(frozen=True, slots=True)
class InfillPrompt:
    """A hole, and other files' texts as (file name, text).

    `typed` is what already stands in the hole, usually the line up to the cursor: kept apart from
    `prefix`, a server's cache outlives the typing.
    """

    prefix: str
    suffix: str
    extra: tuple[tuple[str, str], ...] = ()
    typed: str = ""
    kind: PromptKind = field(default=PromptKind.INFILL, init=False)


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a conversation; `role` is `system`, `user` or `assistant`."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """A conversation that the model carries on."""

    messages: tuple[ChatMessage, ...]
    kind: PromptKind = field(default=PromptKind.CHAT, init=False)


Prompt = TokensPrompt | SuffixPrompt | InfillPrompt | ChatPrompt


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRequest:
    """One question to one model; what is None is not sent.

    `stop` is honoured in full whatever the server does: what it cannot be told is cut here.
    `num_ctx` is the context to ask for in tokens, where a server takes that per request.
    `keep_alive` is how long it keeps the model loaded (`"5m"`, seconds, -1 for ever). `n_indent`
    and `max_predict_ms` end an answer early where the server can. `max_stops` is how many stops
    the server accepts. `max_tokens_field` is the name of the limit in formats that have two.
    `dropped` are names of parameters this model has refused. `extra_body` is sent along as it is,
    except where it would change what was asked.
    """

    model: str
    prompt: Prompt
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    temperature: float | None = None
    stream: bool = True
    num_ctx: int | None = None
    keep_alive: str | int | None = None
    think: bool | None = None
    id_slot: int | None = None
    cache_prompt: bool = True
    n_indent: int | None = None
    max_predict_ms: int | None = None
    max_stops: int = 4
    max_tokens_field: str = "max_tokens"
    ends_without_word: bool = False
    dropped: frozenset[str] = frozenset()
    extra_body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WireCall:
    """What is posted, and where to.

    `path` begins with `/v1/` where the server's base URL may already hold that part, else with
    the server's root (see `endpoints`).
    """

    path: str
    body: dict[str, Any]


class Framing(StrEnum):
    """How a streamed answer is cut into events."""

    SSE = "sse"
    NDJSON = "ndjson"


class AnswerParser(Protocol):
    """Reads one answer, event by event; made for it and not used again."""

    @property
    def is_done(self) -> bool:
        """Nothing more of interest can come: the connection may be closed."""

    @property
    def has_last_word(self) -> bool:
        """Its server has said that this was all: the connection is about to be free again."""

    def feed(self, data: str, event: str = "") -> tuple[WireEvent, ...]:
        """Read one event: the text of an SSE event's data, an NDJSON line, or a whole JSON body.

        `event` is the name that an SSE event has, if any. Where events are cut in time makes no
        difference to the texts, joined.
        """

    def finish(self) -> tuple[WireEvent, ...]:
        """Take note of the stream's end; the last of the events is the one `Finish`."""


class WireFormat(Protocol):
    """The shape of a module in this package."""

    @property
    def FRAMING(self) -> Framing:  # noqa: N802 - a module's constant
        """How its streams are cut."""

    @property
    def PROMPTS(self) -> frozenset[PromptKind]:  # noqa: N802 - a module's constant
        """The prompts it has a way to put."""

    @property
    def OPTIONAL(self) -> frozenset[str]:  # noqa: N802 - a module's constant
        """The parameters a request can do without, by their names on the wire."""

    def build(self, request: WireRequest) -> WireCall:
        """Answer what to post; `TypeError` for a prompt that is not among `PROMPTS`."""

    def parser(self, request: WireRequest) -> AnswerParser:
        """Make the reader of this request's answer."""

    def parse_error(self, status: int, body: object) -> ErrorFacts | None:
        """Read a refusal (JSON, decoded) as only this format words it; None: nothing special."""


def with_options(
    request: WireRequest, required: Mapping[str, Any], optional: Mapping[str, Any]
) -> dict[str, Any]:
    """Put a body together: what is None or was refused before stays out."""
    wanted = {
        name: value
        for name, value in {**request.extra_body, **optional}.items()
        if value is not None and name not in request.dropped
    }
    return {**wanted, **required}


def refuse(name: str, prompt: Prompt) -> TypeError:
    """Make the error for a prompt that a format cannot put."""
    return TypeError(f"{name} has no way to send a prompt of kind {prompt.kind}")


def first_stops(stop: Sequence[str], most: int) -> list[str] | None:
    """Answer the stops that a server is told, None for none."""
    return list(stop[:most]) or None
