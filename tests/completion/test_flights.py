"""Typing while a model thinks: one question serves the keys that agree with its answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from refact_lsp.completion.candidate import Outcome, Proposal
from refact_lsp.completion.flights import LET_GO_S, Flights
from refact_lsp.completion.gate import Kind, Situation
from refact_lsp.completion.pipeline import Ask, Trace, complete
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.completion.reuse import ReuseCache
from refact_lsp.config.settings import Settings
from refact_lsp.languages.place import place_in_plain_text
from refact_lsp.languages.table import language_of
from refact_lsp.messages import Destination, FimRequest, Finish, Shape, StreamEvent, TextDelta
from refact_lsp.text.lines import Text
from refact_lsp.text.snapshot import DocumentSnapshot


@dataclass
class SlowModel:
    """Answers when it is told to; counts its questions and those that were closed early."""

    id: str = "test/slow"
    destination: Destination | None = None
    pieces: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    asked: list[FimRequest] = field(default_factory=list)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        self.asked.append(request)
        try:
            while piece := await self.pieces.get():
                yield TextDelta(piece)
            yield Finish("stop")
        except (GeneratorExit, asyncio.CancelledError):
            self.closed.set()
            raise


@dataclass
class Desk:
    """Asks at places of one document, as keys come."""

    model: SlowModel = field(default_factory=SlowModel)
    flights: Flights = field(default_factory=Flights)
    reuse: ReuseCache = field(default_factory=ReuseCache)

    def ask(self, source: str) -> asyncio.Task[Outcome]:
        before, after = source.split("<cursor>")
        text = Text(before + after)
        snapshot = DocumentSnapshot("file:///a.py", len(source), "python", text)
        position = text.position(len(before))
        language = language_of("python", snapshot.uri)
        wanted = Ask(
            situation=Situation(snapshot, position, Kind.AUTOMATIC, Settings()),
            model=self.model,
            reuse=self.reuse,
            flights=self.flights,
            place=lambda: place_in_plain_text(text, position, language),
            language=language,
            clock=lambda: 0.0,
        )
        return asyncio.create_task(complete(wanted, Trace(0.0)))

    async def key(self, before: asyncio.Task[Outcome], source: str) -> asyncio.Task[Outcome]:
        """Type on: the request before is cancelled, and a new one comes."""
        await settled()
        before.cancel()
        return self.ask(source)

    def say(self, *pieces: str) -> None:
        for piece in pieces:
            self.model.pieces.put_nowait(piece)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def text_of(outcome: Outcome) -> str:
    assert isinstance(outcome, Proposal), outcome
    return outcome.candidates[0].text


async def test_keys_typed_while_the_model_thinks_are_served_by_one_question() -> None:
    desk = Desk()
    last = desk.ask("x = <cursor>\n")
    for typed in ("c", "co", "com"):
        last = await desk.key(last, f"x = {typed}<cursor>\n")
    await settled()
    desk.say("compute(1)\n")
    assert text_of(await last) == "pute(1)"
    assert len(desk.model.asked) == 1


async def test_key_that_disagrees_with_the_answer_asks_anew_at_once() -> None:
    desk = Desk()
    first = desk.ask("x = <cursor>\n")
    await settled()
    desk.say("comp")
    second = await desk.key(first, "x = d<cursor>\n")
    await asyncio.wait_for(desk.model.closed.wait(), 5)
    desk.say("ef(2)\n")
    assert text_of(await second) == "ef(2)"
    assert len(desk.model.asked) == 2


async def test_sealed_question_is_taken_over_by_nobody_and_answers_who_waits() -> None:
    desk = Desk()
    first = desk.ask("x = <cursor>\n")
    await settled()
    desk.flights.seal()
    desk.say("compute(1)\n")
    assert text_of(await first) == "compute(1)"


async def test_key_that_agrees_with_a_sealed_question_asks_anew() -> None:
    desk = Desk()
    first = desk.ask("x = <cursor>\n")
    await settled()
    desk.flights.seal()
    second = await desk.key(first, "x = c<cursor>\n")
    await asyncio.wait_for(desk.model.closed.wait(), 5)
    desk.say("ompute(1)\n")
    assert text_of(await second) == "ompute(1)"
    assert len(desk.model.asked) == 2


async def test_answer_that_turns_out_different_lets_the_waiting_key_ask_anew() -> None:
    desk = Desk()
    first = desk.ask("x = <cursor>\n")
    second = await desk.key(first, "x = d<cursor>\n")
    await settled()
    desk.say("comp")
    await asyncio.wait_for(desk.model.closed.wait(), 5)
    desk.say("ef(2)\n")
    assert text_of(await second) == "ef(2)"


@pytest.mark.parametrize("changed", ["y = c<cursor>\n", "x = c<cursor>\nz\n", "a\nx = c<cursor>\n"])
async def test_question_of_another_text_is_not_taken_over(changed: str) -> None:
    desk = Desk()
    first = desk.ask("x = <cursor>\n")
    second = await desk.key(first, changed)
    await settled()
    assert desk.model.closed.is_set() or len(desk.model.asked) == 2
    second.cancel()


async def test_question_that_nobody_waits_for_is_closed_after_a_moment() -> None:
    desk = Desk()
    first = desk.ask("x = <cursor>\n")
    await settled()
    begun = asyncio.get_running_loop().time()
    first.cancel()
    await asyncio.wait_for(desk.model.closed.wait(), 5)
    assert asyncio.get_running_loop().time() - begun >= LET_GO_S * 0.9


async def test_storm_of_requests_and_cancels_asks_the_model_once() -> None:
    desk = Desk()
    last = desk.ask("x = <cursor>\n")
    for _ in range(100):
        last = await desk.key(last, "x = <cursor>\n")
    await settled()
    desk.say("f(1)\n")
    assert text_of(await last) == "f(1)"
    assert len(desk.model.asked) == 1


async def test_empty_answer_is_not_kept_for_what_was_typed_since() -> None:
    desk = Desk()
    first = desk.ask("x = <cursor>\n")
    second = await desk.key(first, "x = c<cursor>\n")
    await settled()
    desk.say("")
    await settled()
    desk.say("all(2)\n")
    assert text_of(await second) == "all(2)"


async def test_closed_document_ends_its_question() -> None:
    desk = Desk()
    first = desk.ask("x = <cursor>\n")
    await settled()
    desk.flights.close("file:///a.py")
    assert await first == Silence(Reason.CANCELLED)
    assert desk.model.closed.is_set()


async def test_question_for_one_line_is_not_taken_over_on_the_next() -> None:
    desk = Desk()
    first = desk.ask("x = 1<cursor>\n")
    second = await desk.key(first, "x = 1\n<cursor>\n")
    await settled()
    assert len(desk.model.asked) == 2
    desk.say("y = 2\n")
    assert text_of(await second) == "y = 2"


async def test_line_that_is_written_out_asks_for_the_one_below() -> None:
    desk = served_desk()
    desk.say("compute(1)\n")
    await desk.ask("x = <cursor>\n")
    done = desk.ask("x = compute(1)<cursor>\n")
    desk.say("\ny = 2", "\nz = 3\n")
    assert text_of(await done) == "\ny = 2"
    assert desk.model.asked[-1].shape is Shape.MULTI_LINE


async def test_line_break_takes_over_the_question_for_the_line_below() -> None:
    desk = served_desk()
    desk.say("compute(1)\n")
    await desk.ask("    x = <cursor>\n")
    done = desk.ask("    x = compute(1)<cursor>\n")
    below = await desk.key(done, "    x = compute(1)\n    <cursor>\n")
    await settled()
    desk.say("\n    y = 2\n")
    assert text_of(await below) == "y = 2"
    assert len(desk.model.asked) == 2


async def test_line_below_that_stands_there_already_is_not_proposed() -> None:
    desk = served_desk()
    desk.say("compute(1)\n")
    await desk.ask("x = <cursor>\nyes = 2\n")
    done = desk.ask("x = compute(1)<cursor>\nyes = 2\n")
    desk.say("\nyes = 2\n")
    assert not isinstance(await done, Proposal)


async def test_line_below_may_begin_as_the_one_above_it() -> None:
    desk = served_desk()
    desk.say("compute(1)\n")
    await desk.ask("x = <cursor>\n")
    done = desk.ask("x = compute(1)<cursor>\n")
    desk.say("\nx = compute(1).result\n")
    assert text_of(await done) == "\nx = compute(1).result"


def served_desk() -> Desk:
    return Desk(SlowModel(destination=Destination("box", is_own=True)))
