"""Asking servers for their models, against fakes of each kind, well and not."""

from __future__ import annotations

import pytest

from refact_lsp.net.errors import Kind
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.discovery.discover import discover_all
from refact_lsp.providers.known import KnownModels
from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer
from tests.fakes.script import Instead, Request, Script, ScriptFunction, always, loading
from tests.providers.discovery.servers import CANARY, ask, client, instance, unused_port

CODER = Model("qwen2.5-coder:7b", n_ctx=4096, n_ctx_max=32768)
MODELS = (CODER, Model("nomic-embed", dimensions=8))
FAMILIES = {
    "ollama": "ollama",
    "llamacpp": "llamacpp",
    "lmstudio": "lmstudio",
    "vllm": "vllm",
    "refact": "refact_server",
    "openai": "custom",
}


def only(path: str, script: Script) -> ScriptFunction:
    """Answer so at one path."""
    return lambda request: script if request.path == path else Script()


@pytest.mark.parametrize("family", FAMILIES)
async def test_every_kind_of_server_tells_its_models(family: str) -> None:
    models = (CODER,) if family == "llamacpp" else MODELS
    async with FakeModelServer(family, always(""), models=models) as server:
        found = await ask(instance(FAMILIES[family], server.url))
    assert (found.error, found.sentence) == (None, "")
    assert {each.name for each in found.models} == {each.name for each in models}
    coder = next(each for each in found.models if each.name == CODER.name)
    assert coder.context == (0 if family == "openai" else 4096)


async def test_what_is_found_is_known_by_the_server_it_is_at() -> None:
    known = KnownModels()
    async with FakeModelServer("ollama", always(""), models=MODELS) as server:
        asked = instance("ollama", server.url)
        await ask(asked, known)
        coder = known.of("mine", server.url, CODER.name)
    assert (coder.takes_suffix, coder.context, coder.context_max) == (True, 4096, 32768)


async def test_list_leaves_what_was_learned_in_use() -> None:
    known = KnownModels()
    async with FakeModelServer("openai", always(""), models=MODELS) as server:
        known.learn("mine", server.url, CODER.name, takes_suffix=False, chars_per_token=2.5)
        await ask(instance("custom", server.url), known)
        coder = known.of("mine", server.url, CODER.name)
    assert (coder.takes_suffix, coder.chars_per_token) == (False, 2.5)


async def test_server_that_is_not_started_is_told_with_its_port() -> None:
    port = unused_port()
    found = await ask(instance("ollama", f"http://127.0.0.1:{port}"))
    assert found.error is not None
    assert found.error.kind is Kind.NOT_RUNNING
    assert found.sentence == (
        f"mine: nothing listens at 127.0.0.1:{port}. Start Ollama, or correct `endpoint` in "
        "mine.yaml."
    )


async def test_server_that_still_loads_is_told() -> None:
    known = KnownModels()
    async with FakeModelServer("llamacpp", loading(1, always("")), models=(CODER,)) as server:
        asked = instance("llamacpp", server.url)
        known.learn("mine", server.url, CODER.name, context=4096)
        found = await ask(asked, known)
        assert found.error is not None
        assert found.error.kind is Kind.LOADING
        assert "still loading" in found.sentence
        assert known.of("mine", server.url, CODER.name).is_loading
        await ask(asked, known)
        assert not known.of("mine", server.url, CODER.name).is_loading


async def test_model_whose_properties_still_load_is_loading() -> None:
    busy = Script(fault=Instead(503, {"error": {"message": "Loading model"}}))
    async with FakeModelServer("llamacpp", only("/props", busy), models=(CODER,)) as server:
        found = await ask(instance("llamacpp", server.url))
    assert [each.is_loading for each in found.models] == [True]


@pytest.mark.parametrize(("path", "right"), [("/v1/v1", "/v1"), ("/api", "/api/v1")])
async def test_wrong_base_is_told_with_the_right_one(path: str, right: str) -> None:
    listed = Instead(200, {"data": [{"id": "m"}]})

    def script(request: Request) -> Script:
        is_there = request.path == f"{right}/models"
        return Script(fault=listed if is_there else Instead(404, {"detail": "Not Found"}))

    async with FakeModelServer("vllm", script) as server:
        found = await ask(instance("custom", server.url + path))
        assert [each.name for each in found.models] == ["m"]
        assert f"write `endpoint: {server.url}{right}` into its file" in found.sentence


async def test_list_that_is_nowhere_is_told_and_no_harm() -> None:
    nothing = always(Script(fault=Instead(404, {"detail": "Not Found"})))
    async with FakeModelServer("vllm", nothing) as server:
        found = await ask(instance("custom", server.url))
        assert [each.request.path for each in server.exchanges] == ["/v1/models", "/models"]
    assert found.error is not None
    assert found.error.kind is Kind.PATH_MISSING


