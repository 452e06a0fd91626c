"""Reading OpenAI-style requests, and the handlers that most families share."""

from __future__ import annotations

import base64
import hashlib
import struct
from dataclasses import dataclass

from tests.fakes.family import Answer, Generated, Handler, Json, Model, Refused, Served, found
from tests.fakes.generation import Asked, generate, tokenize
from tests.fakes.script import Request, Script
from tests.fakes.wire_openai import ChatCompletions, Completions, Dialect


@dataclass(frozen=True, slots=True)
class Manners:
    """How one family treats OpenAI-style requests."""

    dialect: Dialect
    default_max_tokens: int | None = None
    """Of a completion that names no limit."""
    refuses_suffix: str | None = None
    """In these words."""
    cuts_prompts: bool = False
    """It reads as much of a prompt as it can, and says nothing of the rest."""
    too_long: str = (
        "This model's maximum context length is {n_ctx} tokens, but {tokens} were given."
    )
    no_such_model: str = "The model `{model}` does not exist."
    any_model: bool = False
    """It answers with its first model whatever is asked for."""
    only_model: bool = False
    """It does so where it has but one."""


def completions(manners: Manners) -> Handler:
    """Answer `/v1/completions`."""

    def answer(served: Served, request: Request, script: Script) -> Answer:
        body = request.json()
        model = find_model(manners, served, body)
        if not model.completes:
            raise Refused(404, "This is a chat model and not supported in v1/completions.")
        suffix = str(body.get("suffix") or "")
        if suffix and manners.refuses_suffix:
            raise Refused(400, manners.refuses_suffix)
        limit = body.get("max_tokens", manners.default_max_tokens)
        asked = _asked(model, body, prompt_of(body) + suffix, limit)
        wire = Completions(manners.dialect, request.number, asked.include_usage)
        generation = generate(asked, script, context=fit(manners, model, asked))
        return Generated(wire, generation, asked.stream)

    return answer


def chat(manners: Manners) -> Handler:
    """Answer `/v1/chat/completions`."""

    def answer(served: Served, request: Request, script: Script) -> Answer:
        body = request.json()
        model = find_model(manners, served, body)
        limit = body.get("max_completion_tokens", body.get("max_tokens"))
        asked = _asked(model, body, messages_of(body), limit)
        wire = ChatCompletions(manners.dialect, request.number, asked.include_usage)
        generation = generate(asked, script, context=fit(manners, model, asked))
        return Generated(wire, generation, asked.stream)

    return answer


def embeddings(manners: Manners) -> Handler:
    """Answer `/v1/embeddings`."""

    def answer(served: Served, request: Request, _script: Script) -> Answer:
        body = request.json()
        model = find_model(manners, served, body)
        if not model.dimensions:
            raise Refused(400, f"The model `{model.name}` does not support embeddings.")
        texts = body.get("input")
        texts = texts if isinstance(texts, list) else [texts]
        as_bytes = body.get("encoding_format") == "base64"
        data = [
            {
                "object": "embedding",
                "index": index,
                "embedding": _encoded(vector, as_bytes=as_bytes),
            }
            for index, vector in enumerate(vector_of(str(each), model) for each in texts)
        ]
        count = sum(len(tokenize(str(each))) for each in texts)
        usage = {"prompt_tokens": count, "total_tokens": count}
        return found({"object": "list", "data": data, "model": model.name, "usage": usage})

    return answer


def find_model(manners: Manners, served: Served, body: Json) -> Model:
    """Find the model that is asked for, or refuse."""
    if manners.any_model or (manners.only_model and len(served.models) == 1):
        return served.models[0]
    if found_model := served.find(body.get("model")):
        return found_model
    raise Refused(404, manners.no_such_model.format(model=body.get("model")))


def fit(manners: Manners, model: Model, asked: Asked) -> int | None:
    """Say where the prompt is cut in silence; refuse one that is too long otherwise."""
    if manners.cuts_prompts:
        return model.n_ctx
    tokens = len(tokenize(asked.prompt))
    if tokens > model.n_ctx:
        raise Refused(400, manners.too_long.format(n_ctx=model.n_ctx, tokens=tokens))
    return None


def prompt_of(body: Json) -> str:
    """Give a completion's prompt: a text, or the first of a list of texts."""
    prompt = body.get("prompt")
    if isinstance(prompt, list) and prompt:
        prompt = prompt[0]
    if not isinstance(prompt, str):
        raise Refused(400, "you must provide a prompt")
    return prompt


def messages_of(body: Json) -> str:
    """Give all text of a chat."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "[] is too short - 'messages'")
    return "\n".join(_text(each.get("content")) for each in messages)


def stop_of(value: object) -> tuple[str, ...]:
    """Give the stop sequences: one, a list, or none."""
    if isinstance(value, str):
        return (value,)
    return tuple(str(each) for each in value) if isinstance(value, list) else ()


def vector_of(text: str, model: Model) -> list[float]:
    """Give an embedding: for the same text the same, of length one."""
    seeds = [
        hashlib.sha256(f"{index} {text}".encode()).digest() for index in range(model.dimensions)
    ]
    raw = [int.from_bytes(each[:4], "big") / 2**31 - 1 for each in seeds]
    length = sum(each * each for each in raw) ** 0.5
    return [each / length for each in raw]


def _asked(model: Model, body: Json, prompt: str, limit: object) -> Asked:
    options = body.get("stream_options") or {}
    return Asked(
        model=model.name,
        prompt=prompt,
        stream=bool(body.get("stream")),
        max_tokens=limit if isinstance(limit, int) and limit >= 0 else None,
        stop=stop_of(body.get("stop")),
        include_usage=bool(options.get("include_usage")),
    )


def _text(content: object) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return content if isinstance(content, str) else ""


def _encoded(vector: list[float], *, as_bytes: bool) -> list[float] | str:
    if not as_bytes:
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
