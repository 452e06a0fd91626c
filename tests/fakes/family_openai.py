"""Families whose wire is OpenAI's: OpenAI itself, vLLM, LM Studio, Refact's self-hosted server."""

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
    find_model,
    fit,
    prompt_of,
    stop_of,
)
from tests.fakes.script import Request, Script
from tests.fakes.wire import CREATED, compact
from tests.fakes.wire_openai import Dialect
from tests.fakes.wire_refact import RefactCompletions

CAPS_VERSION = 1_700_000_123
"""Of Refact's self-hosted server: when its models last changed, in seconds since 1970."""

_OPENAI_CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
_VLLM_TYPES = {400: "BadRequestError", 401: "Unauthorized", 404: "NotFoundError"}

_OPENAI = Manners(
    Dialect(null_usage=True),
    default_max_tokens=16,
    no_such_model="The model `{model}` does not exist or you do not have access to it.",
)
_VLLM = Manners(
    Dialect(
        cached_tokens=False,
        reasoning_key="reasoning",
        closing_delta={"content": ""},
        choice_extras={"stop_reason": None},
    ),
    default_max_tokens=16,
    # arbs-io/github-copilot-llm-gateway issue 51, 2026-07-01
    refuses_suffix="suffix is not currently supported",
)
_LM_STUDIO = Manners(
    Dialect(fingerprint="lm-studio", role_in_every_delta=True),
    # gitbutlerapp/gitbutler issue 8706, 2025-05-21
    no_such_model='Model "{model}" not found. Please specify a valid model.',
    # lmstudio-ai/lmstudio-bug-tracker issues 619 and 546
    only_model=True,
    too_long="Trying to keep the first {tokens} tokens when context the overflows. However, the "
    "model is loaded with context length of only {n_ctx} tokens, which is not enough. Try to load "
    "the model with a larger context length, or provide a shorter input",
)
_REFACT = Manners(Dialect(), no_such_model="model {model} is not running on server")


def _openai_models(served: Served, _request: Request, _script: Script) -> Answer:
    return found({"object": "list", "data": [_entry(each) for each in served.models]})


def _openai_model(served: Served, request: Request, _script: Script) -> Answer:
    name = request.path.removeprefix("/v1/models/")
    return found(_entry(find_model(_OPENAI, served, {"model": name})))


def _entry(model: Model) -> Json:
    return {"id": model.name, "object": "model", "created": CREATED, "owned_by": "organization"}


def _openai_error(_request: Request, status: int, message: str) -> Whole:
    kind = "invalid_request_error" if status < 500 else "server_error"
    error: Json = {"message": message, "type": kind, "param": None}
    error["code"] = _OPENAI_CODES.get(status)
    if "maximum context length" in message:
        error["code"] = "context_length_exceeded"
    return Whole(status, compact({"error": error}))


def _openai_no_path(request: Request) -> Whole:
    message = f"Invalid URL ({request.method} {request.path})"
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return Whole(404, compact({"error": error}))


def _vllm_models(served: Served, _request: Request, _script: Script) -> Answer:
    data = [
        _entry(each)
        | {"owned_by": "vllm", "root": each.name, "parent": None, "max_model_len": each.n_ctx}
        for each in served.models
    ]
    return found({"object": "list", "data": data})


def _vllm_error(_request: Request, status: int, message: str) -> Whole:
    kind = _VLLM_TYPES.get(status, "InternalServerError")
    error = {"message": message, "type": kind, "param": None, "code": status}
    return Whole(status, compact({"error": error}))


def _no_detail(_request: Request) -> Whole:
    return Whole(404, compact({"detail": "Not Found"}))


def _lm_studio_native(served: Served, _request: Request, _script: Script) -> Answer:
    return found({"models": [_lm_studio_entry(each) for each in served.models]})


def _lm_studio_entry(model: Model) -> Json:
    if model.dimensions:
        kind: Json = {"type": "embedding"}
    else:
        kind = {"type": "llm", "capabilities": {"vision": False, "trained_for_tool_use": False}}
    config = {"context_length": model.n_ctx, "eval_batch_size": 512, "flash_attention": True}
    return kind | {
        "publisher": "publisher",
        "key": model.name,
        "display_name": model.name,
        "architecture": "qwen2",
        "quantization": {"name": "Q4_K_M", "bits_per_weight": 4},
        "size_bytes": 986_000_000,
        "params_string": "1.5B",
        "loaded_instances": [{"id": model.name, "config": config}],
        "max_context_length": model.n_ctx_max,
        "format": "gguf",
    }


def _lm_studio_error(request: Request, status: int, message: str) -> Whole:
    if status == 404:
        error: Json = {"message": message, "type": "invalid_request_error"}
        return Whole(
            status, compact({"error": error | {"param": "model", "code": "model_not_found"}})
        )
    if message.startswith("Trying to keep") and request.json().get("stream"):
        # the status says that all is well (lmstudio-ai/lmstudio-bug-tracker issue 2322, 2026-08-25)
        told = b"event: error\ndata: " + compact({"error": {"message": message}}) + b"\n\n"
        return Whole(200, told, "text/event-stream")
    return Whole(status, compact({"error": message}))


