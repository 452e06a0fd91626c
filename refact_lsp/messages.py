"""The vocabulary between the parts: what is asked of a model, and what a model streams back.

Pure data. A model that answers inline completions is anything with `CompletionModel`'s shape:
the embedded engine today, a provider behind a wire format tomorrow.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot


class Shape(StrEnum):
    """How much text is wanted at the cursor."""

    SINGLE_LINE = "single_line"
    MULTI_LINE = "multi_line"


@dataclass(frozen=True, slots=True)
class FimRequest:
    """One fill-in-the-middle question.

    `prefix` and `suffix` are the text around the cursor as cut by `context`; they may be shorter
    than the document. `position` is the cursor in `snapshot`. `by_key`: somebody asked for it on
    purpose.
    """

    snapshot: DocumentSnapshot
    position: Position
    prefix: str
    suffix: str
    shape: Shape
    by_key: bool = False


@dataclass(frozen=True, slots=True)
class Destination:
    """Where text may be sent: one instance of a provider, by the name that a policy uses.

    `is_own`: its server is on this machine, or the user marked the instance private.
    """

    instance: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More text of one choice."""

    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """How sure a model is of one choice (0 to 1), and why in a few words for the user.

    `is_partial`: the model knows no further, so it is worth asking again after the next key.
    """

    confidence: float
    note: str
    choice: int = 0
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a stream; `cause` is `stop`, `length`, or a reason why there is no text."""

    cause: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """More of what a model thought aloud; never part of the text that was asked for."""

    text: str
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer took, as its server counts; None is not told, which is not nothing.

    In tokens: `input` holds all of the question, `cached` and `cache_written` are parts of it,
    `reasoning` is a part of `output`. `cost_usd` is the server's own sum.
    """

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    cache_written: int | None = None
    reasoning: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True, slots=True)
class ServedBy:
    """The model that answered, by its server's word; `is_other`: it is not the one asked."""

    model: str
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class ToolCallsIgnored:
    """A model wanted to call tools where none were offered."""

    count: int


class ErrorKind(StrEnum):
    """What a server's refusal comes to, where its words say so."""

    UNKNOWN = "unknown"
    LOADING = "loading"
    MODEL_MISSING = "model_missing"
    NO_SUFFIX = "no_suffix"
    NO_INFILL = "no_infill"
    NO_CHAT = "no_chat"
    ONLY_CHAT = "only_chat"
    CONTEXT_TOO_LONG = "context_too_long"
    BAD_STREAM = "bad_stream"


@dataclass(frozen=True, slots=True)
class ErrorFacts:
    """A server's refusal in its own words: they may quote anything, so redact before showing.

    `code`, `type` and `param` are as the server names them, empty where it does not. `status` is
    the one of HTTP, or the one told in the body; 0: not told. `limit` is the number of tokens that
    would have fit, 0: not told.
    """

    message: str
    kind: ErrorKind = ErrorKind.UNKNOWN
    status: int = 0
    code: str = ""
    type: str = ""
    param: str = ""
    limit: int = 0


StreamEvent = TextDelta | Evidence | Finish
WireEvent = TextDelta | ReasoningDelta | Usage | ServedBy | ToolCallsIgnored | ErrorFacts | Finish
"""What a wire format makes of an answer: `Usage` at most once, and one `Finish` at its end."""


class CompletionModel(Protocol):
    """Anything that answers a `FimRequest` with a stream of events ending in one `Finish`."""

    @property
    def id(self) -> str:
        """`provider/model`, as the user writes it in a role."""

    @property
    def destination(self) -> Destination | None:
        """Where its requests go; None where nothing leaves this process."""

    def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer the events; closing the iterator ends the work."""
