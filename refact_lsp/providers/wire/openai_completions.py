"""`POST /v1/completions`: a text is continued, or a hole filled where the server takes `suffix`.

Spoken by vLLM, LM Studio, llama.cpp, Ollama and TGI on one's own machines, by DeepSeek, Together,
Fireworks, Inception and Mistral as hosts (Mistral answers in the shape of a chat). Servers refuse
more than four stops, and some refuse or ignore `suffix`: see `parse_error` and `fim.ways`.
"""

from __future__ import annotations

from refact_lsp.messages import ErrorFacts
from refact_lsp.providers.wire.format import (
    Framing,
    PromptKind,
    SuffixPrompt,
    TokensPrompt,
    WireCall,
    WireRequest,
    first_stops,
    refuse,
    with_options,
)
from refact_lsp.providers.wire.openai_answer import read_openai
from refact_lsp.providers.wire.reader import JsonAnswerParser
from refact_lsp.providers.wire.refusals import known_facts

FRAMING = Framing.SSE
PROMPTS = frozenset({PromptKind.TOKENS, PromptKind.SUFFIX})
OPTIONAL = frozenset(
    {"max_tokens", "max_completion_tokens", "stop", "temperature", "stream_options"}
)


def build(request: WireRequest) -> WireCall:
    """Answer what to post."""
    required: dict[str, object] = {"model": request.model, "stream": request.stream}
    match request.prompt:
        case TokensPrompt(text):
            required["prompt"] = text
        case SuffixPrompt(prefix, suffix):
            required |= {"prompt": prefix, "suffix": suffix}
        case other:
            raise refuse("openai_completions", other)
    return WireCall("/v1/completions", with_options(request, required, limits(request)))


def limits(request: WireRequest) -> dict[str, object]:
    """Answer the options that completions and chat share; None is not sent."""
    return {
        request.max_tokens_field: request.max_tokens,
        "stop": first_stops(request.stop, request.max_stops),
        "temperature": request.temperature,
        "stream_options": {"include_usage": True} if request.stream else None,
    }


def parser(request: WireRequest) -> JsonAnswerParser:
    """Make the reader of this request's answer."""
    return JsonAnswerParser(request, read_openai, parse_error)


def parse_error(status: int, body: object) -> ErrorFacts | None:
    """Tell a refusal of `suffix` (vLLM, LMDeploy, Docker Model Runner) and a model that loads."""
    return known_facts(status, body)
