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


StreamEvent = TextDelta | Evidence | Finish


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
