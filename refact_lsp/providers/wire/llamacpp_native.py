"""llama.cpp's own API: `/infill` writes the model's special tokens itself, `/completion` none.

Streams are SSE without a last `[DONE]`: the last frame says `"stop": true` (tools/server/README.md
of ggml-org/llama.cpp). A model without the tokens answers `/infill` with 501; a server that still
loads its model answers everything with 503.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from refact_lsp.messages import ErrorFacts, ErrorKind, Usage, WireEvent
from refact_lsp.providers.wire.answer import Answer
from refact_lsp.providers.wire.format import (
    Framing,
    InfillPrompt,
    PromptKind,
    TokensPrompt,
    WireCall,
    WireRequest,
    refuse,
    with_options,
)
from refact_lsp.providers.wire.reader import JsonAnswerParser
from refact_lsp.providers.wire.refusals import error_facts
from refact_lsp.providers.wire.tolerant import Count, Maybe, Tolerant, Truth, Word

FRAMING = Framing.SSE
PROMPTS = frozenset({PromptKind.INFILL, PromptKind.TOKENS})
OPTIONAL = frozenset(
    {
        "n_predict",
        "stop",
        "temperature",
        "cache_prompt",
        "id_slot",
        "n_indent",
        "t_max_predict_ms",
        "model",
    }
)


def build(request: WireRequest) -> WireCall:
    """Answer what to post."""
    match request.prompt:
        case InfillPrompt():
            path, required = "/infill", _infill(request.prompt)
        case TokensPrompt(text):
            path, required = "/completion", {"prompt": text}
        case other:
            raise refuse("llamacpp_native", other)
    required["stream"] = request.stream
    return WireCall(path, with_options(request, required, _optional(request)))


def _infill(prompt: InfillPrompt) -> dict[str, Any]:
    return {
        "input_prefix": prompt.prefix,
        "input_suffix": prompt.suffix,
        "input_extra": [{"filename": name, "text": text} for name, text in prompt.extra],
        "prompt": prompt.typed,
    }


def _optional(request: WireRequest) -> dict[str, Any]:
    return {
        "model": request.model or None,
        "n_predict": request.max_tokens,
        "stop": list(request.stop) or None,
        "temperature": request.temperature,
        "cache_prompt": request.cache_prompt,
        "id_slot": request.id_slot,
        "n_indent": request.n_indent,
        "t_max_predict_ms": request.max_predict_ms,
    }


class _Timings(Tolerant):
    cache_n: Count = None
    prompt_n: Count = None
    predicted_n: Count = None


class _Frame(Tolerant):
    content: Word = None
    model: Word = None
    index: Count = None
    stop: Truth = None
    stop_type: Word = None
    stopped_limit: Truth = None
    tokens_evaluated: Count = None
    tokens_predicted: Count = None
    timings: Annotated[_Timings | None, Maybe] = None


def _read(answer: Answer, body: Mapping[str, Any]) -> list[WireEvent]:
    frame = _Frame.model_validate(body)
    choice = frame.index or 0
    events = answer.served_by(frame.model)
    events += answer.text(frame.content, choice)
    answer.usage(_usage(frame))
    if frame.stop:
        answer.said_last_word = True
        is_limit = frame.stop_type == "limit" or frame.stopped_limit
        events += answer.stopped("length" if is_limit else "stop", choice)
    return events


def _usage(frame: _Frame) -> Usage | None:
    if frame.tokens_evaluated is None and frame.tokens_predicted is None:
        return None
    cached = frame.timings.cache_n if frame.timings else None
    return Usage(input=frame.tokens_evaluated, output=frame.tokens_predicted, cached=cached)


def parser(request: WireRequest) -> JsonAnswerParser:
    """Make the reader of this request's answer."""
    return JsonAnswerParser(request, _read, parse_error)


def parse_error(status: int, body: object) -> ErrorFacts | None:
    """Read a refusal: no tokens for `/infill`, still loading, or a question over the context."""
    facts = error_facts(body, status)
    if facts is None:
        return None
    if facts.type == "not_supported_error" and facts.status == 501:
        facts = replace(facts, kind=ErrorKind.NO_INFILL)
    elif facts.type == "unavailable_error":
        facts = replace(facts, kind=ErrorKind.LOADING)
    return None if facts.kind is ErrorKind.UNKNOWN else facts
