"""llama.cpp's server, as `tests/models/recorded` has it."""

from __future__ import annotations

from tests.fakes.family import (
    Answer,
    Family,
    Generated,
    Handler,
    Json,
    Model,
    Refused,
    Served,
    Whole,
    found,
)
from tests.fakes.generation import Asked, generate
from tests.fakes.reading import (
    Manners,
    chat,
    completions,
    embeddings,
    fit,
    stop_of,
)
from tests.fakes.script import Request, Script
from tests.fakes.wire import CREATED, compact
from tests.fakes.wire_llamacpp import LlamaNative
from tests.fakes.wire_openai import Dialect

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    501: "not_supported_error",
    503: "unavailable_error",
}
_NO_MARKS = (
    "Infill is not supported by this model: prefix token is missing. suffix token is missing. "
    "middle token is missing. "
)
_TOO_LONG = (
    "request ({tokens} tokens) exceeds the available context size ({n_ctx} tokens), "
    "try increasing it"
)
_MANNERS = Manners(
    Dialect(
        fingerprint="b10605-fake",
        opening_content=None,
        completions_always_tell_usage=True,
        chat_logprobs=False,
        timings=True,
    ),
    too_long=_TOO_LONG,
    any_model=True,
)


def _models(served: Served, _request: Request, _script: Script) -> Answer:
    models = [_ollama_like(each) for each in served.models]
    return found(
        {"models": models, "object": "list", "data": [_entry(each) for each in served.models]}
    )


def _ollama_like(model: Model) -> Json:
    names = {"name": model.name, "model": model.name}
    return names | {"type": "model", "capabilities": ["completion"], "details": {"format": "gguf"}}


def _entry(model: Model) -> Json:
    return {
        "id": model.name,
        "aliases": [model.name],
        "tags": [],
        "object": "model",
        "created": CREATED,
        "owned_by": "llamacpp",
        "meta": {
            "vocab_type": True,
            "n_vocab": 49152,
            "n_ctx": model.n_ctx,
            "n_ctx_train": model.n_ctx_max,
            "n_embd": model.dimensions or 576,
            "n_params": 134515008,
            "size": 143025408,
            "ftype": "Q8_0",
        },
    }


def _props(served: Served, _request: Request, _script: Script) -> Answer:
    model = served.models[0]
    return found(
        {
            "default_generation_settings": {"params": {"temperature": 0.8}, "n_ctx": model.n_ctx},
            "total_slots": 1,
            "model_alias": model.name,
            "model_ftype": "Q8_0",
            "model_path": f"/models/{model.name}.gguf",
            "modalities": {"vision": False, "video": False, "audio": False},
            "endpoint_slots": True,
            "endpoint_props": False,
            "endpoint_metrics": False,
            "chat_template": "{% for message in messages %}{{ message['content'] }}{% endfor %}",
            "bos_token": "<|im_start|>",
            "eos_token": "<|im_end|>",
            "build_info": "b10605-fake",
            "is_sleeping": False,
        }
    )


def _slots(served: Served, _request: Request, _script: Script) -> Answer:
    slot = {"id": 0, "n_ctx": served.models[0].n_ctx, "speculative": False, "is_processing": False}
    return found([slot])


def _completion(served: Served, request: Request, script: Script) -> Answer:
    prompt = request.json().get("prompt")
    if not isinstance(prompt, str):
        raise Refused(400, "[json.exception.out_of_range.403] key 'prompt' not found")
    return _native(served, request, prompt, script)


def _infill(served: Served, request: Request, script: Script) -> Answer:
    body = request.json()
    if not served.models[0].inserts:
        raise Refused(501, _NO_MARKS)
    for key in ("input_prefix", "input_suffix"):
        if not isinstance(body.get(key), str):
            raise Refused(400, f'"{key}" is required')
    extra = "".join(f"\n{each.get('text', '')}" for each in body.get("input_extra") or [])
    prompt = extra + body["input_prefix"] + body["input_suffix"] + str(body.get("prompt") or "")
    return _native(served, request, prompt, script)


def _native(served: Served, request: Request, prompt: str, script: Script) -> Answer:
    body = request.json()
    limit = body.get("n_predict", body.get("max_tokens", -1))
    asked = Asked(
        model=served.models[0].name,
        prompt=prompt,
        stream=bool(body.get("stream")),
        max_tokens=limit if isinstance(limit, int) and limit >= 0 else None,
        stop=stop_of(body.get("stop")),
    )
    generation = generate(asked, script, context=fit(_MANNERS, served.models[0], asked))
    settings = {"n_predict": limit, "stop": list(asked.stop), "stream": asked.stream}
    return Generated(LlamaNative(settings, prompt), generation, asked.stream)


def _embeddings(served: Served, request: Request, script: Script) -> Answer:
    if not served.models[0].dimensions:
        message = "This server does not support embeddings. Start it with `--embeddings`"
        raise Refused(501, message)
    return embeddings(_MANNERS)(served, request, script)


def _error(_request: Request, status: int, message: str) -> Whole:
    error: Json = {"code": status, "message": message, "type": _TYPES.get(status, "server_error")}
    if "exceeds the available context size" in message:
        error["type"] = "exceed_context_size_error"
        tokens, n_ctx = (int(each) for each in message.replace("(", "( ").split() if each.isdigit())
        error |= {"n_prompt_tokens": tokens, "n_ctx": n_ctx}
    return Whole(status, compact({"error": error}))


def _no_path(request: Request) -> Whole:
    return _error(request, 404, "File Not Found")


_HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "/health"): lambda *_: found({"status": "ok"}),
    ("GET", "/v1/health"): lambda *_: found({"status": "ok"}),
    ("GET", "/models"): _models,
    ("GET", "/v1/models"): _models,
    ("GET", "/props"): _props,
    ("GET", "/slots"): _slots,
    ("POST", "/completion"): _completion,
    ("POST", "/completions"): _completion,
    ("POST", "/infill"): _infill,
    ("POST", "/v1/completions"): completions(_MANNERS),
    ("POST", "/v1/chat/completions"): chat(_MANNERS),
    ("POST", "/v1/embeddings"): _embeddings,
}

LLAMACPP = Family(
    "llamacpp",
    _HANDLERS,
    _error,
    _no_path,
    frozenset({"/health", "/v1/health", "/models", "/v1/models"}),
    json_type="application/json; charset=utf-8",
)
