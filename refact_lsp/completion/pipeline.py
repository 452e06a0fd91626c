"""Inline completion from a place in a document to an outcome: the stages in order.

gate -> reuse -> a question at work already -> (delay) -> window -> model -> stop -> clean up.
Everything it needs comes in as arguments; it neither reads files nor knows who asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from refact_lsp.completion.answer import Answer
from refact_lsp.completion.candidate import Outcome, Proposal
from refact_lsp.completion.flights import Flights
from refact_lsp.completion.gate import Kind, Situation, gate
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.completion.reuse import ReuseCache
from refact_lsp.completion.surroundings import surroundings
from refact_lsp.context.budget import estimated_chars, split_budget
from refact_lsp.context.window import Window, cut_window
from refact_lsp.languages.place import Place
from refact_lsp.languages.shape import shape_at
from refact_lsp.languages.table import Language
from refact_lsp.messages import CompletionModel, FimRequest, Finish, Shape

TIMEOUT_S = {Kind.AUTOMATIC: 10.0, Kind.INVOKED: 30.0}
"""Longest wait for a model: somebody who types has long gone on, somebody who asks waits."""


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
    flights: Flights
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
    taken_over = await _taken_over(ask, trace)
    if taken_over is not None:
        return taken_over
    # Also without a delay: a cancel or a newer request that has come already is heard first.
    await asyncio.sleep(ask.delay_s)
    trace.mark("delay", ask.clock())
    request, trace.window = prepare(ask)
    trace.mark("context", ask.clock())
    around = surroundings(at.snapshot, at.position, request.shape, ask.language)
    if _is_line_done(ask, request):
        around = replace(around, is_line_done=True)
        request = replace(request, shape=Shape.MULTI_LINE)
    answer = Answer(around, ask.model.id)
    work = _ask_model(ask, request, answer, trace)
    flight = ask.flights.begin(at.snapshot, at.position, answer, work)
    return await ask.flights.arrival(flight) or Silence(Reason.CANCELLED)


async def _taken_over(ask: Ask, trace: Trace) -> Outcome | None:
    """Wait for a question that is at work already, where its answer may serve here too."""
    at = ask.situation
    found = ask.flights.joinable(at.snapshot, at.position, ask.model.id)
    if found is None:
        return None
    flight, typed = found
    outcome = await ask.flights.arrival(flight, typed)
    trace.mark("taken_over", ask.clock())
    if outcome is None or not typed:
        return outcome
    return ask.reuse.lookup(at.snapshot, at.position)


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


def _is_line_done(ask: Ask, request: FimRequest) -> bool:
    """Tell whether a suggestion was written out to the line's end, so that the next line is wanted.

    Asked for now, it is there when the line break is typed; a model that would end with this line
    has nothing to add. One that answers on this machine is quick enough to be asked then.
    """
    at = ask.situation
    snapshot, position = at.snapshot, at.position
    is_whole = snapshot.prefix_line(position).strip() and not snapshot.suffix_line(position).strip()
    if not is_whole or request.shape is Shape.MULTI_LINE or ask.model.destination is None:
        return False
    return ask.reuse.is_typed_out(snapshot, position)


async def _ask_model(ask: Ask, request: FimRequest, answer: Answer, trace: Trace) -> Outcome:
    try:
        async with asyncio.timeout(TIMEOUT_S[ask.situation.kind]):
            await answer.read(ask.model.stream(request))
    except TimeoutError:
        if not answer.choices:
            return Silence(Reason.TIMEOUT, ask.model.id)
        answer.finish = answer.finish or Finish("truncated")
    trace.mark("model", ask.clock())
    outcome = answer.outcome()
    trace.mark("cleanup", ask.clock())
    if isinstance(outcome, Proposal) and not outcome.candidates[0].is_partial:
        ask.reuse.store(request.snapshot, request.position, outcome)
    return outcome
