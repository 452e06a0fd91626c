"""What servers' lists say, from JSON as it stands on the wire."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refact_lsp.providers.discovery.lists import (
    MAX_MODELS,
    read_llamacpp,
    read_lmstudio,
    read_ollama,
    read_openai,
    read_refact_caps,
)
from refact_lsp.providers.known import KnownModel

RECORDED = Path(__file__).parents[2] / "models" / "recorded"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.body").read_bytes())


def test_openai_list_tells_names_in_their_order() -> None:
    assert read_openai({"object": "list", "data": [{"id": "b"}, {"id": "a"}]}) == (
        KnownModel("b"),
        KnownModel("a"),
    )


def test_bare_array_is_a_list_too() -> None:
    assert read_openai([{"id": "a"}, "b"]) == (KnownModel("a"), KnownModel("b"))


@pytest.mark.parametrize(
    ("row", "loaded", "most"),
    [
        ({"max_model_len": 8192}, 8192, 8192),
        ({"context_length": 131072}, 131072, 131072),
        ({"context_window": "32768"}, 32768, 32768),
        ({"max_context_length": 4096.0}, 4096, 4096),
        ({"max_model_len": 2048, "context_length": 32768}, 2048, 32768),
        ({"meta": {"n_ctx": 4096, "n_ctx_train": 8192}}, 4096, 8192),
        ({"meta": {"n_ctx_train": 8192}}, 0, 8192),
        ({"context_length": "long", "meta": None}, 0, 0),
        ({"max_model_len": True}, 0, 0),
        ({"max_model_len": -1}, 0, 0),
        ({"max_model_len": "-5.0", "context_length": 2048}, 2048, 2048),
    ],
)
def test_openai_list_tells_the_context_in_any_spelling(
    row: dict[str, object], loaded: int, most: int
) -> None:
    (found,) = read_openai({"data": [{"id": "m", **row}]}) or ()
    assert (found.context, found.context_max) == (loaded, most)


def test_ten_thousand_models_are_taken_and_no_more() -> None:
    found = read_openai({"data": [{"id": f"m{n}"} for n in range(MAX_MODELS + 5)]})
    assert found is not None
    assert (len(found), found[-1].name) == (MAX_MODELS, "m9999")


def test_model_that_stands_twice_is_one() -> None:
    found = read_openai({"data": [{"id": "m", "n_ctx": 1}, {"id": "m", "n_ctx": 2}]})
    assert [(each.name, each.context) for each in found or ()] == [("m", 1)]


@pytest.mark.parametrize("name", ["", " m", "a\nb", "\x1b[2J", "m" * 257, None, 7, {}])
def test_name_that_is_none_is_passed_over(name: object) -> None:
    assert read_openai({"data": [{"id": name}, {"id": "good"}]}) == (KnownModel("good"),)


@pytest.mark.parametrize(
    "body", [None, 7, "text", {}, {"error": "no"}, {"data": "x"}, {"data": {}}]
)
def test_what_is_no_list_is_told_from_an_empty_one(body: object) -> None:
    assert read_openai(body) is None
    assert read_openai({"object": "list", "data": []}) == ()
    assert read_openai({"object": "list", "data": None}) == ()


def test_embedding_model_is_known_by_its_name() -> None:
    (found,) = read_openai([{"id": "nomic-embed-text"}]) or ()
    assert (found.embeds, found.completes) == (True, False)


def test_llamacpp_tells_the_context_as_loaded() -> None:
    (found,) = read_llamacpp(recorded("models"), recorded("props")) or ()
    assert (found.name, found.context, found.context_max) == ("smollm2-135m", 4096, 8192)
    assert (found.is_loaded, found.is_chat, found.takes_infill) == (True, True, None)


def test_llamacpp_props_decide_over_the_list() -> None:
    props = {"default_generation_settings": {"n_ctx": 1024}, "chat_template": ""}
    (found,) = read_llamacpp({"data": [{"id": "m", "meta": {"n_ctx": 4096}}]}, props) or ()
    assert (found.context, found.is_chat) == (1024, None)


def test_llamacpp_router_tells_which_are_loaded() -> None:
    rows = [{"id": each, "status": {"value": each}} for each in ("loaded", "unloaded", "loading")]
    found = read_llamacpp({"data": rows}, {"default_generation_settings": {"n_ctx": 9}}) or ()
    assert [(each.is_loaded, each.is_loading, each.context) for each in found] == [
        (True, False, 0),
        (False, False, 0),
        (None, True, 0),
    ]


def test_lmstudio_tells_the_loaded_context_not_the_longest() -> None:
    body = {
        "models": [
            {
                "type": "llm",
                "key": "qwen",
                "loaded_instances": [{"id": "qwen", "config": {"context_length": 4096}}],
                "max_context_length": 32768,
            },
            {"type": "llm", "key": "idle", "loaded_instances": [], "max_context_length": 8192},
            {"type": "embedding", "key": "nomic", "loaded_instances": []},
        ]
    }
    qwen, idle, nomic = read_lmstudio(body) or ()
    assert (qwen.context, qwen.context_max, qwen.is_loaded) == (4096, 32768, True)
    assert (idle.context, idle.context_max, idle.is_loaded) == (0, 8192, False)
    assert (nomic.embeds, nomic.completes, nomic.is_chat) == (True, False, False)


def test_older_lmstudio_list_is_read() -> None:
    rows = [
        {
            "id": "qwen",
            "type": "llm",
            "state": "loaded",
            "max_context_length": 32768,
            "loaded_context_length": 4096,
        },
        {"id": "nomic", "type": "embeddings", "state": "not-loaded"},
    ]
    qwen, nomic = read_lmstudio({"data": rows}) or ()
    assert (qwen.name, qwen.context, qwen.is_loaded) == ("qwen", 4096, True)
    assert (nomic.embeds, nomic.is_loaded) == (True, False)


def test_ollama_tells_what_a_model_can_and_how_it_is_loaded() -> None:
    tags = {"models": [{"name": "qwen:7b", "model": "qwen:7b"}, {"name": "nomic:latest"}]}
    shown = {
        "qwen:7b": {
            "capabilities": ["completion", "insert"],
            "model_info": {"qwen2.context_length": 32768, "general.architecture": "qwen2"},
        },
        "nomic:latest": {
            "capabilities": ["embedding"],
            "model_info": {"bert.context_length": 2048},
        },
    }
    running = {"models": [{"name": "qwen:7b", "context_length": 4096}]}
    qwen, nomic = read_ollama(tags, shown, running) or ()
    assert (qwen.context, qwen.context_max, qwen.takes_suffix, qwen.is_loaded) == (
        *(4096, 32768),
        *(True, True),
    )
    assert (nomic.embeds, nomic.completes, nomic.takes_suffix, nomic.is_loaded) == (
        *(True, False),
        *(False, False),
    )


def test_older_ollama_tells_insertion_by_its_template() -> None:
    tags = {"models": [{"name": "a"}, {"name": "b"}]}
    shown = {"a": {"template": "<PRE>{{ .Prompt }}<SUF>{{ .Suffix }}"}, "b": {"template": "x"}}
    assert [each.takes_suffix for each in read_ollama(tags, shown) or ()] == [True, None]


def test_ollama_parameters_set_the_context_of_what_is_not_loaded() -> None:
    shown = {"a": {"parameters": 'stop "x"\nnum_ctx                        16384'}}
    (found,) = read_ollama({"models": [{"name": "a"}]}, shown, {"models": []}) or ()
    assert (found.context, found.is_loaded) == (16384, False)


def test_ollama_model_that_runs_elsewhere_is_marked() -> None:
    tags = {"models": [{"name": "big-cloud", "remote_host": "https://ollama.com"}]}
    (found,) = read_ollama(tags, {}) or ()
    assert found.is_remote


def test_caps_of_refacts_server_are_read() -> None:
    body = {
        "completion": {
            "endpoint": "/v1/completions",
            "models": {"starcoder2/3b/vllm": {"n_ctx": 4096}},
            "default_model": "starcoder2/3b/vllm",
        },
        "chat": {"models": {"llama": {"n_ctx": 8192}}},
        "embedding": {"models": {"gte": {"n_ctx": 512}}},
    }
    coder, chat, gte = read_refact_caps(body) or ()
    assert (coder.name, coder.context, coder.completes) == ("starcoder2/3b/vllm", 4096, True)
    assert (chat.is_chat, chat.context, gte.embeds) == (True, 8192, True)


def test_older_caps_are_read() -> None:
    body = {
        "endpoint_template": "http://elsewhere.example/v1/completions",
        "code_completion_n_ctx": 2048,
        "code_completion_models": {"mine": {"similar_models": ["bigcode/starcoder2-3b"]}},
        "code_chat_models": {"talk": {"n_ctx": 4096}},
        "running_models": ["base:lora-1:checkpoint-2", "mine", 7],
    }
    mine, talk, tuned = read_refact_caps(body) or ()
    assert (mine.context, mine.completes, mine.family) == (2048, True, "starcoder2")
    assert (talk.is_chat, tuned.name) == (True, "base:lora-1:checkpoint-2")


def test_caps_that_are_none_are_no_list() -> None:
    assert read_refact_caps({"detail": "Not Found"}) is None
