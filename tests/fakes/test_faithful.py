"""The fake servers against the vendors' own packages, and against what a real server said."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import ollama
import openai
import pytest

from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer
from tests.fakes.script import FailsInStream, Refusal, Script, ScriptFunction, always
from tests.models import recordings
from tests.models.recordings import NO_TLS, QUESTIONS, Question

CODER = Model("coder:1.5b", n_ctx=2048)
MODELS = (CODER, Model("chat", completes=False, inserts=False), Model("vectors", dimensions=8))
ALL = ("openai", "vllm", "lmstudio", "ollama", "llamacpp", "refact")
OPENAI_LIKE = ("openai", "vllm", "lmstudio", "ollama", "llamacpp")
ANSWER = Script("a + b\n", reasoning="", first_token_s=0.001, tokens_per_s=5000)


@asynccontextmanager
async def served(
    family: str, script: ScriptFunction | Script = ANSWER, **options: Any
) -> AsyncIterator[tuple[FakeModelServer, openai.AsyncOpenAI]]:
    """A server and the openai package's client of it."""
    chosen = always(script) if isinstance(script, Script) else script
    models = options.pop("models", MODELS)
    async with (
        FakeModelServer(family, chosen, models=models, **options) as server,
        openai.DefaultAsyncHttpxClient(verify=NO_TLS, trust_env=False) as http,
    ):
        client = openai.AsyncOpenAI(
            base_url=f"{server.url}/v1", api_key="sk-test", max_retries=0, http_client=http
        )
        yield server, client


@asynccontextmanager
async def ollama_served(
    script: Script = ANSWER, *models: Model
) -> AsyncIterator[tuple[FakeModelServer, ollama.AsyncClient]]:
    """A server and the ollama package's client of it."""
    async with FakeModelServer("ollama", always(script), models=models or MODELS) as server:
        client = ollama.AsyncClient(host=server.url, verify=NO_TLS, trust_env=False)
        yield server, client
        await client._client.aclose()


@pytest.mark.parametrize("family", ALL)
async def test_openai_package_reads_a_streamed_completion(family: str) -> None:
    async with served(family) as (_server, client):
        stream = await client.completions.create(
            model=CODER.name, prompt="def add(a, b):\n    return ", stream=True
        )
        chunks = [each async for each in stream]
    assert "".join(each.choices[0].text for each in chunks) == "a + b\n"
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("family", ALL)
async def test_openai_package_reads_a_whole_completion(family: str) -> None:
    async with served(family) as (_server, client):
        answer = await client.completions.create(model=CODER.name, prompt="def add", max_tokens=2)
    assert (answer.choices[0].text, answer.choices[0].finish_reason) == ("a ", "length")


