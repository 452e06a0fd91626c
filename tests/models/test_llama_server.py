"""The real llama-server: what providers may count on, seen from the outside."""

from __future__ import annotations

import collections
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from tests.models import recordings
from tests.models.llama_server import N_CTX, NAME, LlamaServer
from tests.models.recordings import QUESTIONS, Question

LONG: dict[str, Any] = {
    "prompt": "1, 2, 3,",
    "max_tokens": 3000,
    "ignore_eos": True,
    "stream": True,
}

pytestmark = pytest.mark.xdist_group("llama")


@pytest.fixture
def http(llama: LlamaServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=llama.url, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture
def sdk(llama: LlamaServer) -> Iterator[openai.OpenAI]:
    url = f"{llama.url}/v1"
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0, timeout=60) as client:
        yield client


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
def test_answer_has_the_shape_that_is_recorded(
    llama: LlamaServer, llama_infill: LlamaServer, question: Question
) -> None:
    server = llama_infill if question.fim else llama
    answer = recordings.ask(server.url, question)
    assert recordings.shape(answer) == recordings.shape(recordings.recorded(question.name))


def test_models_tell_the_context_as_loaded(http: httpx.Client) -> None:
    (model,) = http.get("/v1/models").json()["data"]
    assert (model["id"], model["meta"]["n_ctx"], model["meta"]["n_ctx_train"]) == (
        NAME,
        N_CTX,
        8192,
    )


def test_props_tell_the_context_as_loaded(http: httpx.Client) -> None:
    props = http.get("/props").json()
    assert props["default_generation_settings"]["n_ctx"] == N_CTX
    assert props["total_slots"] == 1


def test_infill_needs_marks_that_the_model_has_not(http: httpx.Client) -> None:
    answer = http.post("/infill", json={"input_prefix": "a = ", "input_suffix": "\n"})
    assert answer.status_code == 501
    assert answer.json()["error"]["type"] == "not_supported_error"


def test_infill_puts_the_prompt_together_itself(llama_infill: LlamaServer) -> None:
    body = {"input_prefix": "a = ", "input_suffix": "\nb", "n_predict": 1, "temperature": 0}
    answer = httpx.post(f"{llama_infill.url}/infill", json=body, timeout=60, trust_env=False)
    assert answer.status_code == 200
    prompt = answer.json()["prompt"]
    assert prompt.index("a = ") < prompt.index("\nb")


def test_suffix_of_a_completion_is_ignored_without_a_word(http: httpx.Client) -> None:
    def prompt_tokens(**more: str) -> int:
        body = {"prompt": "def f():\n    return", "max_tokens": 1, **more}
        counted: int = http.post("/v1/completions", json=body).json()["usage"]["prompt_tokens"]
        return counted

    assert prompt_tokens() == prompt_tokens(suffix="\n\n\nprint(f())\n")


def test_growing_prompt_is_read_only_where_it_grew(http: httpx.Client) -> None:
    def read(prompt: str) -> int:
        body = {"prompt": prompt, "max_tokens": 1, "temperature": 0}
        counted: int = http.post("/v1/completions", json=body).json()["timings"]["prompt_n"]
        return counted

    whole = "".join(f"value_{number} = {number}\n" for number in range(40))
    assert read(whole) > 100
    assert read(whole + "value_40 =") < 20


def test_leaving_a_stream_stops_the_generation(http: httpx.Client) -> None:
    with http.stream("POST", "/v1/completions", json=LONG) as answer:
        pieces = answer.iter_raw()  # kept: when it goes the connection goes
        next(pieces)
        assert http.get("/slots").json()[0]["is_processing"]
    end = time.monotonic() + 60
    while (slot := http.get("/slots").json()[0])["is_processing"]:
        assert time.monotonic() < end, "it went on after the client had left"
    assert slot["n_prompt_tokens"] < LONG["max_tokens"], "it wrote all that was asked for"


def test_server_is_unavailable_while_it_loads(llama_alone: LlamaServer) -> None:
    llama_alone.start(wait=False)
    seen = set()
    end = time.monotonic() + 60
    while 200 not in seen and time.monotonic() < end:
        seen.add(llama_alone.health())
    assert seen - {None} == {503, 200}


def test_server_that_restarts_breaks_the_stream_and_answers_again(
    llama_alone: LlamaServer,
) -> None:
    llama_alone.start()
    with httpx.Client(base_url=llama_alone.url, timeout=60, trust_env=False) as http:
        with http.stream("POST", "/v1/completions", json=LONG) as answer:
            pieces = answer.iter_raw()
            next(pieces)
            llama_alone.restart()
            with pytest.raises(httpx.TransportError):
                collections.deque(pieces, maxlen=0)
        assert http.get("/health").json() == {"status": "ok"}


def test_openai_package_streams_a_completion(sdk: openai.OpenAI) -> None:
    stream = sdk.completions.create(
        model=NAME, prompt="def add(a, b):\n    return", max_tokens=4, temperature=0, stream=True
    )
    chunks = list(stream)
    assert "".join(each.choices[0].text for each in chunks).startswith(" a + b")
    assert chunks[-1].choices[0].finish_reason == "length"
    assert chunks[-1].usage is not None


def test_openai_package_streams_a_chat(sdk: openai.OpenAI) -> None:
    stream = sdk.chat.completions.create(
        model=NAME,
        messages=[{"role": "user", "content": "Say hello."}],
        max_tokens=8,
        temperature=0,
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    text = "".join(each.choices[0].delta.content or "" for each in chunks if each.choices)
    assert "hello" in text.lower()
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens <= 8


def test_openai_package_lists_the_model(sdk: openai.OpenAI) -> None:
    assert [each.id for each in sdk.models.list()] == [NAME]


def test_openai_package_calls_a_too_long_prompt_a_bad_request(sdk: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        sdk.completions.create(model=NAME, prompt="a b c d " * 2000, max_tokens=1)
    error = json.loads(caught.value.response.content)["error"]
    assert (error["type"], error["n_ctx"]) == ("exceed_context_size_error", N_CTX)