def _lm_studio_no_path(request: Request) -> Whole:
    """It answers 200 (lmstudio-ai/lmstudio-bug-tracker issue 618, 2025-04-25)."""
    message = f"Unexpected endpoint or method. ({request.method} {request.path})"
    return _lm_studio_error(request, 200, message)


def _refact_caps(served: Served, _request: Request, _script: Script) -> Answer:
    completing = [each for each in served.models if each.completes and not each.dimensions]
    chatting = [each for each in served.models if not each.completes]
    embedding = [each for each in served.models if each.dimensions]
    fill_in: Json = {"supports_scratchpads": {"FIM-PSM": {}}}
    talk: Json = {"supports_scratchpads": {"PASSTHROUGH": {}}}
    return found(
        {
            "cloud_name": "Refact Self-Hosted",
            "completion": {
                "endpoint": "/v1/completions",
                "models": {each.name: {"n_ctx": each.n_ctx, **fill_in} for each in completing},
                "default_model": _first(completing),
                "default_multiline_model": _first(completing),
            },
            "chat": {
                "endpoint": "/v1/chat/completions",
                "models": {each.name: {"n_ctx": each.n_ctx, **talk} for each in chatting},
                "default_model": _first(chatting),
            },
            "embedding": {
                "endpoint": "v1/embeddings",
                "models": {each.name: {"n_ctx": each.n_ctx} for each in embedding},
                "default_model": _first(embedding),
            },
            "telemetry_endpoints": {
                "telemetry_basic_endpoint": "/stats/telemetry-basic",
                "telemetry_corrected_snippets_endpoint": "/stats/telemetry-snippets",
                "telemetry_basic_retrieve_my_own_endpoint": "/stats/rh-stats",
            },
            "tokenizer_endpoints": {
                each.name: f"/tokenizer/{each.name.replace('/', '--')}" for each in served.models
            },
            "caps_version": CAPS_VERSION,
        }
    )


def _first(models: list[Model]) -> str:
    return models[0].name if models else ""


def _refact_completions(served: Served, request: Request, script: Script) -> Answer:
    body = request.json()
    name = str(body.get("model") or "")
    model = served.find(name) or _of_family(served, name)
    if model is None:
        message = f'model "{name}" is not loaded (3)'
        told = {"detail": message, "caps_version": CAPS_VERSION}
        return Whole(400, compact(told))
    limit = body.get("max_tokens", 500)
    asked = Asked(
        model.name, prompt_of(body), bool(body.get("stream")), limit, stop_of(body.get("stop"))
    )
    generation = generate(asked, script, context=fit(_REFACT, model, asked))
    return Generated(RefactCompletions(request.number, CAPS_VERSION), generation, asked.stream)


def _of_family(served: Served, name: str) -> Model | None:
    """Find a model of the same name up to the slash, any for no name, as that server does."""
    for model in served.models:
        if not name or model.name.split("/")[0] == name.split("/", maxsplit=1)[0]:
            return model
    return None


def _refact_chat(served: Served, request: Request, script: Script) -> Answer:
    try:
        return chat(_REFACT)(served, request, script)
    except Refused as refused:
        raise Refused(400, refused.message) from refused


def _refact_error(_request: Request, status: int, message: str) -> Whole:
    return Whole(status, compact({"detail": message}))


def _usual(manners: Manners) -> dict[tuple[str, str], Handler]:
    return {
        ("POST", "/v1/completions"): completions(manners),
        ("POST", "/v1/chat/completions"): chat(manners),
        ("POST", "/v1/embeddings"): embeddings(manners),
    }


FAMILIES = {
    "openai": Family(
        "openai",
        {
            ("GET", "/v1/models"): _openai_models,
            ("GET", "/v1/models/*"): _openai_model,
            **_usual(_OPENAI),
        },
        _openai_error,
        _openai_no_path,
        wrong_key="Incorrect API key provided: sk-****. Find yours in your account.",
    ),
    "vllm": Family(
        "vllm",
        {
            ("GET", "/health"): lambda *_: Whole(200, b"", "text/plain"),
            ("GET", "/version"): lambda *_: found({"version": "0.11.0"}),
            ("GET", "/v1/models"): _vllm_models,
            **_usual(_VLLM),
        },
        _vllm_error,
        _no_detail,
        frozenset({"/health", "/version"}),
    ),
    "lmstudio": Family(
        "lmstudio",
        {
            ("GET", "/api/v1/models"): _lm_studio_native,
            ("GET", "/v1/models"): _openai_models,
            **_usual(_LM_STUDIO),
        },
        _lm_studio_error,
        _lm_studio_no_path,
        json_type="application/json; charset=utf-8",
    ),
    "refact": Family(
        "refact",
        {
            ("GET", "/refact-caps"): _refact_caps,
            **_usual(_REFACT),
            ("POST", "/v1/completions"): _refact_completions,
            ("POST", "/v1/chat/completions"): _refact_chat,
        },
        _refact_error,
        _no_detail,
        frozenset({"/refact-caps"}),
    ),
}
