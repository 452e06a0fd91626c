"""What happened to one request for a suggestion, taken down while it happens.

For who wants to look at it: nothing of what is recorded here changes what is asked or answered.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from refact_lsp.completion.candidate import Outcome
from refact_lsp.completion.stopping import StopDetector
from refact_lsp.completion.surroundings import surroundings
from refact_lsp.languages.table import language_of
from refact_lsp.messages import (
    CompletionModel,
    Destination,
    FimRequest,
    Finish,
    ServedBy,
    StreamEvent,
    TextDelta,
    Usage,
)
from refact_lsp.privacy.gate import Verdict

if TYPE_CHECKING:  # what talks to servers is imported when the user's files name one
    from refact_lsp.config.choose import Choice
    from refact_lsp.config.load import Configuration
    from refact_lsp.net.call import Call
    from refact_lsp.providers.asked_model import Sent


@dataclass(slots=True)
class Attempt:
    """One request on the wire, its headers with keys masked, and why it was refused, if it was."""

    sent: Sent
    headers: Mapping[str, str]
    is_sent: bool = True
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text as it came, in ms since its request was sent."""

    ms: float
    text: str


@dataclass(slots=True)
class Record:
    """All that happened. `raw` is the answer on the wire, `text` what of it goes to the clean-up.

    The configuration is kept because its keys are masked as long as they live.
    """

    clock: Callable[[], float]
    configuration: Configuration | None = None
    choice: Choice | None = None
    model: str = ""
    destination: Destination | None = None
    privacy: Verdict | None = None
    request: FimRequest | None = None
    attempts: list[Attempt] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    text: str = ""
    finish: Finish | None = None
    usage: Usage | None = None
    served_by: str = ""
    stop: str = ""
    outcome: Outcome | None = None
    stages: Mapping[str, float] = field(default_factory=dict)
    total_ms: float | None = None
    _began_s: float = 0.0

    @property
    def raw(self) -> str:
        """The whole text that came."""
        return "".join(each.text for each in self.pieces)

    def heard(self, what: str, at_s: float, of: object) -> None:
        """Take down what happened on the wire."""
        if what == "sent":
            self.attempted(*cast("tuple[Sent, Call]", of))
            self._began_s = at_s
            self.pieces.clear()
        elif what == "refused":
            self.attempts[-1].refusal = str(of)
        elif isinstance(of, Usage):
            self.usage = of
        elif isinstance(of, ServedBy):
            self.served_by = of.model
        elif isinstance(of, TextDelta) and of.choice == 0:
            self.pieces.append(Piece(self._ms(at_s), of.text))

    def attempted(self, sent: Sent, call: Call, *, is_sent: bool = True) -> None:
        """Take down what is posted, or would be."""
        from refact_lsp.net.request import headers_shown  # noqa: PLC0415 - imported with the models

        self.attempts.append(Attempt(sent, headers_shown(call), is_sent=is_sent))

    def asked(self, request: FimRequest) -> None:
        """Take down the question, before anything is sent."""
        self.request, self._began_s = request, self.clock()

    def answered(self, event: StreamEvent) -> None:
        """Take down what the model passes on; one in this process is on no wire."""
        if isinstance(event, Finish):
            self.finish = event
        elif isinstance(event, TextDelta) and event.choice == 0:
            self.text += event.text
            if not self.attempts:
                self.pieces.append(Piece(self._ms(self.clock()), event.text))

    def ended(self) -> None:
        """Take down the end of the answer, and what ended it."""
        self.total_ms = self._ms(self.clock())
        if (request := self.request) is None:
            return
        snapshot = request.snapshot
        language = language_of(snapshot.language_id, snapshot.uri)
        around = surroundings(snapshot, request.position, request.shape, language)
        detector = StopDetector(around)
        detector.feed(self.text)
        self.stop = detector.why

    def _ms(self, at_s: float) -> float:
        return round((at_s - self._began_s) * 1000, 1)


class Recorded:
    """A model whose questions and answers are taken down."""

    def __init__(self, model: CompletionModel, record: Record) -> None:
        self._model = model
        self._record = record

    @property
    def id(self) -> str:
        """The model's own."""
        return self._model.id

    @property
    def destination(self) -> Destination | None:
        """The model's own."""
        return self._model.destination

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer the model's events."""
        self._record.asked(request)
        stream = cast("AsyncGenerator[StreamEvent, None]", self._model.stream(request))
        try:
            async with aclosing(stream) as events:
                async for event in events:
                    self._record.answered(event)
                    yield event
        finally:
            self._record.ended()
