"""Ollama: its own wire, and the OpenAI-style one beside it."""

from __future__ import annotations

import hashlib

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
from tests.fakes.generation import Asked, generate, tokenize
from tests.fakes.reading import (
    Manners,
    chat,
    completions,
    embeddings,
    messages_of,
    stop_of,
    vector_of,
)
from tests.fakes.script import Request, Script
from tests.fakes.wire import CREATED, compact
from tests.fakes.wire_ollama import CREATED_AT, OllamaStream
from tests.fakes.wire_openai import Dialect

_VERSION = "0.12.11"
_TYPES = {400: "invalid_request_error", 404: "not_found_error"}
_MANNERS = Manners(
    Dialect(
        fingerprint="fp_ollama",
        role_in_every_delta=True,
        reasoning_key="reasoning",
        cached_tokens=False,
        chat_logprobs=False,
    ),
    cuts_prompts=True,
    no_such_model="model '{model}' not found",
)


def _find(served: Served, body: Json) -> Model:
    """Find a model; a name without a tag means the tag `latest`."""
    name = body.get("model") or body.get("name") or ""
    for each in served.models:
        if each.name in (name, f"{name}:latest"):
            return each
    if not name:
        raise Refused(400, "model is required")
    raise Refused(404, f"model '{name}' not found")


def _generate(served: Served, request: Request, script: Script) -> Answer:
    body = request.json()
    model = _find(served, body)
    prompt, suffix = str(body.get("prompt") or ""), str(body.get("suffix") or "")
    if suffix and not model.inserts:
        # drakonkat/godot-copilot-selfhost issue 5, 2025-10-12
        raise Refused(400, f"registry.ollama.ai/library/{model.name} does not support insert")
    if not prompt:
        return found(_loaded(model, body) | {"response": ""})
    wire = OllamaStream(chat=False, gives_context=not body.get("raw"))
    return _generated(model, body, prompt + suffix, wire, script)


def _chat(served: Served, request: Request, script: Script) -> Answer:
    body = request.json()
    model = _find(served, body)
    if not body.get("messages"):
        return found(_loaded(model, body) | {"message": {"role": "assistant", "content": ""}})
    return _generated(model, body, messages_of(body), OllamaStream(chat=True), script)


def _generated(model: Model, body: Json, prompt: str, wire: OllamaStream, script: Script) -> Answer:
    options = body.get("options") or {}
    limit = options.get("num_predict")
    asked = Asked(
        model=model.name,
        prompt=prompt,
        stream=body.get("stream", True) is not False,
        max_tokens=limit if isinstance(limit, int) and limit >= 0 else None,
        stop=stop_of(options.get("stop")),
    )
    context = options.get("num_ctx") or model.n_ctx
    return Generated(wire, generate(asked, script, context=context), asked.stream)


def _loaded(model: Model, body: Json) -> Json:
    """Answer a request without a prompt, which loads a model or puts it away."""
    reason = "unload" if body.get("keep_alive") == 0 else "load"
    record = {"model": model.name, "created_at": CREATED_AT}
    return record | {"done": True, "done_reason": reason}


def _tags(served: Served, _request: Request, _script: Script) -> Answer:
    return found({"models": [_entry(each) for each in served.models]})


def _running(served: Served, _request: Request, _script: Script) -> Answer:
    loaded = [
        _entry(each) | {"expires_at": CREATED_AT, "size_vram": 0, "context_length": each.n_ctx}
        for each in served.models
    ]
    return found({"models": loaded})


def _entry(model: Model) -> Json:
    return {
        "name": model.name,
        "model": model.name,
        "modified_at": CREATED_AT,
        "size": 986_061_892,
        "digest": hashlib.sha256(model.name.encode()).hexdigest(),
        "details": _details(),
    }


def _details() -> Json:
    return {
        "parent_model": "",
        "format": "gguf",
        "family": "qwen2",
        "families": ["qwen2"],
        "parameter_size": "1.5B",
        "quantization_level": "Q4_K_M",
    }


def _show(served: Served, request: Request, _script: Script) -> Answer:
    model = _find(served, request.json())
    capabilities = ["embedding"] if model.dimensions else ["completion"]
    if model.inserts and not model.dimensions:
        capabilities.append("insert")
    template = "{{ .Prompt }}"
    if model.inserts:
        template = "<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>{{ .Suffix }}<|fim_middle|>"
    return found(
        {
            "modelfile": f"FROM {model.name}\n",
            "parameters": f"num_ctx                        {model.n_ctx}",
            "template": template,
            "details": _details(),
            "model_info": {
                "general.architecture": "qwen2",
                "qwen2.context_length": model.n_ctx_max,
                "qwen2.embedding_length": model.dimensions or 1536,
            },
            "capabilities": capabilities,
            "modified_at": CREATED_AT,
        }
    )


def _embed(served: Served, request: Request, _script: Script) -> Answer:
    body = request.json()
    model = _find(served, body)
    if not model.dimensions:
        raise Refused(400, f"registry.ollama.ai/library/{model.name} does not support embeddings")
    texts = body.get("input") or []
    texts = [texts] if isinstance(texts, str) else texts
    return found(
        {
            "model": model.name,
            "embeddings": [vector_of(each, model) for each in texts],
            "total_duration": 14_000_000,
            "load_duration": 1_000_000,
            "prompt_eval_count": sum(len(tokenize(each)) for each in texts),
        }
    )


def _openai_models(served: Served, _request: Request, _script: Script) -> Answer:
    kind = {"object": "model", "created": CREATED, "owned_by": "library"}
    return found({"object": "list", "data": [{"id": each.name, **kind} for each in served.models]})


def _with_insert(handler: Handler) -> Handler:
    """Refuse a suffix where the model's template has no place for it."""

    def answer(served: Served, request: Request, script: Script) -> Answer:
        body = request.json()
        model = _find(served, body)
        if body.get("suffix") and not model.inserts:
            raise Refused(400, f"registry.ollama.ai/library/{model.name} does not support insert")
        return handler(served, request, script)

    return answer


def _error(request: Request, status: int, message: str) -> Whole:
    error: object = message
    if request.path.startswith("/v1/"):
        kind = _TYPES.get(status, "api_error")
        error = {"message": message, "type": kind, "param": None, "code": None}
    return Whole(status, compact({"error": error}))


def _no_path(_request: Request) -> Whole:
    return Whole(404, b"404 page not found", "text/plain")


_HANDLERS: dict[tuple[str, str], Handler] = {
    ("GET", "/"): lambda *_: Whole(200, b"Ollama is running", "text/plain; charset=utf-8"),
    ("GET", "/api/version"): lambda *_: found({"version": _VERSION}),
    ("GET", "/api/tags"): _tags,
    ("GET", "/api/ps"): _running,
    ("POST", "/api/show"): _show,
    ("POST", "/api/generate"): _generate,
    ("POST", "/api/chat"): _chat,
    ("POST", "/api/embed"): _embed,
    ("GET", "/v1/models"): _openai_models,
    ("POST", "/v1/completions"): _with_insert(completions(_MANNERS)),
    ("POST", "/v1/chat/completions"): chat(_MANNERS),
    ("POST", "/v1/embeddings"): embeddings(_MANNERS),
}

OLLAMA = Family(
    "ollama",
    _HANDLERS,
    _error,
    _no_path,
    wrong_key="unauthorized",
    json_type="application/json; charset=utf-8",
)
