"""How a model is best asked, found out at fakes; the real server is asked in tests/models."""

from __future__ import annotations

import pytest

from refact_lsp.net.errors import Kind
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.endpoint import Endpoint, endpoint_of
from refact_lsp.providers.fim.ways import WayKind
from refact_lsp.providers.known import KnownModels
from refact_lsp.providers.probing import Probed, probe
from refact_lsp.providers.silent_cut import prompt_is_cut
from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer
from tests.fakes.script import Cut, Instead, Request, Script, always
from tests.providers.discovery.servers import CANARY, client, instance, unused_port

QWEN, STRANGER = "qwen2.5-coder:7b", "stranger"


def endpoint(family: str, url: str, model: str, more: str = "") -> Endpoint:
    text = f"completion_models: {{'{model}': {{}}}}\n{more}"
    found = endpoint_of(instance(family, url, text), model)
    assert found is not None
    return found


async def probed(asked: Endpoint, known: KnownModels | None = None) -> Probed:
    async with client() as made:
        return await probe(asked, made, Keys(), known if known is not None else KnownModels())


def outcomes(found: Probed) -> list[tuple[str, bool]]:
    return [(each.way.kind, not each.problem) for each in found.tried]


async def test_suffix_that_works_is_the_first_and_only_way_tried() -> None:
    said = Script("welcome_text_417")
    async with FakeModelServer("ollama", always(said), models=(Model(QWEN),)) as server:
        known = KnownModels()
        found = await probed(endpoint("ollama", server.url, QWEN), known)
        assert known.of("mine", server.url, QWEN).good_way == (WayKind.SUFFIX, "ollama_native")
    assert outcomes(found) == [("suffix", True)]
    assert (found.saw_suffix, found.served_by, found.error) == (True, "", None)
    assert found.ms_to_first_token > 0


async def test_model_without_insertion_is_asked_with_its_tokens() -> None:
    models = (Model(QWEN, inserts=False),)
    async with FakeModelServer("ollama", always("x"), models=models) as server:
        known = KnownModels()
        found = await probed(endpoint("ollama", server.url, QWEN), known)
        refused = known.of("mine", server.url, QWEN).refused
        assert refused == {(WayKind.SUFFIX, "ollama_native")}
    assert outcomes(found) == [("suffix", False), ("tokens", True)]
    assert "does not support insert" in found.tried[0].problem


async def test_model_that_only_converses_is_asked_so() -> None:
    models = (Model(STRANGER, completes=False),)
    async with FakeModelServer("openai", always("<fill>x</fill>"), models=models) as server:
        found = await probed(endpoint("custom", server.url, STRANGER))
    assert found.way is not None
    assert found.way.kind is WayKind.CHAT
    assert all(each.problem for each in found.tried[:-1])


async def test_server_that_refuses_every_way_is_told() -> None:
    refuses = always(Script(fault=Instead(400, {"error": {"message": "no"}})))
    async with FakeModelServer("openai", refuses, models=(Model(STRANGER),)) as server:
        found = await probed(endpoint("custom", server.url, STRANGER))
    assert (found.way, found.error) == (None, None)
    assert found.sentence == "mine/stranger: its server refuses every way of asking."


async def test_server_that_fails_for_now_closes_no_way() -> None:
    fails = always(Script(fault=Instead(500, {"error": {"message": "it broke"}})))
    async with FakeModelServer("openai", fails, models=(Model(STRANGER),)) as server:
        known = KnownModels()
        found = await probed(endpoint("custom", server.url, STRANGER), known)
        assert known.of("mine", server.url, STRANGER).refused == frozenset()
    assert found.way is None


async def test_answer_that_breaks_off_is_no_way_that_works() -> None:
    cut = always(Script("one two three four five six", fault=Cut(after_bytes=400, reset=True)))
    async with FakeModelServer("openai", cut, models=(Model(STRANGER),)) as server:
        known = KnownModels()
        found = await probed(endpoint("custom", server.url, STRANGER), known)
        assert known.of("mine", server.url, STRANGER).refused == frozenset()
    assert found.way is None
    assert all(each.problem for each in found.tried)


@pytest.mark.parametrize("text", ["I am sorry.", "```\nx\n```\nand more " + "words " * 40])
async def test_answer_is_read_to_its_end_whatever_can_be_inserted(text: str) -> None:
    models = (Model(STRANGER, completes=False),)
    async with FakeModelServer("openai", always(Script(text)), models=models) as server:
        found = await probed(endpoint("custom", server.url, STRANGER))
    assert found.way is not None
    assert found.tokens == server.generations[-1].sent.tokens > 0


async def test_server_that_is_not_started_is_asked_once() -> None:
    found = await probed(endpoint("custom", f"http://127.0.0.1:{unused_port()}", STRANGER))
    assert found.error is not None
    assert found.error.kind is Kind.NOT_RUNNING
    assert len(found.tried) == 1


async def test_other_model_that_answers_is_named() -> None:
    said = Script("x", model="something-else")
    async with FakeModelServer("ollama", always(said), models=(Model(QWEN),)) as server:
        found = await probed(endpoint("ollama", server.url, QWEN))
    assert found.served_by == "something-else"


async def test_refused_parameter_is_left_out_in_the_same_way() -> None:
    def script(request: Request) -> Script:
        if "temperature" in request.json():
            message = "Unsupported parameter: temperature"
            return Script(fault=Instead(400, {"error": {"message": message}}))
        return Script("x")

    async with FakeModelServer("openai", script, models=(Model(QWEN),)) as server:
        known = KnownModels()
        found = await probed(endpoint("vllm", server.url, QWEN), known)
        assert known.of("mine", server.url, QWEN).dropped == {"temperature"}
    assert outcomes(found) == [("tokens", True)]


async def test_key_stands_in_nothing_that_is_found() -> None:
    more = f"auth: key\napi_key: {CANARY}\n"

    def script(request: Request) -> Script:
        said = f"bad key {request.headers.get('authorization')}"
        return Script(fault=Instead(401, {"error": {"message": said}}))

    async with FakeModelServer("openai", script, models=(Model(QWEN),)) as server:
        found = await probed(endpoint("custom", server.url, QWEN, more))
    assert CANARY not in repr(found) + found.sentence
    assert found.error is not None
    assert found.error.kind is Kind.AUTH


async def test_completion_switched_off_in_the_file_is_told() -> None:
    found = await probed(endpoint("custom", "http://127.0.0.1:9", QWEN, "fim: {mode: off}\n"))
    assert (found.tried, found.sentence) == (
        (),
        f"mine/{QWEN}: `fim: {{mode: off}}` stands in its file.",
    )


@pytest.mark.parametrize(("n_ctx", "is_cut"), [(1024, True), (32768, False)])
async def test_prompt_that_is_cut_in_silence_is_noticed(n_ctx: int, *, is_cut: bool) -> None:
    models = (Model(QWEN, n_ctx=n_ctx),)
    async with FakeModelServer("ollama", always("x"), models=models) as server, client() as made:
        asked = endpoint("custom", server.url, QWEN)  # its layer that cannot be told a context
        said = await prompt_is_cut(asked, made, Keys(), KnownModels())
    assert bool(said) is is_cut
    assert not said or "its server read 1024 of about" in said
