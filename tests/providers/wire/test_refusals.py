"""Which parameter a server will not take, out of its words."""

from __future__ import annotations

from typing import Any

import pytest

from refact_lsp.messages import ErrorFacts
from refact_lsp.providers.wire import llamacpp_native, openai_chat_completions, openai_completions
from refact_lsp.providers.wire.refusals import Refusal, error_facts, refused_parameter

BODY: dict[str, Any] = {
    "model": "m",
    "prompt": "temperature",
    "stream": True,
    "max_tokens": 50,
    "temperature": 0.2,
    "stop": ["\n"],
    "stream_options": {"include_usage": True},
}


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        pytest.param(
            {
                "message": "Unsupported parameter: 'max_tokens' is not supported with this model. "
                "Use 'max_completion_tokens' instead.",
                "param": "max_tokens",
                "code": "unsupported_parameter",
            },
            Refusal("max_tokens", "max_completion_tokens"),
            id="P1-another name",
        ),
        pytest.param(
            {"message": "'temperature' does not support 0.2 with this model.", "param": None},
            Refusal("temperature"),
            id="P1-by its words",
        ),
        pytest.param(
            {"message": "Extra inputs are not permitted", "param": "body.stream_options"},
            Refusal("stream_options"),
            id="P1-by its path",
        ),
        pytest.param(
            {"message": "stream_options is not allowed", "param": ""},
            Refusal("stream_options"),
            id="P1-the longer name wins over stream",
        ),
        pytest.param({"message": "model is wrong", "param": "model"}, None, id="P1-not optional"),
        pytest.param({"message": "top_p is wrong"}, None, id="P1-not sent"),
        pytest.param({"message": "maximum_temperatures"}, None, id="P1-only a part of a word"),
    ],
)
def test_parameter_is_found(error: dict[str, Any], refusal: Refusal | None) -> None:
    facts = error_facts({"error": error}, 400)
    assert facts is not None
    assert refused_parameter(facts, BODY, openai_completions.OPTIONAL) == refusal


def test_parameter_of_the_users_own_is_found_too_p1() -> None:
    facts = ErrorFacts("Unknown field: chat_template_kwargs", status=422)
    body = {**BODY, "chat_template_kwargs": {}}
    found = refused_parameter(facts, body, openai_chat_completions.OPTIONAL)
    assert found == Refusal("chat_template_kwargs")


def test_newer_name_of_the_limit_has_an_older_one_p1() -> None:
    facts = ErrorFacts("unexpected field max_completion_tokens", status=400)
    body = {"model": "m", "max_completion_tokens": 5}
    found = refused_parameter(facts, body, openai_completions.OPTIONAL)
    assert found == Refusal("max_completion_tokens", "max_tokens")


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_other_failures_drop_nothing_p1(status: int) -> None:
    facts = ErrorFacts("temperature", status=status)
    assert refused_parameter(facts, BODY, openai_completions.OPTIONAL) is None


def test_native_option_is_found_p1() -> None:
    facts = ErrorFacts("Invalid value for t_max_predict_ms", status=400)
    found = refused_parameter(facts, {"t_max_predict_ms": 1}, llamacpp_native.OPTIONAL)
    assert found == Refusal("t_max_predict_ms")
