"""Inline completion from a place in a document to an outcome: the stages in order.

gate -> reuse -> (delay) -> window -> model -> stop -> clean up. Everything it needs comes in as
arguments; it neither reads files nor knows who asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast

from refact_lsp.completion.candidate import Candidate, Outcome, Proposal
from refact_lsp.completion.cleanup import Dropped, clean, draft
from refact_lsp.completion.gate import Kind, Situation, gate
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.completion.reuse import ReuseCache
from refact_lsp.completion.stopping import StopDetector
from refact_lsp.context.budget import estimated_chars, split_budget
from refact_lsp.context.window import Window, cut_window
from refact_lsp.languages.place import Place
from refact_lsp.languages.shape import shape_at
from refact_lsp.languages.table import Language
from refact_lsp.messages import (
    CompletionModel,
    Evidence,
    FimRequest,
    Finish,
    StreamEvent,
    TextDelta,
)

TIMEOUT_S = 5.0
"""Longest wait for a model; somebody who types has long gone on."""


PROMPT_TOKENS = 1_500
"""What the window around the cursor may take of a model's context, where nothing says otherwise."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question with all that answers it.

    `place` is what the syntax says about the cursor; `previous` is the window of the request
    before in this document, so that the cut stays where it was.
    """

    situation: Situation
    model: CompletionModel
    reuse: ReuseCache
    place: Callable[[], Place]
    language: Language | None
    clock: Callable[[], float]
    previous: Window | None = None
    delay_s: float = 0.0
    prompt_tokens: int = PROMPT_TOKENS


@dataclass(slots=True)
class Trace:
    """What happened to one request: the time each stage ended, in ms from its start.

    `model` is the id of the one it was for, which may not be the one in force by now.
    """

    started_s: float
    model: str = ""
    stages: dict[str, float] = field(default_factory=dict)
    window: Window | None = None

    def mark(self, stage: str, now_s: float) -> None:
        """Note the end of a stage."""
        self.stages[stage] = round((now_s - self.started_s) * 1000, 2)


async def complete(ask: Ask, trace: Trace) -> Outcome:
    """Answer candidates or the reason why there are none."""
    at = ask.situation
    silence = gate(at)
    trace.mark("gate", ask.clock())
    if silence is not None:
        return silence
    known = ask.reuse.lookup(at.snapshot, at.position)
    trace.mark("reuse", ask.clock())
    if known is not None:
        return known
    # Also without a delay: a cancel or a newer request that has come already is heard first.
    await asyncio.sleep(ask.delay_s)
    trace.mark("delay", ask.clock())
    request, trace.window = prepare(ask)
    trace.mark("context", ask.clock())
    outcome = await _ask_model(ask, request, trace)
    if isinstance(outcome, Proposal) and not outcome.candidates[0].is_partial:
        ask.reuse.store(at.snapshot, at.position, outcome)
    return outcome


def prepare(ask: Ask) -> tuple[FimRequest, Window]:
    """Cut the window around the cursor and say how much text is wanted."""
    at = ask.situation
    place = ask.place()
    text = at.snapshot.text
    before = text.offset(at.position)
    share = split_budget(
        estimated_chars(ask.prompt_tokens), prefix=before, suffix=len(text) - before
    )
    window = cut_window(
        text,
        at.position,
        place,
        max_prefix_chars=share.prefix,
        max_suffix_chars=share.suffix,
        previous=ask.previous,
    )
    shape = shape_at(text, at.position, place, ask.language)
    by_key = at.kind is Kind.INVOKED
    request = FimRequest(at.snapshot, at.position, window.prefix, window.suffix, shape, by_key)
    return request, window


async def _ask_model(ask: Ask, request: FimRequest, trace: Trace) -> Outcome:
    answer = _Answer(request)
    try:
        async with asyncio.timeout(TIMEOUT_S):
            await answer.read(ask.model.stream(request))
    except TimeoutError:
        if not answer.choices:
            return Silence(Reason.TIMEOUT, ask.model.id)
    trace.mark("model", ask.clock())
    outcome = answer.outcome(ask.model.id)
    trace.mark("cleanup", ask.clock())
    return outcome


@dataclass(slots=True)
class _Answer:
    """A stream as it is being read."""

    request: FimRequest
    choices: dict[int, StopDetector] = field(default_factory=dict)
    evidence: dict[int, Evidence] = field(default_factory=dict)
    finish: Finish | None = None

    async def read(self, stream: AsyncIterator[StreamEvent]) -> None:
        """Read until the model ends or every choice is complete; then the stream is closed."""
        async with aclosing(cast("AsyncGenerator[StreamEvent, None]", stream)) as events:
            async for event in events:
                self._take(event)
                if self.finish is not None:
                    return

    def _take(self, event: StreamEvent) -> None:
        match event:
            case TextDelta(text, choice):
                shape = self.request.shape
                self.choices.setdefault(choice, StopDetector(shape)).feed(text)
                if all(each.done for each in self.choices.values()) and len(self.choices) == 1:
                    self.finish = Finish("stop")
            case Evidence():
                self.evidence[event.choice] = event
            case Finish():
                self.finish = event

    def outcome(self, source: str) -> Outcome:
        """Clean every choice; the first rule that dropped one is the reason if none is left."""
        if not self.choices:
            return _why_silent(self.finish)
        kept: dict[str, Candidate] = {}
        rules: list[str] = []
        for choice, detector in self.choices.items():
            at = self.request
            result = clean(draft(detector.text, at.snapshot, at.position, at.shape))
            if isinstance(result, Dropped):
                rules.append(result.rule)
                continue
            known = self.evidence.get(choice, Evidence(1.0, ""))
            candidate = Candidate(
                result.text,
                source,
                known.confidence,
                known.note,
                result.overwrite,
                known.is_partial,
            )
            kept.setdefault(candidate.text, candidate)
        if kept:
            return Proposal(tuple(kept.values()))
        return Silence(Reason.DROPPED_POSTPROCESS, rules[0])


def _why_silent(finish: Finish | None) -> Silence:
    if finish is None or finish.cause not in set(Reason):
        return Silence(Reason.EMPTY_MODEL_ANSWER)
    return Silence(Reason(finish.cause), finish.note)
