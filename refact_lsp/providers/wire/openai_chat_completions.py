"""`POST /v1/chat/completions`: a conversation is carried on; spoken by nearly every server."""

from __future__ import annotations

from refact_lsp.messages import ErrorFacts
from refact_lsp.providers.wire import openai_completions
from refact_lsp.providers.wire.format import (
    ChatPrompt,
    Framing,
    PromptKind,
    WireCall,
    WireRequest,
    refuse,
    with_options,
)
from refact_lsp.providers.wire.openai_answer import read_openai
from refact_lsp.providers.wire.reader import JsonAnswerParser

FRAMING = Framing.SSE
PROMPTS = frozenset({PromptKind.CHAT})
OPTIONAL = openai_completions.OPTIONAL


def build(request: WireRequest) -> WireCall:
    """Answer what to post."""
    if not isinstance(request.prompt, ChatPrompt):
        raise refuse("openai_chat_completions", request.prompt)
    required = {
        "model": request.model,
        "messages": turns(request.prompt),
        "stream": request.stream,
    }
    body = with_options(request, required, openai_completions.limits(request))
    return WireCall("/v1/chat/completions", body)


def turns(prompt: ChatPrompt) -> list[dict[str, str]]:
    """Answer the conversation as it is written on the wire."""
    return [{"role": each.role, "content": each.text} for each in prompt.messages]


def parser(request: WireRequest) -> JsonAnswerParser:
    """Make the reader of this request's answer."""
    return JsonAnswerParser(request, read_openai, parse_error)


def parse_error(status: int, body: object) -> ErrorFacts | None:
    """Tell a model that loads, one that is missing, and a question too long for it."""
    return openai_completions.parse_error(status, body)
