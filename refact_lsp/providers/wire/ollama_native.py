"""Ollama's own API: `/api/generate` and `/api/chat`, answered in lines of JSON.

Preferred to its OpenAI-like layer, which cannot set the context and so cuts long questions in
silence (ollama/ollama docs/api.md). `suffix` works where the model's template has a place for it;
without one the same call answers like a chat, so an empty suffix is sent as a newline
(ollama/ollama#6932). `raw` leaves the template out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from refact_lsp.messages import ErrorFacts, ErrorKind, Usage, WireEvent
from refact_lsp.providers.wire.answer import Answer
from refact_lsp.providers.wire.format import (
    ChatPrompt,
    Framing,
    PromptKind,
    SuffixPrompt,
    TokensPrompt,
    WireCall,
    WireRequest,
    refuse,
    with_options,
)
from refact_lsp.providers.wire.openai_chat_completions import turns
from refact_lsp.providers.wire.reader import JsonAnswerParser
from refact_lsp.providers.wire.refusals import error_facts
from refact_lsp.providers.wire.tolerant import Count, Maybe, Objects, Tolerant, Truth, Word

FRAMING = Framing.NDJSON
PROMPTS = frozenset({PromptKind.TOKENS, PromptKind.SUFFIX, PromptKind.CHAT})
OPTIONAL = frozenset({"options", "keep_alive", "think", "num_predict", "num_ctx", "stop"})


def build(request: WireRequest) -> WireCall:
    """Answer what to post."""
    required: dict[str, Any] = {"model": request.model, "stream": request.stream}
    path = "/api/generate"
    match request.prompt:
        case TokensPrompt(text):
            required |= {"prompt": text, "raw": True}
        case SuffixPrompt(prefix, suffix):
            required |= {"prompt": prefix, "suffix": suffix or "\n"}
        case ChatPrompt():
            path, required["messages"] = "/api/chat", turns(request.prompt)
        case other:
            raise refuse("ollama_native", other)
    return WireCall(path, with_options(request, required, _optional(request)))


def _optional(request: WireRequest) -> dict[str, Any]:
    options = {
        "num_ctx": request.num_ctx,
        "num_predict": request.max_tokens,
        "stop": list(request.stop) or None,
        "temperature": request.temperature,
    }
    sent = {
        name: value
        for name, value in options.items()
        if value is not None and name not in request.dropped
    }
    own = request.extra_body.get("options")
    options_sent = {**sent, **own} if isinstance(own, dict) else sent
    return {
        "options": options_sent or None,
        "keep_alive": request.keep_alive,
        "think": request.think,
    }


class _Message(Tolerant):
    content: Word = None
    thinking: Word = None
    tool_calls: Annotated[tuple[dict[str, Any], ...], Objects] = ()


class _Line(Tolerant):
    model: Word = None
    response: Word = None
    thinking: Word = None
    message: Annotated[_Message | None, Maybe] = None
    done: Truth = None
    done_reason: Word = None
    prompt_eval_count: Count = None
    eval_count: Count = None


def _read(answer: Answer, body: Mapping[str, Any]) -> list[WireEvent]:
    line = _Line.model_validate(body)
    turn = line.message or _Message()
    events = answer.served_by(line.model)
    events += answer.reasoning(line.thinking or turn.thinking)
    events += answer.text(line.response or turn.content)
    for _ in turn.tool_calls:
        answer.tool_call()
    if line.prompt_eval_count is not None or line.eval_count is not None:
        answer.usage(Usage(input=line.prompt_eval_count, output=line.eval_count))
    if line.done:
        answer.said_last_word = True
        events += answer.stopped(line.done_reason or "stop")
    return events


def parser(request: WireRequest) -> JsonAnswerParser:
    """Make the reader of this request's answer."""
    return JsonAnswerParser(request, _read, parse_error)


def parse_error(status: int, body: object) -> ErrorFacts | None:
    """Read `{"error": "..."}`: a model without a place for `suffix`, or not pulled, and others."""
    facts = error_facts(body, status)
    if facts is None or facts.kind is not ErrorKind.UNKNOWN:
        return facts
    if re.search(r"\bmodel\b.*\bnot found\b|try pulling it first", facts.message):
        return replace(facts, kind=ErrorKind.MODEL_MISSING)
    return None
