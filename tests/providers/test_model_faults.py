"""Servers that refuse, break off or say nothing: one reason each, and no more requests than due.

The ids are those of the table of faults.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from refact_lsp.completion.answer import Answer
from refact_lsp.completion.candidate import Proposal
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.completion.surroundings import surroundings
from refact_lsp.languages.table import language_of
from refact_lsp.messages import Shape, TextDelta
from refact_lsp.net.limits import COMPLETION
from refact_lsp.providers.model import ProviderModel
from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer
from tests.fakes.script import (
    Cut,
    FailsInStream,
    Fault,
    Garbage,
    Instead,
    Refusal,
    Script,
    ScriptFunction,
    Stall,
    always,
    in_turn,
    loading,
)
from tests.providers.asking import ANSWER, CODER, Asker, ask, question

QUOTA = {"error": {"message": "You exceeded your current quota", "code": "insufficient_quota"}}
NOT_HERE = {"error": {"message": "The model `m` does not exist", "code": "model_not_found"}}
IN_STREAM = b'event: error\ndata: {"error": {"message": "it broke", "type": "server_error"}}\n\n'
NO_CHOICES = b'data: {"choices": []}\n\ndata: {"choices": null}\n\ndata: [DONE]\n\n'
LINES = "first = 1\n    second = 2\n    third = 3\n    fourth"
KEY = "sk-canary-4711-abcdefgh"


@pytest.fixture
async def asker() -> AsyncIterator[Asker]:
    async with Asker() as made:
        yield made


@pytest.fixture
async def hasty() -> AsyncIterator[Asker]:
    """Models that wait for a first byte, and for more, for a moment alone."""
    async with Asker(limits=replace(COMPLETION, first_byte_s=0.3, gap_s=0.3)) as made:
        yield made


def serving(script: ScriptFunction | Fault, **options: object) -> FakeModelServer:
    told = script if callable(script) else always(Script(ANSWER, fault=script))
    return FakeModelServer("openai", told, models=(Model(CODER),), **options)  # type: ignore[arg-type] # passed through


def model_at(asker: Asker, server: FakeModelServer, more: str = "") -> ProviderModel:
    return asker.model(f"base_provider: custom\nendpoint: {server.url}\n{more}")


@pytest.mark.parametrize(
    ("fault", "cause", "again"),
    [
        pytest.param(Refusal(400, "no"), "provider_error", 2, id="P1 400"),
        pytest.param(Refusal(401, "wrong key"), "auth_failed", 1, id="P2 401"),
        pytest.param(Refusal(402, "pay"), "no_credit", 1, id="P3 402"),
        pytest.param(Instead(429, QUOTA), "no_credit", 1, id="P3 quota with 429"),
        pytest.param(Refusal(403, "your region"), "auth_failed", 1, id="P4 403"),
        pytest.param(Instead(404, NOT_HERE), "model_missing", 1, id="P5 404 model"),
        pytest.param(
            Instead(200, "<html><title>Log in</title>", content_type="text/html"),
            "provider_error",
            2,
            id="P7 a page with 200",
        ),
        pytest.param(Refusal(408, "late"), "provider_error", 2, id="P8 408"),
        pytest.param(Refusal(504, "late"), "provider_error", 2, id="P8 504"),
        pytest.param(Refusal(409, "conflict"), "provider_error", 2, id="P9 409"),
        pytest.param(Refusal(425, "early"), "provider_error", 2, id="P9 425"),
        pytest.param(Refusal(422, "no"), "provider_error", 2, id="P11 422"),
        pytest.param(Refusal(429, "slow down"), "rate_limited", 1, id="P14 429"),
        pytest.param(Refusal(500, "failed"), "provider_error", 2, id="P15 500"),
        pytest.param(Refusal(502, "gateway"), "provider_error", 2, id="P15 502"),
        pytest.param(Refusal(503, "busy"), "provider_error", 2, id="P15 503"),
        pytest.param(Refusal(529, "busy"), "provider_error", 2, id="P15 529"),
        pytest.param(
            Instead(200, {"error": {"message": "it broke"}}),
            "provider_error",
            2,
            id="P16 error with 200",
        ),
        pytest.param(
            Instead(200, IN_STREAM, content_type="text/event-stream"),
            "provider_error",
            2,
            id="P16 event error",
        ),
        pytest.param(Cut(0, reset=True), "provider_error", 2, id="P22 reset before the first byte"),
        pytest.param(
            Instead(200, b"data: {no sense\n\n", content_type="text/event-stream"),
            "provider_error",
            2,
            id="P25 garbage",
        ),
        pytest.param(
            Instead(200, NO_CHOICES, content_type="text/event-stream"),
            "empty_model_answer",
            2,
            id="P39 no choices",
        ),
        pytest.param(Instead(503, "Loading model"), "model_loading", 1, id="P50 loading"),
    ],
)
async def test_fault_is_told_and_asked_again_only_where_that_may_help(
    asker: Asker, fault: Fault, cause: str, again: int
) -> None:
    async with serving(fault) as server:
        model = model_at(asker, server)
        first, second = await ask(model), await ask(model)
        assert (first.text, first.finish.cause) == ("", cause)
        assert second.text == ""
        assert len(server.generations) == again
        assert set(Reason) >= {first.finish.cause, second.finish.cause}


async def test_refused_key_is_asked_with_once_in_fifty_strokes_P2(asker: Asker) -> None:  # noqa: N802 - the fault's id
    async with serving(always(ANSWER), api_key="right") as server:
        model = model_at(asker, server, "api_key: wrong\n")
        causes = {(await ask(model, question(by_key=n % 10 == 0))).finish.cause for n in range(50)}
        assert causes == {"auth_failed"}
        assert len(server.generations) == 1
        mended = model_at(asker, server, "api_key: right\n")
        asker.services.breakers.of(mended.id).reset()
        assert (await ask(mended)).text == ANSWER


@pytest.mark.parametrize("fault", [Stall(), Stall(0)], ids=["P20 no head", "P20 no first byte"])
async def test_silence_is_waited_for_no_longer_than_the_limit(hasty: Asker, fault: Fault) -> None:
    async with serving(fault) as server:
        assert (await ask(model_at(hasty, server))).finish.cause == "timeout"
        (exchange,) = server.generations
        await asyncio.wait_for(exchange.ended.wait(), 5)
        assert exchange.left_after_s is not None


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        pytest.param((("retry-after", "20"),), 20, id="P12 seconds"),
        pytest.param((("retry-after", "820000000"),), 60, id="P13 26 years"),
        pytest.param((("retry-after", "-5"),), 1, id="P13 negative"),
        pytest.param((("retry-after", "soon"),), 2, id="P13 garbage"),
        pytest.param((("x-ratelimit-reset-requests", "7s"),), 7, id="P14 reset header"),
    ],
)
async def test_rate_limit_is_waited_out_in_silence(
    asker: Asker, headers: tuple[tuple[str, str], ...], wait_s: float
) -> None:
    script = in_turn(Script(fault=Refusal(429, "slow down", headers)), Script(ANSWER))
    async with serving(script) as server:
        model = model_at(asker, server)
        assert (await ask(model)).finish.cause == "rate_limited"
        asker.now_s += wait_s - 0.1
        assert (await ask(model)).finish.cause == "rate_limited"
        assert len(server.generations) == 1
        asker.now_s += 0.2
        assert (await ask(model)).text == ANSWER


async def test_credit_is_asked_for_again_after_a_quarter_of_an_hour_or_by_key_P3(  # noqa: N802 - the fault's id
    asker: Asker,
) -> None:
    async with serving(Refusal(402, "pay")) as server:
        model = model_at(asker, server)
        for wait_s, by_key, requests in ((0, False, 1), (890, False, 1), (0, True, 2)):
            asker.now_s += wait_s
            assert (await ask(model, question(by_key=by_key))).finish.cause == "no_credit"
            assert len(server.generations) == requests
        asker.now_s += 901
        await ask(model)
        assert len(server.generations) == 3


async def test_five_failures_open_the_breaker_and_one_probe_closes_it_P15(asker: Asker) -> None:  # noqa: N802 - the fault's id
    failures = [Script(fault=Refusal(500, "failed"))] * 5
    async with serving(in_turn(*failures, Script(ANSWER))) as server:
        model = model_at(asker, server)
        causes = [(await ask(model)).finish.cause for _ in range(8)]
        assert causes == ["provider_error"] * 5 + ["breaker_open"] * 3
        assert len(server.generations) == 5
        asker.now_s += 15.1
        async with aclosing(model.stream(question())) as events:
            async for _event in events:
                break  # as inline completion leaves an answer of which it has enough
        assert (await ask(model)).text == ANSWER
        assert (await ask(model)).text == ANSWER


async def test_server_that_does_not_run_is_probed_every_five_seconds_P18(asker: Asker) -> None:  # noqa: N802 - the fault's id
    server = serving(always(ANSWER))
    await server.start()
    model = model_at(asker, server)
    await server.stop()
    assert (await ask(model)).finish.cause == "offline"
    await server.start()
    assert (await ask(model)).finish.cause == "offline"
    assert server.generations == []
    asker.now_s += 5.1
    assert (await ask(model)).text == ANSWER
    await server.stop()


async def test_loading_is_waited_for_and_over_after_two_seconds_P50(asker: Asker) -> None:  # noqa: N802 - the fault's id
    async with serving(loading(1, always(ANSWER))) as server:
        model = model_at(asker, server)
        assert [(await ask(model)).finish.cause for _ in range(3)] == ["model_loading"] * 3
        asker.now_s += 2.1
        assert (await ask(model)).text == ANSWER
        assert len(server.generations) == 2


async def proposed(model: ProviderModel, shape: Shape = Shape.MULTI_LINE) -> Proposal | Silence:
    """Read and clean up as inline completion does."""
    asked = question("def f():\n    <cursor>\n", shape=shape)
    language = language_of("python", "a.py")
    answer = Answer(surroundings(asked.snapshot, asked.position, shape, language), "m")
    await answer.read(model.stream(asked))
    return answer.outcome()


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Stall(15), id="P21 stall"),
        pytest.param(Cut(2900, reset=True), id="P22 reset"),
        pytest.param(Cut(2900), id="P24 end without a word"),
        pytest.param(FailsInStream("it broke", 15), id="P16 error in mid-stream"),
    ],
)
async def test_whole_lines_are_kept_of_an_answer_that_breaks_off(
    hasty: Asker, fault: Fault
) -> None:
    async with serving(always(Script(LINES, fault=fault))) as server:
        outcome = await proposed(model_at(hasty, server))
        assert isinstance(outcome, Proposal)
        assert outcome.candidates[0].text == "first = 1\n    second = 2\n    third = 3"
        assert len(server.generations) == 1


async def test_limit_of_tokens_keeps_whole_lines_P40(asker: Asker) -> None:  # noqa: N802 - the fault's id
    async with serving(always(Script(LINES, finish="length"))) as server:
        outcome = await proposed(model_at(asker, server))
        assert isinstance(outcome, Proposal)
        assert outcome.candidates[0].text.endswith("third = 3")


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        pytest.param(Script(finish="content_filter"), "filtered", id="P40 filter"),
        pytest.param(Script(finish="tool_calls"), "empty_model_answer", id="P40 tools"),
        pytest.param(Script(), "empty_model_answer", id="P39 nothing"),
        pytest.param(Script("<think>hm"), "only_reasoning", id="P42 thoughts in the text"),
        pytest.param(Script("  \n  \n"), "dropped_postprocess", id="P41 white space"),
    ],
)
async def test_answer_without_use_says_why(asker: Asker, script: Script, cause: str) -> None:
    async with serving(always(script)) as server:
        outcome = await proposed(model_at(asker, server))
        assert isinstance(outcome, Silence)
        assert outcome.reason == cause


async def test_reasoning_apart_is_no_text_P42(asker: Asker) -> None:  # noqa: N802 - the fault's id
    script = always(Script(reasoning="let me think"))
    async with FakeModelServer("openai", script, models=(Model("m"),)) as server:
        model = asker.model(f"base_provider: custom\nendpoint: {server.url}\n", "m")
        assert (await ask(model)).finish.cause == "only_reasoning"
        assert server.generations[0].request.path == "/v1/chat/completions"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```python\n    value = 1\n```\nThat is it.", id="P41 fence"),
        pytest.param("value = 1<|endoftext|>more", id="P41 special token"),
        pytest.param("value = 1\n" * 1_000, id="P41 a thousand lines"),
    ],
)
async def test_answer_is_cleaned_P41(asker: Asker, text: str) -> None:  # noqa: N802 - the fault's id
    async with serving(always(Script(text, obeys=False))) as server:
        outcome = await proposed(model_at(asker, server))
        assert isinstance(outcome, Proposal)
        assert outcome.candidates[0].text == "value = 1"


async def test_garbage_between_events_is_passed_over_P25(asker: Asker) -> None:  # noqa: N802 - the fault's id
    fault = Garbage(b"data: \xff\xfe{{\n\n", after_tokens=2)
    async with serving(always(Script(ANSWER, fault=fault))) as server:
        assert (await ask(model_at(asker, server))).text == ANSWER


async def test_other_model_that_answers_is_told_P52(asker: Asker) -> None:  # noqa: N802 - the fault's id
    async with serving(always(Script(ANSWER, model="another"))) as server:
        assert (await ask(model_at(asker, server))).text == ANSWER
        assert asker.findings == [f"mine/{CODER} is answered by another model: another."]


@pytest.mark.parametrize(
    "key", ["two words", "two\nlines", "schl\u00fcssel", "k\x00ey", '"quoted"']
)
async def test_text_that_is_no_key_is_never_sent_P48(asker: Asker, key: str) -> None:  # noqa: N802 - the fault's id
    async with serving(always(ANSWER)) as server:
        text = f"base_provider: custom\nendpoint: {server.url}\napi_key: $K\n"
        told = await ask(asker.model(text, environ={"K": key}))
        assert told.finish.cause == "no_key"
        assert key not in told.finish.note
        assert server.exchanges == []


async def test_program_that_gives_the_key_runs_once(asker: Asker, tmp_path: Path) -> None:
    counted, script = tmp_path / "runs", tmp_path / "key"
    script.write_text(f"echo ran >> {counted}\necho {KEY}\n")
    async with serving(always(ANSWER), api_key=KEY) as server:
        model = model_at(asker, server, f"api_key: {{cmd: [sh, {script}]}}\n")
        for _ in range(4):
            assert (await ask(model)).text == ANSWER
        assert counted.read_text().count("ran") == 1


@pytest.mark.parametrize(
    "fault",
    [
        Refusal(400, f"bad: {KEY}"),
        Refusal(401, f"wrong: {KEY}"),
        Refusal(500, f"failed: {KEY}"),
        Instead(200, {"error": {"message": KEY, "code": KEY, "param": KEY}}),
        Instead(200, {"base_resp": {"status_code": 1, "status_msg": KEY}}),
        FailsInStream(f"broke: {KEY}", 1),
        FailsInStream(f"broke: {KEY}", 0),
    ],
    ids=lambda fault: f"{type(fault).__name__} {getattr(fault, 'status', '')}",
)
async def test_key_that_a_server_repeats_is_never_told(
    asker: Asker, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(fault) as server:
        model = model_at(asker, server, f"api_key: {KEY}\nextra_headers: {{X-Team: {KEY}2}}\n")
        told = [await ask(model), await ask(model)]
        assert server.generations[0].request.headers["authorization"] == f"Bearer {KEY}"
        assert server.generations[0].request.headers["x-team"] == f"{KEY}2"
    assert KEY not in f"{told} {asker.findings} {model.endpoint} {caplog.text}"


async def test_connection_closes_when_enough_has_come(asker: Asker) -> None:
    endless = Script("total = 1\n" * 200, tokens_per_s=200, obeys=False)
    async with serving(always(endless)) as server:
        outcome = await proposed(model_at(asker, server), Shape.SINGLE_LINE)
        assert isinstance(outcome, Proposal)
        exchange = server.generations[0]
        await asyncio.wait_for(exchange.ended.wait(), 2)
        assert exchange.left_after_s is not None
        assert exchange.sent.tokens <= 8


async def test_connection_closes_when_the_answer_is_left(asker: Asker) -> None:
    slow = Script("total = 1 + 2 + 3", tokens_per_s=20)
    async with serving(always(slow)) as server:
        async with aclosing(model_at(asker, server).stream(question())) as events:
            async for event in events:
                assert isinstance(event, TextDelta)
                break
        exchange = server.generations[0]
        await asyncio.wait_for(exchange.ended.wait(), 2)
        assert exchange.left_after_s is not None
