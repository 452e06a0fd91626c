from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

import pytest

from refact_lsp.completion.candidate import Candidate, Proposal
from refact_lsp.completion.flights import Flights
from refact_lsp.completion.gate import Kind, Situation
from refact_lsp.completion.pipeline import Ask, Trace, complete
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.completion.reuse import ReuseCache
from refact_lsp.config.settings import Settings
from refact_lsp.languages.place import place_in_plain_text
from refact_lsp.languages.table import language_of
from refact_lsp.messages import Evidence, FimRequest, Finish, Shape, StreamEvent, TextDelta
from refact_lsp.text.lines import Text
from refact_lsp.text.snapshot import DocumentSnapshot


@dataclass
class ScriptedModel:
    """Streams what it is told to, and notes what it was asked and whether it was closed early."""

    events: list[StreamEvent] = field(default_factory=list)
    hangs: bool = False
    asked: list[FimRequest] = field(default_factory=list)
    closed_early: bool = False

    @property
    def id(self) -> str:
        return "test/scripted"

    @property
    def destination(self) -> None:
        return None

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        self.asked.append(request)
        try:
            for event in self.events:
                yield event
            if self.hangs:
                await asyncio.Event().wait()
        except (GeneratorExit, asyncio.CancelledError):
            self.closed_early = True
            raise


def ask(source: str, model: ScriptedModel, reuse: ReuseCache | None = None) -> Ask:
    before, after = source.split("<cursor>")
    text = Text(before + after)
    snapshot = DocumentSnapshot("file:///a.py", 1, "python", text)
    position = text.position(len(before))
    language = language_of("python", snapshot.uri)
    return Ask(
        situation=Situation(snapshot, position, Kind.AUTOMATIC, Settings()),
        model=model,
        reuse=reuse or ReuseCache(),
        flights=Flights(),
        place=lambda: place_in_plain_text(text, position, language),
        language=language,
        clock=lambda: 0.0,
    )


async def test_text_and_evidence_become_a_candidate() -> None:
    model = ScriptedModel(
        [Evidence(0.8, "seen twice"), TextDelta("f("), TextDelta("1)\n"), Finish("stop")]
    )
    outcome = await complete(ask("x = <cursor>\n", model), Trace(0.0))
    assert outcome == Proposal((Candidate("f(1)", "test/scripted", 0.8, "seen twice"),))


async def test_model_sees_prefix_suffix_and_shape() -> None:
    model = ScriptedModel([Finish("stop")])
    await complete(ask("a = 1\nx = <cursor>\nb = 2\n", model), Trace(0.0))
    (request,) = model.asked
    assert (request.prefix, request.suffix) == ("a = 1\nx = ", "\nb = 2\n")
    assert request.shape is Shape.SINGLE_LINE


async def test_stream_is_closed_as_soon_as_the_line_is_there() -> None:
    model = ScriptedModel([TextDelta("f(1)\n"), TextDelta("never read")], hangs=True)
    outcome = await complete(ask("x = <cursor>\n", model), Trace(0.0))
    assert outcome == Proposal((Candidate("f(1)", "test/scripted"),))
    assert model.closed_early


async def test_answer_that_ends_outside_its_block_is_cut_to_it() -> None:
    model = ScriptedModel([TextDelta("a()\nz = 2"), Finish("stop")])
    outcome = await complete(ask("if x:\n    <cursor>\ny = 1\n", model), Trace(0.0))
    assert isinstance(outcome, Proposal)
    assert outcome.candidates[0].text == "a()"


async def test_choices_are_cleaned_and_told_apart() -> None:
    model = ScriptedModel(
        [
            TextDelta("f(1)", 0),
            TextDelta("g(", 1),
            TextDelta("f(1)  ", 2),
            TextDelta("2)", 1),
            TextDelta("\u202e", 3),
            Finish("stop"),
        ]
    )
    outcome = await complete(ask("x = <cursor>\n", model), Trace(0.0))
    assert isinstance(outcome, Proposal)
    assert [each.text for each in outcome.candidates] == ["f(1)", "g(2)"]


@pytest.mark.parametrize(
    ("events", "silence"),
    [
        ([Finish("unsure", "0.4")], Silence(Reason.UNSURE, "0.4")),
        ([Finish("stop")], Silence(Reason.EMPTY_MODEL_ANSWER)),
        ([], Silence(Reason.EMPTY_MODEL_ANSWER)),
        ([TextDelta("\u202e x")], Silence(Reason.DROPPED_POSTPROCESS, "invisible_characters")),
    ],
)
async def test_empty_answer_has_its_reason(events: list[StreamEvent], silence: Silence) -> None:
    assert await complete(ask("x = <cursor>\n", ScriptedModel(events)), Trace(0.0)) == silence


async def test_gate_keeps_the_model_unasked() -> None:
    model = ScriptedModel([TextDelta("x")])
    outcome = await complete(ask("wo<cursor>rd\n", model), Trace(0.0))
    assert outcome == Silence(Reason.MID_WORD)
    assert model.asked == []


async def test_typing_along_asks_the_model_once() -> None:
    model, reuse = ScriptedModel([TextDelta("f(1)"), Finish("stop")]), ReuseCache()
    await complete(ask("x = <cursor>\n", model, reuse), Trace(0.0))
    outcome = await complete(ask("x = f(<cursor>\n", model, reuse), Trace(0.0))
    assert outcome == Proposal((Candidate("1)", "test/scripted"),), reused=True)
    assert len(model.asked) == 1


async def test_beginning_is_asked_about_again_at_the_next_key() -> None:
    beginning = Evidence(0.8, "", is_partial=True)
    model = ScriptedModel([beginning, TextDelta("func"), Finish("stop")])
    reuse = ReuseCache()
    await complete(ask("x = <cursor>\n", model, reuse), Trace(0.0))
    await complete(ask("x = fu<cursor>\n", model, reuse), Trace(0.0))
    assert len(model.asked) == 2


async def test_slow_model_is_given_up_and_its_stream_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("refact_lsp.completion.pipeline.TIMEOUT_S", dict.fromkeys(Kind, 0.01))
    model = ScriptedModel(hangs=True)
    outcome = await complete(ask("x = <cursor>\n", model), Trace(0.0))
    assert outcome == Silence(Reason.TIMEOUT, "test/scripted")
    assert model.closed_early


async def test_line_that_broke_off_when_time_was_up_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("refact_lsp.completion.pipeline.TIMEOUT_S", dict.fromkeys(Kind, 0.01))
    model = ScriptedModel([TextDelta("a()\n    b(fir")], hangs=True)
    outcome = await complete(ask("if x:\n    <cursor>\n", model), Trace(0.0))
    assert isinstance(outcome, Proposal)
    assert outcome.candidates[0].text == "a()"


async def test_delay_comes_after_reuse_and_before_the_model() -> None:
    model = ScriptedModel([TextDelta("f(1)"), Finish("stop")])
    slow = replace(ask("x = <cursor>\n", model), delay_s=30.0)
    task = asyncio.create_task(complete(slow, Trace(0.0)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert model.asked == []


async def test_every_stage_is_timed() -> None:
    trace = Trace(0.0)
    await complete(ask("x = <cursor>\n", ScriptedModel([TextDelta("f(1)")])), trace)
    assert list(trace.stages) == ["gate", "reuse", "delay", "context", "model", "cleanup"]
