"""Golden bodies: what is posted to each kind of server, and where."""

from __future__ import annotations

from typing import Any

import pytest

from refact_lsp.providers.fim.ways import WIRES, WayKind
from refact_lsp.providers.wire.format import (
    ChatMessage,
    ChatPrompt,
    InfillPrompt,
    Prompt,
    PromptKind,
    SuffixPrompt,
    TokensPrompt,
    WireCall,
    WireRequest,
)
from refact_lsp.providers.wire.table import FORMATS

CHAT = ChatPrompt((ChatMessage("system", "Complete."), ChatMessage("user", "def f(")))
FULL = {
    "max_tokens": 64,
    "stop": ("<|endoftext|>", "\n\n"),
    "temperature": 0.0,
    "num_ctx": 8192,
    "keep_alive": "30m",
    "id_slot": 1,
    "n_indent": 4,
    "max_predict_ms": 500,
}


def call(name: str, prompt: Prompt, **options: Any) -> WireCall:
    return FORMATS[name].build(WireRequest(model="m", prompt=prompt, **options))


@pytest.mark.parametrize(
    ("name", "prompt", "path", "body"),
    [
        pytest.param(
            "openai_completions",
            TokensPrompt("<PRE> a <SUF>b <MID>"),
            "/v1/completions",
            {
                "model": "m",
                "prompt": "<PRE> a <SUF>b <MID>",
                "stream": True,
                "max_tokens": 64,
                "stop": ["<|endoftext|>", "\n\n"],
                "temperature": 0.0,
                "stream_options": {"include_usage": True},
            },
            id="completions with tokens",
        ),
        pytest.param(
            "openai_completions",
            SuffixPrompt("a", "b"),
            "/v1/completions",
            {
                "model": "m",
                "prompt": "a",
                "suffix": "b",
                "stream": True,
                "max_tokens": 64,
                "stop": ["<|endoftext|>", "\n\n"],
                "temperature": 0.0,
                "stream_options": {"include_usage": True},
            },
            id="completions with a suffix",
        ),
        pytest.param(
            "openai_chat_completions",
            CHAT,
            "/v1/chat/completions",
            {
                "model": "m",
                "messages": [
                    {"role": "system", "content": "Complete."},
                    {"role": "user", "content": "def f("},
                ],
                "stream": True,
                "max_tokens": 64,
                "stop": ["<|endoftext|>", "\n\n"],
                "temperature": 0.0,
                "stream_options": {"include_usage": True},
            },
            id="chat",
        ),
        pytest.param(
            "ollama_native",
            TokensPrompt("<PRE>"),
            "/api/generate",
            {
                "model": "m",
                "prompt": "<PRE>",
                "raw": True,
                "stream": True,
                "keep_alive": "30m",
                "options": {
                    "num_ctx": 8192,
                    "num_predict": 64,
                    "stop": ["<|endoftext|>", "\n\n"],
                    "temperature": 0.0,
                },
            },
            id="P51-ollama is told the context with every request",
        ),
        pytest.param(
            "ollama_native",
            SuffixPrompt("a", "b"),
            "/api/generate",
            {
                "model": "m",
                "prompt": "a",
                "suffix": "b",
                "stream": True,
                "keep_alive": "30m",
                "options": {
                    "num_ctx": 8192,
                    "num_predict": 64,
                    "stop": ["<|endoftext|>", "\n\n"],
                    "temperature": 0.0,
                },
            },
            id="ollama with a suffix",
        ),
        pytest.param(
            "ollama_native",
            CHAT,
            "/api/chat",
            {
                "model": "m",
                "messages": [
                    {"role": "system", "content": "Complete."},
                    {"role": "user", "content": "def f("},
                ],
                "stream": True,
                "keep_alive": "30m",
                "options": {
                    "num_ctx": 8192,
                    "num_predict": 64,
                    "stop": ["<|endoftext|>", "\n\n"],
                    "temperature": 0.0,
                },
            },
            id="ollama chat",
        ),
        pytest.param(
            "llamacpp_native",
            InfillPrompt("a\n", "b", (("util.py", "x = 1"),), typed="    ret"),
            "/infill",
            {
                "model": "m",
                "input_prefix": "a\n",
                "input_suffix": "b",
                "input_extra": [{"filename": "util.py", "text": "x = 1"}],
                "prompt": "    ret",
                "stream": True,
                "n_predict": 64,
                "stop": ["<|endoftext|>", "\n\n"],
                "temperature": 0.0,
                "cache_prompt": True,
                "id_slot": 1,
                "n_indent": 4,
                "t_max_predict_ms": 500,
            },
            id="llama.cpp infill",
        ),
        pytest.param(
            "llamacpp_native",
            TokensPrompt("<PRE>"),
            "/completion",
            {
                "model": "m",
                "prompt": "<PRE>",
                "stream": True,
                "n_predict": 64,
                "stop": ["<|endoftext|>", "\n\n"],
                "temperature": 0.0,
                "cache_prompt": True,
                "id_slot": 1,
                "n_indent": 4,
                "t_max_predict_ms": 500,
            },
            id="llama.cpp completion",
        ),
    ],
)
def test_request_is_written_as_the_server_reads_it(
    name: str, prompt: Prompt, path: str, body: dict[str, Any]
) -> None:
    assert call(name, prompt, **FULL) == WireCall(path, body)


