"""Golden answers of Ollama's and llama.cpp's own APIs."""

from __future__ import annotations

import json

import pytest

from refact_lsp.messages import (
    ErrorFacts,
    ErrorKind,
    Finish,
    ReasoningDelta,
    ServedBy,
    TextDelta,
    ToolCallsIgnored,
    Usage,
)
from refact_lsp.providers.wire.answer import prompt_was_cut
from refact_lsp.providers.wire.table import FORMATS
from tests.providers.wire.answers import ASKED, end_of, others, read, text_of

OLLAMA = "ollama_native"
LLAMACPP = "llamacpp_native"


def test_golden_ollama_generate() -> None:
    events = read(
        OLLAMA,
        [
            (
                '{"model":"qwen2.5-coder:7b","created_at":"2026-11-01T00:00:00Z","response":"a",'
                '"done":false}'
            ),
            (
                '{"model":"qwen2.5-coder:7b","created_at":"2026-11-01T00:00:00Z","response":", b",'
                '"done":false}'
            ),
            (
                '{"model":"qwen2.5-coder:7b","created_at":"2026-11-01T00:00:00Z","response":"",'
                '"done":true,"done_reason":"stop","context":[1,2],"total_duration":500000000,'
                '"load_duration":100,"prompt_eval_count":26,"prompt_eval_duration":100,'
                '"eval_count":3,"eval_duration":100}'
            ),
        ],
    )
    assert events == [
        ServedBy("qwen2.5-coder:7b"),
        TextDelta("a"),
        TextDelta(", b"),
        Usage(input=26, output=3),
        Finish("stop"),
    ]


def test_golden_ollama_chat_with_thoughts() -> None:
    events = read(
        OLLAMA,
        [
            (
                '{"model":"qwen3:8b","message":{"role":"assistant","content":"","thinking":"hm"},'
                '"done":false}'
            ),
            '{"model":"qwen3:8b","message":{"role":"assistant","content":"x = 1"},"done":false}',
            (
                '{"model":"qwen3:8b","message":{"role":"assistant","content":"","tool_calls":'
                '[{"function":{"name":"f","arguments":{}}},{"function":{"name":"g","arguments":{}}}]},'
                '"done":false}'
            ),
            (
                '{"model":"qwen3:8b","message":{"role":"assistant","content":""},"done":true,'
                '"done_reason":"length","eval_count":9}'
            ),
        ],
    )
    assert events == [
        ServedBy("qwen3:8b", is_other=True),
        ReasoningDelta("hm"),
        TextDelta("x = 1"),
        ToolCallsIgnored(2),
        Usage(output=9),
        Finish("length"),
    ]


def test_golden_ollama_whole_body() -> None:
    body = '{"model":"m","response":"a, b","done":true,"done_reason":"stop","eval_count":2}'
    events = read(OLLAMA, [body])
    assert (text_of(events), end_of(events)) == ("a, b", "stop")


def test_ollama_that_only_loaded_the_model_answers_nothing() -> None:
    assert (
        end_of(read(OLLAMA, ['{"model":"m","response":"","done":true,"done_reason":"load"}']))
        == "empty"
    )


def test_ollama_breaking_off_is_truncated() -> None:
    assert end_of(read(OLLAMA, ['{"response":"a","done":false}'])) == "truncated"


def test_ollama_fails_under_way_p16() -> None:
    events = read(OLLAMA, ['{"response":"a","done":false}', '{"error":"an error was encountered"}'])
    assert text_of(events) == "a"
    assert others(events) == [ErrorFacts("an error was encountered")]
    assert events[-1] == Finish("error", "an error was encountered")


def frame(**fields: object) -> str:
    return json.dumps({"index": 0, "content": "", "stop": False, **fields})


def test_golden_llamacpp_stream() -> None:
    events = read(
        LLAMACPP,
        [
            (
                '{"index":0,"content":"a","tokens":[1],"stop":false,"id_slot":-1,'
                '"tokens_predicted":1,"tokens_evaluated":12}'
            ),
            (
                '{"index":0,"content":", b","tokens":[2],"stop":false,"id_slot":-1,'
                '"tokens_predicted":2,"tokens_evaluated":12}'
            ),
            (
                '{"index":0,"content":"","tokens":[],"id_slot":0,"stop":true,"model":'
                '"/models/qwen2.5-coder:7b","tokens_predicted":3,"tokens_evaluated":12,'
                '"generation_settings":{"n_predict":64},"prompt":"...","has_new_line":false,'
                '"truncated":false,"stop_type":"eos","stopping_word":"","tokens_cached":14,'
                '"timings":{"cache_n":10,"prompt_n":2,"prompt_ms":9.5,"predicted_n":3}}'
            ),
        ],
    )
    assert events == [
        TextDelta("a"),
        TextDelta(", b"),
        ServedBy("/models/qwen2.5-coder:7b"),
        Usage(input=12, output=3, cached=10),
        Finish("stop"),
    ]


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"stop_type": "eos"}, "stop"),
        ({"stop_type": "word", "stopping_word": "\n\n"}, "stop"),
        ({"stop_type": "limit"}, "length"),
        ({"stop_type": "none"}, "stop"),
        ({"stopped_limit": True}, "length"),
    ],
)
def test_llamacpp_says_why_it_ended(fields: dict[str, object], cause: str) -> None:
    assert end_of(read(LLAMACPP, [frame(content="a"), frame(stop=True, **fields)])) == cause