async def test_web_page_is_told_from_a_list() -> None:
    page = always(Script(fault=Instead(200, "<!doctype html><title>hi</title>", (), "text/html")))
    async with FakeModelServer("ollama", page) as server:
        found = await ask(instance("ollama", server.url))
    assert found.error is not None
    assert found.error.kind is Kind.NOT_AN_API
    assert "answers with a web page, not with a list of models" in found.sentence


async def test_answer_that_is_json_but_no_list_is_told() -> None:
    async with FakeModelServer("ollama", always(Script(fault=Instead(200, {"a": 1})))) as server:
        found = await ask(instance("ollama", server.url))
    assert found.error is not None
    assert "not with a list of models" in found.sentence


async def test_answer_that_is_no_json_is_told() -> None:
    said = always(Script(fault=Instead(200, "hello", (), "text/plain")))
    async with FakeModelServer("ollama", said) as server:
        found = await ask(instance("ollama", server.url))
    assert found.error is not None
    assert found.error.kind is Kind.PROTOCOL


async def test_refused_key_is_told_without_it() -> None:
    more = f"auth: key\napi_key: {CANARY}\n"
    async with FakeModelServer("openai", always(""), api_key="another") as server:
        found = await ask(instance("custom", server.url, more))
        assert server.exchanges[0].request.headers["authorization"] == f"Bearer {CANARY}"
    assert found.error is not None
    assert found.error.kind is Kind.AUTH
    assert CANARY not in found.sentence + repr(found)


async def test_right_key_opens_the_list() -> None:
    more = f"auth: key\napi_key: {CANARY}\n"
    async with FakeModelServer("openai", always(""), api_key=CANARY, models=MODELS) as server:
        found = await ask(instance("custom", server.url, more))
    assert len(found.models) == 2


async def test_instance_that_is_off_is_never_asked() -> None:
    async with FakeModelServer("ollama", always("")) as server:
        found = await ask(instance("ollama", server.url, "enabled: false\n"))
        assert server.exchanges == []
    assert "was not asked" in found.sentence


async def test_older_lmstudio_is_asked_where_its_list_was() -> None:
    def script(request: Request) -> Script:
        if request.path == "/api/v0/models":
            return Script(fault=Instead(200, {"data": [{"id": "old", "type": "llm"}]}))
        return Script(fault=Instead(200, {"error": "Unexpected endpoint or method."}))

    async with FakeModelServer("lmstudio", script) as server:
        found = await ask(instance("lmstudio", f"{server.url}/v1"))
    assert [each.name for each in found.models] == ["old"]


async def test_older_refact_server_is_asked_where_its_caps_were() -> None:
    caps = {"code_completion_models": {"starcoder/1b/base": {"n_ctx": 2048}}}

    def script(request: Request) -> Script:
        is_there = request.path == "/coding_assistant_caps.json"
        return Script(fault=Instead(200, caps) if is_there else Instead(404, {"detail": "no"}))

    async with FakeModelServer("refact", script) as server:
        found = await ask(instance("refact_server", server.url))
    assert [(each.name, each.context) for each in found.models] == [("starcoder/1b/base", 2048)]


async def test_ten_thousand_models_do_no_harm() -> None:
    listed = {"data": [{"id": f"m{n}"} for n in range(12_000)]}
    async with FakeModelServer("openai", always(Script(fault=Instead(200, listed)))) as server:
        found = await ask(instance("custom", server.url))
    assert (len(found.models), found.error) == (10_000, None)


async def test_one_model_that_cannot_be_shown_hides_no_other() -> None:
    broken = Script(fault=Instead(500, {"error": "it broke"}))
    async with FakeModelServer("ollama", only("/api/show", broken), models=MODELS) as server:
        found = await ask(instance("ollama", server.url))
    assert [each.takes_suffix for each in found.models] == [None, None]


async def test_several_instances_are_asked_and_one_failure_is_its_own() -> None:
    async with FakeModelServer("ollama", always(""), models=MODELS) as server, client() as made:
        asked = [
            instance("ollama", server.url),
            instance("ollama", f"http://127.0.0.1:{unused_port()}"),
            instance("openai", server.url, "api_key: x\n"),
        ]
        found = await discover_all(asked, made, Keys(), KnownModels())
    assert [each.is_list for each in found] == [True, False]


async def test_no_text_but_names_of_models_is_sent() -> None:
    async with FakeModelServer("ollama", always(""), models=(CODER,)) as server:
        await ask(instance("ollama", server.url))
        bodies = {each.request.body for each in server.exchanges}
    assert bodies == {b"", b'{"model": "qwen2.5-coder:7b"}'}