@pytest.mark.parametrize(
    ("name", "prompt", "body"),
    [
        ("openai_completions", TokensPrompt("a"), {"model": "m", "prompt": "a", "stream": False}),
        (
            "ollama_native",
            TokensPrompt("a"),
            {"model": "m", "prompt": "a", "raw": True, "stream": False},
        ),
        (
            "llamacpp_native",
            TokensPrompt("a"),
            {"model": "m", "prompt": "a", "stream": False, "cache_prompt": True},
        ),
    ],
)
def test_what_nobody_asked_for_is_not_sent(name: str, prompt: Prompt, body: dict[str, Any]) -> None:
    assert call(name, prompt, stream=False).body == body


def test_openai_gets_no_more_stops_than_it_takes() -> None:
    stops = ("1", "2", "3", "4", "5")
    assert call("openai_completions", TokensPrompt("a"), stop=stops).body["stop"] == list("1234")
    most = call("openai_completions", TokensPrompt("a"), stop=stops, max_stops=16)
    assert most.body["stop"] == list("12345")
    assert call("ollama_native", TokensPrompt("a"), stop=stops).body["options"]["stop"] == list(
        "12345"
    )


def test_ollama_never_gets_an_empty_suffix() -> None:
    """It would answer as in a chat."""
    assert call("ollama_native", SuffixPrompt("a", "")).body["suffix"] == "\n"


def test_refused_parameters_stay_away_p1() -> None:
    dropped = frozenset({"temperature", "stream_options", "num_ctx"})
    options: dict[str, Any] = {"temperature": 0.1, "num_ctx": 8, "max_tokens": 5}
    body = call("openai_completions", TokensPrompt("a"), dropped=dropped, **options).body
    assert body == {"model": "m", "prompt": "a", "stream": True, "max_tokens": 5}
    body = call("ollama_native", TokensPrompt("a"), dropped=dropped, **options).body
    assert body["options"] == {"num_predict": 5}


def test_limit_goes_by_the_name_that_the_model_reads_p1() -> None:
    body = call(
        "openai_chat_completions", CHAT, max_tokens=5, max_tokens_field="max_completion_tokens"
    ).body
    assert (body["max_completion_tokens"], "max_tokens" in body) == (5, False)


def test_extra_body_is_sent_and_changes_nothing_that_was_asked() -> None:
    extra = {"top_k": 1, "model": "another", "prompt": "another", "options": {"seed": 7}}
    body = call("openai_completions", TokensPrompt("a"), extra_body=extra).body
    assert (body["top_k"], body["model"], body["prompt"]) == (1, "m", "a")
    body = call("ollama_native", TokensPrompt("a"), extra_body=extra, num_ctx=8).body
    assert body["options"] == {"num_ctx": 8, "seed": 7}


@pytest.mark.parametrize("name", FORMATS)
def test_prompt_that_a_format_cannot_put_is_refused(name: str) -> None:
    prompts: dict[PromptKind, Prompt] = {
        PromptKind.TOKENS: TokensPrompt("a"),
        PromptKind.SUFFIX: SuffixPrompt("a", "b"),
        PromptKind.INFILL: InfillPrompt("a", "b"),
        PromptKind.CHAT: CHAT,
    }
    for kind, prompt in prompts.items():
        if kind in FORMATS[name].PROMPTS:
            assert call(name, prompt).body
        else:
            with pytest.raises(TypeError, match=f"{name} has no way"):
                call(name, prompt)


def test_ways_promise_what_the_formats_can() -> None:
    kinds = {
        name: {PromptKind(kind) for kind in WIRES[name] if kind is not WayKind.CONTINUE}
        for name in FORMATS
    }
    assert kinds == {name: set(each.PROMPTS) for name, each in FORMATS.items()}
