"""Golden answers of OpenAI-like servers, streamed and whole, faithful and not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from refact_lsp.providers.wire.format import TokensPrompt, WireRequest
from refact_lsp.providers.wire.table import FORMATS
from tests.providers.wire.answers import ASKED, end_of, others, read, text_of, thoughts_of

CHAT = "openai_chat_completions"
TEXT = "openai_completions"


def delta(**fields: object) -> str:
    return json.dumps({"choices": [{"index": 0, "delta": fields, "finish_reason": None}]})


def finish(reason: str | None = "stop") -> str:
    return json.dumps({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})


def test_golden_chat_stream() -> None:
    events = read(
        CHAT,
        [
            (
                '{"id":"c1","object":"chat.completion.chunk","created":1,"model":"qwen2.5-coder:7b",'
                '"choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},'
                '"logprobs":null,"finish_reason":null}],"usage":null}'
            ),
            '{"id":"c1","choices":[{"index":0,"delta":{"content":"a"}}],"usage":null}',
            '{"id":"c1","choices":[{"index":0,"delta":{"content":", b"}}],"usage":null}',
            '{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":null}',
            (
                '{"id":"c1","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":3,'
                '"total_tokens":23,"prompt_tokens_details":{"cached_tokens":16},'
                '"completion_tokens_details":{"reasoning_tokens":0}}}'
            ),
            "[DONE]",
        ],
    )
    assert events == [
        ServedBy("qwen2.5-coder:7b"),
        TextDelta("a"),
        TextDelta(", b"),
        Usage(input=20, output=3, cached=16, reasoning=0),
        Finish("stop"),
    ]


def test_golden_completions_stream() -> None:
    events = read(
        TEXT,
        [
            (
                '{"id":"x","object":"text_completion","created":1,"model":"qwen2.5-coder:7b",'
                '"choices":[{"index":0,"text":"a, b","finish_reason":null,"logprobs":null}]}'
            ),
            (
                '{"id":"x","choices":[{"index":0,"text":null,"finish_reason":"length"}],'
                '"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}'
            ),
            "[DONE]",
        ],
    )
    assert events == [
        ServedBy("qwen2.5-coder:7b"),
        TextDelta("a, b"),
        Usage(input=9, output=2),
        Finish("length"),
    ]


def test_golden_whole_bodies() -> None:
    chat = (
        '{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":'
        '{"role":"assistant","content":"a, b"},"finish_reason":"stop"}],'
        '"usage":{"prompt_tokens":9,"completion_tokens":2,"total_tokens":11}}'
    )
    text = (
        '{"object":"text_completion","model":"m","choices":[{"index":0,"text":"a, b",'
        '"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":2}}'
    )
    for name, body in ((CHAT, chat), (TEXT, text), (TEXT, chat)):
        events = read(name, [body])
        assert (text_of(events), end_of(events)) == ("a, b", "stop")
        assert Usage(input=9, output=2) in events


def test_fim_endpoint_may_answer_in_the_shape_of_a_chat() -> None:
    stream = [
        (
            '{"id":"f","model":"codestral-2508","choices":[{"index":0,"delta":{"role":"assistant",'
            '"content":"x + 1"},"finish_reason":null}]}'
        ),
        (
            '{"id":"f","choices":[{"index":0,"delta":{"content":""},"finish_reason":"stop"}],'
            '"usage":{"prompt_tokens":8,"total_tokens":12,"completion_tokens":4}}'
        ),
        "[DONE]",
    ]
    events = read(TEXT, stream)
    assert (text_of(events), end_of(events)) == ("x + 1", "stop")


@pytest.mark.parametrize(
    ("events", "text"),
    [
        pytest.param(['{"choices":[]}', delta(content="x"), finish()], "x", id="P39-no choices"),
        pytest.param([delta(content=None), delta(content="x"), finish()], "x", id="P39-null"),
        pytest.param(['{"choices":[{"index":0}]}', finish()], "", id="P39-no delta"),
        pytest.param([delta(role="assistant"), delta(content="x")], "x", id="P39-role only"),
        pytest.param(
            ['{"usage":{"prompt_tokens":1}}', delta(content="x")], "x", id="P39-usage only"
        ),
        pytest.param(
            ['{"new":1,"choices":[{"index":"0","later":[],"delta":{"content":"x","n":{}}}]}'],
            "x",
            id="P39-unknown fields and a number as a string",
        ),
        pytest.param(
            ['{"choices":[null,7,{"delta":{"content":"x"}}]}'], "x", id="P39-choices of no shape"
        ),
        pytest.param(['{"choices":{"0":1}}', delta(content="x")], "x", id="P39-choices no list"),
        pytest.param(['{"choices":[{"delta":"x"}]}', delta(content="y")], "y", id="P39-delta text"),
        pytest.param(["ping", delta(content="x")], "x", id="P39-an event that is no JSON"),
        pytest.param(["", "null", "3", delta(content="x")], "x", id="P39-JSON that is no object"),
        pytest.param(
            [delta(content=[{"type": "text", "text": "x"}, "y", {"type": "image"}, 4])],
            "xy",
            id="P39-content in parts",
        ),
        pytest.param(
            ['{"model":7,"choices":[{"text":["no"],"finish_reason":9}],"usage":"many"}'],
            "",
            id="P39-nothing of the right type",
        ),
    ],
)
def test_odd_shapes_lose_no_text(events: list[str], text: str) -> None:
    assert text_of(read(CHAT, events)) == text


def test_answer_with_nothing_in_it_is_empty_p39() -> None:
    assert end_of(read(CHAT, [delta(role="assistant"), finish(), "[DONE]"])) == "empty"
    assert end_of(read(TEXT, ['{"choices":[]}', "[DONE]"])) == "empty"


def test_answer_that_never_was_json_is_a_bad_stream() -> None:
    events = read(CHAT, ["<html>", "</html>"])
    assert others(events) == [ErrorFacts("The answer is not JSON.", ErrorKind.BAD_STREAM)]
    assert end_of(events) == "error"


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        pytest.param("stop", "stop", id="P40-stop"),
        pytest.param("eos", "stop", id="P40-eos"),
        pytest.param("length", "length", id="P40-length"),
        pytest.param("model_length", "length", id="P40-model_length"),
        pytest.param("content_filter", "content_filter", id="P40-content_filter"),
        pytest.param("sensitive", "content_filter", id="P40-sensitive"),
        pytest.param("tool_calls", "stop", id="P40-tool_calls after text"),
        pytest.param("insufficient_system_resource", "error", id="P40-out of resources"),
        pytest.param("moonrise", "stop", id="P40-unknown"),
    ],
)
def test_reason_of_the_end_is_understood(reason: str, cause: str) -> None:
    assert end_of(read(CHAT, [delta(content="x"), finish(reason), "[DONE]"])) == cause


def test_tool_calls_are_ignored_and_counted_p40() -> None:
    def call(index: int | None, call_id: str | None, arguments: str) -> str:
        return delta(
            tool_calls=[{"index": index, "id": call_id, "function": {"arguments": arguments}}]
        )

    events = read(
        CHAT,
        [
            call(0, "a", ""),
            call(0, None, "{"),
            call(0, "a", "}"),
            call(1, "b", "{}"),
            finish("tool_calls"),
        ],
    )
    assert others(events) == [ToolCallsIgnored(2)]
    assert end_of(events) == "tool_calls"


def test_calls_that_share_an_index_are_told_apart_by_id_p40() -> None:
    calls = [{"index": 0, "id": "a"}, {"index": 0, "id": "b"}]
    assert ToolCallsIgnored(2) in read(CHAT, [delta(tool_calls=calls)])


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(delta(reasoning_content="hm"), id="P42-reasoning_content"),
        pytest.param(delta(reasoning="hm"), id="P42-reasoning"),
        pytest.param(
            delta(reasoning_details=[{"type": "reasoning.text", "text": "hm"}]),
            id="P42-reasoning_details",
        ),
        pytest.param(
            delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]),
            id="P42-parts",
        ),
        pytest.param(delta(content="<think>hm</think>\n\n"), id="P42-think"),
        pytest.param(delta(content="\n<thought>hm</thought>"), id="P42-thought"),
    ],
)
def test_thoughts_are_no_text(event: str) -> None:
    events = read(CHAT, [event, delta(content="x = 1"), finish()])
    assert (thoughts_of(events), text_of(events), end_of(events)) == ("hm", "x = 1", "stop")


def test_both_spellings_of_one_thought_count_once_p42() -> None:
    events = read(CHAT, [delta(reasoning_content="hm", reasoning="hm"), finish()])
    assert events[:-1] == [ReasoningDelta("hm")]


@pytest.mark.parametrize("reason", ["length", "stop"])
def test_answer_of_thoughts_alone_says_so_p42(reason: str) -> None:
    events = read(CHAT, [delta(content="<think>well"), finish(reason)])
    assert (thoughts_of(events), end_of(events)) == ("well", "only_reasoning")


def test_tags_further_on_are_code_p42() -> None:
    code = "a = '<think>'\nb = '</think>'"
    assert text_of(read(CHAT, [delta(content=code), finish()])) == code


def test_choices_are_kept_apart_p43() -> None:
    def piece(index: int, text: str, reason: str | None = None) -> str:
        return json.dumps({"choices": [{"index": index, "text": text, "finish_reason": reason}]})

    events = read(
        TEXT, [piece(1, "<thi"), piece(0, "a"), piece(1, "nk>hm</think>b"), piece(0, "c", "stop")]
    )
    assert (text_of(events, 0), text_of(events, 1)) == ("ac", "b")
    assert events[-1] == Finish("stop")


USAGE = {"prompt_tokens": 10, "completion_tokens": 4}


@pytest.mark.parametrize(
    ("chunks", "usage"),
    [
        pytest.param([{"choices": []}], None, id="P44-missing"),
        pytest.param([{"usage": USAGE}, {"usage": USAGE}], Usage(10, 4), id="P44-twice"),
        pytest.param(
            [
                {"usage": {"prompt_tokens": 10, "completion_tokens": 1}},
                {"usage": {"prompt_tokens": 10, "completion_tokens": 2}},
                {"usage": {"completion_tokens": "4"}},
            ],
            Usage(10, 4),
            id="P44-cumulative, one number as a string",
        ),
        pytest.param(
            [{"usage": None}, {"usage": {}}, {"usage": USAGE}], Usage(10, 4), id="P44-null"
        ),
        pytest.param([{"x_groq": {"usage": USAGE}}], Usage(10, 4), id="P44-beside"),
        pytest.param([{"choices": [{"usage": USAGE}]}], Usage(10, 4), id="P44-in a choice"),
        pytest.param(
            [{"usage": {**USAGE, "prompt_cache_hit_tokens": 8, "prompt_cache_miss_tokens": 2}}],
            Usage(10, 4, cached=8),
            id="P44-hits and misses",
        ),
        pytest.param(
            [{"usage": {**USAGE, "cached_input_tokens": 8}}],
            Usage(10, 4, cached=8),
            id="P44-cached",
        ),
        pytest.param(
            [{"usage": {**USAGE, "cost": 0.25}}], Usage(10, 4, cost_usd=0.25), id="P44-cost"
        ),
        pytest.param(
            [{"usage": {**USAGE, "cost_in_usd_ticks": 2_500_000_000}}],
            Usage(10, 4, cost_usd=0.25),
            id="P44-ticks",
        ),
        pytest.param(
            [{"usage": {"prompt_tokens": True, "completion_tokens": 1e400}}],
            Usage(),
            id="P44-no numbers",
        ),
    ],
)
def test_usage_is_told_once_and_never_added_up(
    chunks: list[dict[str, object]], usage: Usage | None
) -> None:
    events = read(CHAT, [json.dumps(each) for each in chunks])
    assert [each for each in events if isinstance(each, Usage)] == ([usage] if usage else [])


@pytest.mark.parametrize(
    ("event", "facts"),
    [
        pytest.param(
            '{"error":{"message":"slow down","type":"requests","code":"rate_limit_exceeded"}}',
            ErrorFacts("slow down", code="rate_limit_exceeded", type="requests"),
            id="P16-an object",
        ),
        pytest.param(
            '{"error":{"code":502,"message":"upstream"},"choices":[]}',
            ErrorFacts("upstream", status=502, code="502"),
            id="P16-beside choices",
        ),
        pytest.param('{"error":"no memory"}', ErrorFacts("no memory"), id="P16-a string"),
        pytest.param(
            '{"object":"error","message":"bad","type":"BadRequestError","param":"stop","code":400}',
            ErrorFacts("bad", status=400, code="400", type="BadRequestError", param="stop"),
            id="P16-at the top",
        ),
        pytest.param('{"detail":"wrong key"}', ErrorFacts("wrong key"), id="P16-detail"),
        pytest.param(
            '{"base_resp":{"status_code":1004,"status_msg":"login"},"choices":null}',
            ErrorFacts("login", code="1004"),
            id="P16-base_resp",
        ),
        pytest.param(
            '[{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED"}}]',
            ErrorFacts("quota", status=429, code="429"),
            id="P16-in a list",
        ),
    ],
)
def test_refusal_in_place_of_an_answer_is_told(event: str, facts: ErrorFacts) -> None:
    events = read(CHAT, [event])
    assert others(events) == [facts]
    assert events[-1] == Finish("error", facts.message)


def test_event_named_error_is_one_whatever_it_holds_p16() -> None:
    parser = FORMATS[CHAT].parser(ASKED)
    assert parser.feed('{"message":"gone","code":"x"}', "error") == (ErrorFacts("gone", code="x"),)
    assert parser.is_done


def test_text_before_a_refusal_is_kept_p16() -> None:
    events = read(CHAT, [delta(content="x = "), '{"error":{"message":"died"}}'])
    assert (text_of(events), events[-1]) == ("x = ", Finish("error", "died"))


def test_other_model_than_asked_is_told_once_p52() -> None:
    chunk = '{"model":"qwen2.5-coder:1.5b","choices":[]}'
    assert others(read(CHAT, [chunk, chunk])) == [ServedBy("qwen2.5-coder:1.5b", is_other=True)]


@pytest.mark.parametrize(
    ("asked", "served", "is_other"),
    [
        pytest.param("codestral", "codestral:latest", False, id="P52-latest"),
        pytest.param("Qwen2.5-Coder-7B", "Qwen/qwen2.5-coder-7b", False, id="P52-organisation"),
        pytest.param("q.gguf", "/models/q.gguf", False, id="P52-file"),
        pytest.param("gpt-x", "gpt-x-2026-01-01", True, id="P52-alias"),
        pytest.param("base:lora:ck", "base", True, id="P52-LoRA not loaded"),
    ],
)
def test_names_of_one_model_are_not_another(asked: str, served: str, is_other: bool) -> None:  # noqa: FBT001 - a table's column
    request = WireRequest(model=asked, prompt=TokensPrompt(""))
    assert read(CHAT, [json.dumps({"model": served})], request)[0] == ServedBy(served, is_other)


def test_stream_that_breaks_off_is_truncated() -> None:
    assert end_of(read(CHAT, [delta(content="x")])) == "truncated"
    silent = WireRequest(model="m", prompt=TokensPrompt(""), ends_without_word=True)
    assert end_of(read(CHAT, [delta(content="x")], silent)) == "stop"


def test_last_word_without_a_reason_is_an_end() -> None:
    assert end_of(read(CHAT, [delta(content="x"), "[DONE]"])) == "stop"


def test_stops_hold_where_the_server_lets_them_pass() -> None:
    request = WireRequest(model="m", prompt=TokensPrompt(""), stop=("<|file_sep|>", "\n\n"))
    parser = FORMATS[TEXT].parser(request)
    events = [
        *parser.feed('{"choices":[{"text":"a<|fi"}]}'),
        *parser.feed('{"choices":[{"text":"le_sep|>b"}]}'),
    ]
    assert text_of(events) == "a"
    assert parser.is_done
    assert parser.finish() == (Finish("stop"),)


def test_character_in_two_halves_is_joined() -> None:
    events = read(
        CHAT,
        [
            r'{"choices":[{"delta":{"content":"\ud83d"}}]}',
            r'{"choices":[{"delta":{"content":"\ude00!"}}]}',
        ],
    )
    assert text_of(events) == "\N{GRINNING FACE}!"


def test_finish_comes_once() -> None:
    parser = FORMATS[CHAT].parser(ASKED)
    assert parser.finish() == (Finish("truncated"),)
    assert parser.finish() == ()


ALPHABET = [
    "<think>",
    "</think>",
    "<",
    "think",
    "\n",
    "x",
    "<|end|>",
    "<|",
    " ",
    "\N{GRINNING FACE}",
]


@given(st.lists(st.sampled_from(ALPHABET), max_size=12).map("".join), st.data())
def test_any_split_of_a_text_reads_the_same(text: str, data: st.DataObject) -> None:
    request = WireRequest(model="m", prompt=TokensPrompt(""), stop=("<|end|>", "x\n"))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = read(TEXT, [delta(content=text)], request)
    split = read(TEXT, [delta(content=each) for each in pieces], request)
    assert (text_of(whole), thoughts_of(whole)) == (text_of(split), thoughts_of(split))
    assert whole[-1] == split[-1]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "delta",
                    "content",
                    "error",
                    "usage",
                    "index",
                    "text",
                    "model",
                    "message",
                    "done",
                    "response",
                    "stop",
                    "timings",
                    "tool_calls",
                    "code",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("name", FORMATS)
@given(st.lists(JSON, max_size=3))
def test_any_json_ends_in_one_finish(name: str, bodies: list[object]) -> None:
    events = read(name, [json.dumps(each) for each in bodies])
    assert end_of(events)
