"""What a refusal or an answer teaches about a model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from refact_lsp.messages import Usage
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.providers.fim.ways import Way, WayKind
from refact_lsp.providers.known import KnownModel, KnownModels
from refact_lsp.providers.learning import SMALLEST_CONTEXT, learned, taught
from refact_lsp.providers.question import PlainReader, Question
from refact_lsp.providers.wire.format import SuffixPrompt, TokensPrompt, WireRequest
from refact_lsp.providers.wire.table import FORMATS

WIRE = "openai_completions"
NEW = KnownModel("m")


def asked(kind: WayKind = WayKind.CONTINUE, chars: int = 6_000, wire: str = WIRE) -> Question:
    prompt = SuffixPrompt("a", "b") if kind is WayKind.SUFFIX else TokensPrompt("a")
    request = WireRequest(model="m", prompt=prompt, max_tokens=64)
    return Question(Way(kind, wire), request, chars, PlainReader)


def refusal(words: str, status: int = 400, kind: Kind = Kind.BAD_REQUEST) -> RequestError:
    return RequestError(kind, "It is refused.", Facts(status=status, server_text=words))


BODY = {"model": "m", "prompt": "a", "max_tokens": 64, "temperature": 0.0, "stream": True}


@pytest.mark.parametrize(
    ("question", "error", "facts"),
    [
        pytest.param(
            asked(WayKind.SUFFIX),
            refusal("suffix is not currently supported"),
            {"refused": frozenset({(WayKind.SUFFIX, WIRE)})},
            id="suffix",
        ),
        pytest.param(
            asked(WayKind.INFILL, wire="llamacpp_native"),
            refusal("nothing here", 404, Kind.PATH_MISSING),
            {"refused": frozenset({(WayKind.INFILL, "llamacpp_native")})},
            id="infill that is not there",
        ),
        pytest.param(
            asked(),
            refusal("This is a chat model and not supported in the v1/completions endpoint.", 404),
            {
                "refused": frozenset(
                    {(WayKind.SUFFIX, WIRE), (WayKind.TOKENS, WIRE), (WayKind.CONTINUE, WIRE)}
                )
            },
            id="a model that only chats",
        ),
        pytest.param(
            asked(),
            refusal("temperature is not supported"),
            {"dropped": frozenset({"temperature"})},
            id="parameter",
        ),
        pytest.param(
            asked(),
            refusal("Use 'max_completion_tokens' instead of 'max_tokens'."),
            {"max_tokens_field": "max_completion_tokens"},
            id="parameter with another name",
        ),
        pytest.param(asked(), refusal("model is wrong"), {}, id="parameter that is needed"),
        pytest.param(asked(), refusal("no", 500, Kind.SERVER_ERROR), {}, id="failure"),
    ],
)
def test_refusal_teaches(question: Question, error: RequestError, facts: dict[str, Any]) -> None:
    assert learned(NEW, question, BODY, error, FORMATS[question.way.wire]) == facts


def test_parameter_dropped_before_is_not_learned_again() -> None:
    known = replace(NEW, dropped=frozenset({"temperature"}))
    error = refusal("temperature is not supported")
    assert learned(known, asked(), BODY, error, FORMATS[WIRE]) == {}


@pytest.mark.parametrize(
    ("words", "known", "chars", "context"),
    [
        pytest.param("prompt is too long", 0, 6_000, 1_032, id="half where nothing is told"),
        pytest.param("maximum context length is 1000", 0, 6_000, 1_000, id="as told"),
        pytest.param(
            "maximum context length is 9000", 0, 6_000, 1_032, id="half where told too much"
        ),
        pytest.param("prompt is too long", 1_032, 6_000, 516, id="half of what was known"),
        pytest.param("prompt is too long", 0, 900, SMALLEST_CONTEXT, id="no less than this"),
        pytest.param("prompt is too long", SMALLEST_CONTEXT, 900, None, id="then no more"),
    ],
)
def test_question_too_long_teaches_the_context(
    words: str, known: int, chars: int, context: int | None
) -> None:
    error = refusal(words, kind=Kind.CONTEXT_TOO_LONG)
    facts = learned(replace(NEW, context=known), asked(chars=chars), BODY, error, FORMATS[WIRE])
    assert facts.get("context") == context


@pytest.mark.parametrize(
    ("ratio", "read", "facts"),
    [
        pytest.param(3.0, 1_500, {"chars_per_token": 4.0}, id="first count"),
        pytest.param(4.0, 1_200, {"chars_per_token": 4.2}, id="later count, in small steps"),
        pytest.param(3.0, 1_000, {"chars_per_token": 6.0}, id="wide indentation is no cut"),
        pytest.param(3.0, 500, {"context": 564}, id="cut in silence"),
        pytest.param(4.0, 1_000, {"context": 1_064}, id="cut, seen by what was counted before"),
        pytest.param(3.0, None, {}, id="not told"),
    ],
)
def test_count_of_an_answer_teaches(ratio: float, read: int | None, facts: object) -> None:
    known = replace(NEW, chars_per_token=ratio, good_way=(WayKind.CONTINUE, WIRE))
    assert taught(known, asked(), Usage(input=read)) == facts


def test_short_question_and_instructions_of_a_chat_are_not_counted() -> None:
    known = replace(NEW, good_way=(WayKind.CONTINUE, WIRE))
    assert taught(known, asked(chars=100), Usage(input=10)) == {}
    known = replace(NEW, good_way=(WayKind.CHAT, WIRE))
    assert taught(known, asked(WayKind.CHAT), Usage(input=2_500)) == {}


def test_way_that_worked_is_kept() -> None:
    assert taught(NEW, asked(), None) == {"good_way": (WayKind.CONTINUE, WIRE)}


def test_changed_settings_forget_how_to_ask_and_not_what_a_model_is() -> None:
    known = KnownModels()
    known.learn("i", "u", "m", dropped=frozenset({"stop"}), path_spelling="other", context=4096)
    known.unlearn("i", "u", "m")
    assert known.of("i", "u", "m") == KnownModel("m", context=4096)