@pytest.mark.parametrize("family", ALL)
async def test_openai_package_reads_a_streamed_chat(family: str) -> None:
    async with served(family) as (_server, client):
        stream = await client.chat.completions.create(
            model=CODER.name,
            messages=[{"role": "user", "content": "add"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [each async for each in stream]
    text = "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)
    assert text == "a + b\n"
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 5


@pytest.mark.parametrize("family", ALL)
async def test_openai_package_reads_a_whole_chat(family: str) -> None:
    async with served(family) as (_server, client):
        answer = await client.chat.completions.create(
            model=CODER.name, messages=[{"role": "user", "content": "add"}]
        )
    assert answer.choices[0].message.content == "a + b\n"
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 5


@pytest.mark.parametrize("family", OPENAI_LIKE)
async def test_openai_package_lists_models(family: str) -> None:
    async with served(family) as (_server, client):
        assert [each.id async for each in client.models.list()] == [each.name for each in MODELS]


@pytest.mark.parametrize("family", ["openai", "vllm", "lmstudio", "ollama", "refact"])
async def test_openai_package_reads_embeddings(family: str) -> None:
    async with served(family) as (_server, client):
        answer = await client.embeddings.create(model="vectors", input=["a", "b", "a"])
    vectors = [each.embedding for each in answer.data]
    assert [len(each) for each in vectors] == [8, 8, 8]
    assert vectors[0] == vectors[2] != vectors[1]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
@pytest.mark.parametrize("family", OPENAI_LIKE)
async def test_openai_package_knows_errors(
    family: str, status: int, kind: type[openai.APIStatusError]
) -> None:
    script = Script(fault=Refusal(status, "it will not", (("retry-after", "7"),)))
    async with served(family, script) as (_server, client):
        with pytest.raises(kind) as caught:
            await client.completions.create(model=CODER.name, prompt="x")
    assert "it will not" in caught.value.response.text
    assert caught.value.response.headers["retry-after"] == "7"


@pytest.mark.parametrize("family", ["openai", "vllm", "lmstudio", "ollama"])
async def test_openai_package_is_told_of_a_missing_model(family: str) -> None:
    async with served(family) as (_server, client):
        with pytest.raises(openai.NotFoundError, match="gone"):
            await client.completions.create(model="gone", prompt="x")


@pytest.mark.parametrize("family", ["openai", "vllm", "lmstudio", "llamacpp"])
async def test_openai_package_is_told_of_a_too_long_prompt(family: str) -> None:
    async with served(family) as (_server, client):
        with pytest.raises(openai.BadRequestError) as caught:
            await client.completions.create(model=CODER.name, prompt="a b " * 2000)
    assert "context" in caught.value.response.text


async def test_lm_studio_tells_of_a_too_long_prompt_in_a_stream_that_is_well() -> None:
    async with served("lmstudio") as (_server, client):
        with pytest.raises(openai.APIError, match="Trying to keep the first"):
            async for _ in await client.completions.create(
                model=CODER.name, prompt="a b " * 2000, stream=True
            ):
                pass


async def test_lm_studio_answers_with_its_only_model_whatever_is_asked_for() -> None:
    async with served("lmstudio", models=(CODER,)) as (_server, client):
        answer = await client.completions.create(model="other", prompt="x")
    assert answer.model == CODER.name


@pytest.mark.parametrize("family", OPENAI_LIKE)
async def test_openai_package_raises_an_error_out_of_a_stream(family: str) -> None:
    async with served(family, ANSWER.but(fault=FailsInStream("out of memory", 2))) as (_, client):
        stream = await client.completions.create(model=CODER.name, prompt="x", stream=True)
        with pytest.raises(openai.APIError, match="out of memory"):
            _ = [each async for each in stream]


async def test_openai_package_is_refused_with_a_wrong_key() -> None:
    async with served("openai", api_key="sk-right") as (_server, client):
        with pytest.raises(openai.AuthenticationError) as caught:
            await client.models.list()
    assert caught.value.code == "invalid_api_key"


async def test_openai_package_finds_one_model() -> None:
    async with served("openai", models=(Model("org/coder"),)) as (_server, client):
        assert (await client.models.retrieve("org/coder")).id == "org/coder"


async def test_chat_model_of_openai_is_not_for_completions() -> None:
    async with served("openai") as (_server, client):
        with pytest.raises(openai.NotFoundError, match="chat model"):
            await client.completions.create(model="chat", prompt="x")


async def test_vllm_refuses_a_suffix() -> None:
    async with served("vllm") as (_server, client):
        with pytest.raises(openai.BadRequestError, match="suffix is not currently supported"):
            await client.completions.create(model=CODER.name, prompt="x", suffix="y")


async def test_vllm_tells_the_context_in_its_models() -> None:
    async with served("vllm") as (_server, client):
        first = (await client.models.list()).data[0]
    assert first.model_dump()["max_model_len"] == 2048


async def test_reasoning_comes_before_the_text() -> None:
    async with served("vllm", ANSWER.but(reasoning="think hard")) as (_server, client):
        stream = await client.chat.completions.create(
            model=CODER.name, messages=[{"role": "user", "content": "add"}], stream=True
        )
        deltas = [each.choices[0].delta.model_dump() async for each in stream]
    assert "".join(each.get("reasoning") or "" for each in deltas) == "think hard"
    assert "".join(each.get("content") or "" for each in deltas) == "a + b\n"


async def test_ollama_package_streams_with_a_suffix() -> None:
    async with ollama_served() as (server, client):
        stream = await client.generate(
            model=CODER.name, prompt="def add(a, b):\n    return ", suffix="\n", stream=True
        )
        parts = [each async for each in stream]
    assert "".join(each.response or "" for each in parts) == "a + b\n"
    assert (parts[-1].done, parts[-1].done_reason) == (True, "stop")
    assert parts[-1].prompt_eval_count
    assert server.generations[0].request.json()["suffix"] == "\n"


async def test_ollama_package_reads_a_whole_answer() -> None:
    async with ollama_served() as (_server, client):
        answer = await client.generate(
            model=CODER.name, prompt="def add", raw=True, options={"num_predict": 3}
        )
    assert (answer.response, answer.done_reason, answer.eval_count) == ("a +", "length", 3)


async def test_ollama_package_is_told_that_a_model_cannot_insert() -> None:
    async with ollama_served(ANSWER, Model("plain", inserts=False)) as (_server, client):
        with pytest.raises(ollama.ResponseError, match="does not support insert") as caught:
            await client.generate(model="plain", prompt="x", suffix="y")
    assert caught.value.status_code == 400


async def test_ollama_package_is_told_of_a_missing_model() -> None:
    async with ollama_served() as (_server, client):
        with pytest.raises(ollama.ResponseError, match="model 'gone' not found") as caught:
            await client.generate(model="gone", prompt="x")
    assert caught.value.status_code == 404


async def test_ollama_package_raises_an_error_out_of_a_stream() -> None:
    async with ollama_served(ANSWER.but(fault=FailsInStream("out of memory", 2))) as (_, client):
        stream = await client.generate(model=CODER.name, prompt="x", stream=True)
        with pytest.raises(ollama.ResponseError, match="out of memory"):
            _ = [each async for each in stream]


async def test_ollama_package_chats() -> None:
    async with ollama_served() as (_server, client):
        messages = [{"role": "user", "content": "add"}]
        whole = await client.chat(model=CODER.name, messages=messages)
        stream = await client.chat(model=CODER.name, messages=messages, stream=True)
        parts = [each async for each in stream]
    assert whole.message.content == "a + b\n"
    assert "".join(each.message.content or "" for each in parts) == "a + b\n"


async def test_ollama_package_lists_and_shows_models() -> None:
    async with ollama_served() as (_server, client):
        listed = (await client.list()).models
        running = (await client.ps()).models
        shown = await client.show(CODER.name)
        plain = await client.show("chat")
    assert [each.model for each in listed] == [each.name for each in MODELS]
    assert running[0].context_length == 2048
    assert "insert" in (shown.capabilities or [])
    assert "insert" not in (plain.capabilities or [])
    assert shown.modelinfo is not None
    assert shown.modelinfo["qwen2.context_length"] == 32768


async def test_ollama_package_embeds() -> None:
    async with ollama_served() as (_server, client):
        answer = await client.embed(model="vectors", input=["a", "b"])
    assert [len(each) for each in answer.embeddings] == [8, 8]


async def test_ollama_cuts_a_long_prompt_in_silence() -> None:
    async with ollama_served() as (_server, client):
        long = "a b " * 2000
        short = await client.generate(model=CODER.name, prompt=long)
        wide = await client.generate(model=CODER.name, prompt=long, options={"num_ctx": 8192})
    assert short.prompt_eval_count == 2048
    assert (wide.prompt_eval_count or 0) > 3900


async def test_lm_studio_tells_the_context_as_loaded() -> None:
    async with served("lmstudio") as (server, _client), httpx.AsyncClient(verify=NO_TLS) as http:
        first = (await http.get(f"{server.url}/api/v1/models")).json()["models"][0]
    assert first["loaded_instances"][0]["config"]["context_length"] == 2048
    assert (first["key"], first["max_context_length"]) == (CODER.name, 32768)


async def test_refact_server_tells_what_it_has() -> None:
    async with served("refact") as (server, _client), httpx.AsyncClient(verify=NO_TLS) as http:
        caps = (await http.get(f"{server.url}/refact-caps")).json()
    assert caps["completion"]["default_model"] == CODER.name
    assert caps["completion"]["models"][CODER.name]["n_ctx"] == 2048
    assert list(caps["chat"]["models"]) == ["chat"]
    assert list(caps["embedding"]["models"]) == ["vectors"]


@pytest.mark.parametrize(
    ("family", "status", "words"),
    [
        ("openai", 404, "Invalid URL"),
        ("vllm", 404, "Not Found"),
        ("lmstudio", 200, "Unexpected endpoint"),
        ("ollama", 404, "404 page not found"),
        ("llamacpp", 404, "File Not Found"),
        ("refact", 404, "Not Found"),
    ],
)
async def test_unknown_path_is_answered_as_the_family_does(
    family: str, status: int, words: str
) -> None:
    async with served(family) as (server, _client), httpx.AsyncClient(verify=NO_TLS) as http:
        answer = await http.post(f"{server.url}/chat/completions", json={})
    assert (answer.status_code, words in answer.text) == (status, True)


EXACT = (
    "health",
    "completions",
    "completions_stream",
    "completions_stream_usage",
    "completions_stream_wide",
    "chat",
    "chat_stream",
    "chat_stream_usage",
    "infill_refused",
    "embeddings_refused",
    "no_prompt",
    "too_long",
    "no_such_path",
    "no_such_path_posted",
)
PARTIAL = ("models", "props", "native", "native_stream", "infill", "infill_stream")
BY_NAME = {each.name: each for each in QUESTIONS}


@pytest.mark.parametrize("name", EXACT)
async def test_fake_llama_server_answers_in_the_shape_of_the_real_one(name: str) -> None:
    ours = await _asked(BY_NAME[name])
    assert recordings.shape(ours) == recordings.shape(recordings.recorded(name))


@pytest.mark.parametrize("name", PARTIAL)
async def test_fake_llama_server_says_nothing_that_the_real_one_does_not(name: str) -> None:
    ours = _last_record(await _asked(BY_NAME[name]))
    real = _last_record(recordings.recorded(name))
    assert _unknown(ours, real, "generation_settings") == []


async def _asked(question: Question) -> recordings.Answer:
    model = Model("smollm2-135m", n_ctx=4096, n_ctx_max=8192, inserts=question.fim)
    script = Script(tokens=(" a", " +", " b", "\n", " c", " d", " e", " f"))
    async with FakeModelServer("llamacpp", always(script), models=(model,)) as server:
        return await recordings.ask_async(server.url, question)


def _last_record(answer: recordings.Answer) -> Any:
    lines = answer.body.decode().strip().split("\n")
    return json.loads(lines[-1].removeprefix("data: "))


def _unknown(ours: Any, real: Any, *skipped: str) -> list[str]:
    """Name the keys, at any depth, that the real answer has not."""
    if isinstance(ours, list):
        return _unknown(ours[0], real[0], *skipped) if ours and real else []
    if not isinstance(ours, dict):
        return []
    found = [key for key in ours if key not in real]
    for key in ours:
        if key in real and key not in skipped:
            found += [f"{key}.{each}" for each in _unknown(ours[key], real[key], *skipped)]
    return found
