"""A model that sends, behind the privacy gate: judged right before each request."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import cast

from refact_lsp.completion.reasons import Reason
from refact_lsp.messages import CompletionModel, Destination, FimRequest, Finish, StreamEvent
from refact_lsp.privacy.gate import CONTENT, Verdict

Judge = Callable[[FimRequest, Destination], Awaitable[Verdict]]


class JudgedModel:
    """Passes a request on when it may go where the model sends it; else says what forbids it."""

    def __init__(self, model: CompletionModel, destination: Destination, judge: Judge) -> None:
        self._model = model
        self._judge = judge
        self.destination = destination

    @property
    def id(self) -> str:
        """The model's own."""
        return self._model.id

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer the model's events, or one end whose cause is a reason of the gate."""
        verdict = await self._judge(request, self.destination)
        if not verdict.allowed:
            yield Finish(reason_of(verdict), str(verdict))
            return
        stream = cast("AsyncGenerator[StreamEvent, None]", self._model.stream(request))
        async with aclosing(stream) as events:
            async for event in events:
                yield event


def judged(model: CompletionModel, judge: Judge) -> CompletionModel:
    """Put a model that sends behind the gate; one that does not is answered as it is."""
    if model.destination is None or isinstance(model, JudgedModel):
        return model
    return JudgedModel(model, model.destination, judge)


def reason_of(verdict: Verdict) -> Reason:
    """Answer the reason that a refusal gives."""
    return Reason.SECRET_IN_TEXT if verdict.source == CONTENT else Reason.PRIVACY_ZONE