def test_llamacpp_progress_frames_are_no_text() -> None:
    progress = '{"index":0,"content":"","stop":false,"prompt_progress":{"total":9,"processed":4}}'
    events = read(LLAMACPP, [progress, frame(content="a"), frame(stop=True)])
    assert text_of(events) == "a"


def test_llamacpp_whole_body() -> None:
    events = read(LLAMACPP, [frame(content="a, b", stop=True, stop_type="eos")])
    assert (text_of(events), end_of(events)) == ("a, b", "stop")


def test_llamacpp_fails_under_way_p16() -> None:
    body = '{"error":{"code":500,"message":"out of memory","type":"server_error"}}'
    (facts,) = others(read(LLAMACPP, [frame(content="a"), body]))
    assert facts == ErrorFacts("out of memory", status=500, code="500", type="server_error")


def test_end_needs_no_last_word_of_another_api() -> None:
    parser = FORMATS[LLAMACPP].parser(ASKED)
    parser.feed(frame(stop=True, stop_type="eos"))
    assert parser.is_done


@pytest.mark.parametrize(
    ("name", "status", "body", "kind"),
    [
        pytest.param(
            LLAMACPP,
            503,
            {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
            ErrorKind.LOADING,
            id="P50-llama.cpp loads",
        ),
        pytest.param(
            LLAMACPP,
            501,
            {
                "error": {
                    "code": 501,
                    "message": "Infill is not supported by this model: prefix token is missing.",
                    "type": "not_supported_error",
                }
            },
            ErrorKind.NO_INFILL,
            id="infill without tokens",
        ),
        pytest.param(
            OLLAMA,
            400,
            {"error": "registry.ollama.ai/library/yi-coder:latest does not support insert"},
            ErrorKind.NO_SUFFIX,
            id="no place for a suffix",
        ),
        pytest.param(
            OLLAMA,
            404,
            {"error": "model 'codestral' not found"},
            ErrorKind.MODEL_MISSING,
            id="model not pulled",
        ),
        pytest.param(
            OLLAMA,
            404,
            {"error": 'model "x" not found, try pulling it first'},
            ErrorKind.MODEL_MISSING,
            id="model not pulled, older words",
        ),
        pytest.param(
            OLLAMA, 400, {"error": '"bge-m3" does not support generate'}, None, id="not known"
        ),
        pytest.param(
            OLLAMA,
            400,
            {"error": '"bge-m3" does not support chat'},
            ErrorKind.NO_CHAT,
            id="no chat",
        ),
        pytest.param(
            "openai_completions",
            400,
            {"object": "error", "message": "suffix is not currently supported", "code": 400},
            ErrorKind.NO_SUFFIX,
            id="vLLM has no suffix",
        ),
        pytest.param(
            "openai_completions",
            400,
            {"error": {"message": "Unsupported param: suffix"}},
            ErrorKind.NO_SUFFIX,
            id="Docker has no suffix",
        ),
        pytest.param(
            "openai_chat_completions",
            400,
            {"error": {"code": "context_length_exceeded", "message": "too long"}},
            ErrorKind.CONTEXT_TOO_LONG,
            id="too long by code",
        ),
        pytest.param(
            "openai_completions",
            404,
            {"error": {"message": "The model `x` does not exist.", "type": "NotFoundError"}},
            ErrorKind.MODEL_MISSING,
            id="no such model",
        ),
        pytest.param(
            OLLAMA, 500, {"error": "unexpected EOF"}, None, id="words of no meaning to us"
        ),
        pytest.param(LLAMACPP, 500, "<html>", None, id="no JSON"),
    ],
)
def test_refusal_is_understood(
    name: str, status: int, body: object, kind: ErrorKind | None
) -> None:
    facts = FORMATS[name].parse_error(status, body)
    assert (facts.kind if facts else None) is kind
    assert facts is None or facts.status == status


@pytest.mark.parametrize(
    ("name", "error", "limit"),
    [
        (
            LLAMACPP,
            {
                "code": 400,
                "message": "request (9412 tokens) exceeds the available context size (8192 tokens)",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 9412,
                "n_ctx": 8192,
            },
            8192,
        ),
        (
            "openai_completions",
            {
                "message": "This model's maximum context length is 4096 tokens. However, you "
                "requested 5000 tokens.",
                "code": "context_length_exceeded",
            },
            4096,
        ),
        ("openai_completions", {"message": "prompt is too long"}, 0),
    ],
)
def test_context_that_would_have_fit_is_read(
    name: str, error: dict[str, object], limit: int
) -> None:
    facts = FORMATS[name].parse_error(400, {"error": error})
    assert facts is not None
    assert (facts.kind, facts.limit) == (ErrorKind.CONTEXT_TOO_LONG, limit)


@pytest.mark.parametrize(
    ("expected", "told", "is_cut"),
    [
        pytest.param(6000, 2048, True, id="P51-cut to the default"),
        pytest.param(6000, 4100, True, id="P51-under 70 in a hundred"),
        pytest.param(6000, 4300, False, id="P51-a poor estimate"),
        pytest.param(6000, None, False, id="P51-not told because cached"),
        pytest.param(100, 40, False, id="P51-too short to judge"),
    ],
)
def test_question_cut_in_silence_is_found(expected: int, told: int | None, is_cut: bool) -> None:  # noqa: FBT001 - a table's column
    assert prompt_was_cut(expected, Usage(input=told)) is is_cut
