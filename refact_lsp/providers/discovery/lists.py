"""What servers' lists of models say, one reader a kind of list. Pure.

Each takes decoded JSON, and answers None for what is no list at all: some servers answer an
unknown path with 200 and an error. What has the wrong shape inside of a list is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from refact_lsp.providers.discovery.shapes import (
    Caps,
    CapsModel,
    CapsPart,
    LmStudioInstance,
    LmStudioModel,
    Loaded,
    OllamaModel,
    OllamaShown,
    OpenAiModel,
    Props,
)
from refact_lsp.providers.fim.families import family_of
from refact_lsp.providers.known import KnownModel

MAX_MODELS = 10_000
MAX_NAME = 256
"""Characters; what is longer is no name."""

Found = tuple[KnownModel, ...] | None

_SUFFIX_PLACE = re.compile(r"\.Suffix\b")
_NUM_CTX = re.compile(r"^num_ctx\s+(\d{1,9})\s*$", re.MULTILINE)
_EMBEDS = re.compile(r"embed", re.IGNORECASE)


def read_openai(body: object) -> Found:
    """Read `/v1/models`: `{data: [...]}`, or the bare array that some hosts answer."""
    rows = body if isinstance(body, list) else _rows(body, "data")
    return None if rows is None else _distinct(map(_openai, rows))


def read_llamacpp(body: object, props: object = None) -> Found:
    """Read llama.cpp's `/v1/models` and `/props`; what is loaded decides over what could be."""
    found = read_openai(body)
    if found is None or len(found) != 1:  # the props of a router tell nothing of its models
        return found
    told = Props.model_validate(props) if isinstance(props, Mapping) else Props()
    settings = told.default_generation_settings or Loaded()
    is_chat = True if told.chat_template else None
    context = settings.n_ctx or found[0].context
    return (replace(found[0], context=context, is_chat=is_chat, is_loaded=True),)


def read_lmstudio(body: object) -> Found:
    """Read LM Studio's `/api/v1/models`, or its older `/api/v0/models`."""
    rows = _rows(body, "models")
    rows = _rows(body, "data") if rows is None else rows
    return None if rows is None else _distinct(map(_lmstudio, rows))


def read_ollama(tags: object, shown: Mapping[str, object], running: object = None) -> Found:
    """Read `/api/tags`, the answers of `/api/show` by name, and `/api/ps`, where they are there."""
    rows, loaded = _rows(tags, "models"), _rows(running, "models")
    if rows is None:
        return None
    contexts = {
        each.name or each.model: each.context_length or 0
        for each in map(OllamaModel.model_validate, _objects(loaded or []))
    }
    found = [_with_shown(each, shown.get(each.name)) for each in _distinct(map(_ollama, rows))]
    if loaded is None:
        return tuple(found)
    return tuple(
        replace(
            each,
            context=contexts.get(each.name) or each.context,
            is_loaded=each.name in contexts,
        )
        for each in found
    )


def read_refact_caps(body: object) -> Found:
    """Read the caps of Refact's self-hosted server, in the newer or the older shape.

    Endpoints in it are not followed: a list must not lead text to another place.
    """
    if not isinstance(body, Mapping):
        return None
    caps = Caps.model_validate(body)
    if not (caps.completion or caps.code_completion_models or "running_models" in body):
        return None
    n_ctx = caps.code_completion_n_ctx or 0
    completing = {**_part(caps.completion), **(caps.code_completion_models or {})}
    chatting = {**_part(caps.chat), **(caps.code_chat_models or {})}
    embedding = _part(caps.embedding)
    found = [
        *(
            _of_caps(KnownModel(name, completes=True), completing[name], n_ctx)
            for name in completing
        ),
        *(_of_caps(KnownModel(name, is_chat=True), chatting[name]) for name in chatting),
        *(_of_caps(KnownModel(name, embeds=True), embedding[name]) for name in embedding),
        *(KnownModel(each) for each in caps.running_models if isinstance(each, str)),
    ]
    return _distinct(found)


def _openai(row: object) -> KnownModel | None:
    if isinstance(row, str):
        return KnownModel(row)
    if not isinstance(row, Mapping):
        return None
    told = OpenAiModel.model_validate(row)
    name = told.id or told.name or ""
    meta, status = told.meta, told.status.value if told.status else None
    most = told.context_length or told.context_window or told.max_context_length
    trained = meta.n_ctx_train if meta else None
    loaded = told.max_model_len or told.n_ctx or (meta.n_ctx if meta else None)
    embeds = True if _EMBEDS.search(name) else None
    return KnownModel(
        name,
        context=loaded or most or 0,
        context_max=most or trained or loaded or 0,
        embeds=embeds,
        completes=False if embeds else None,
        is_loaded={"loaded": True, "unloaded": False}.get(status or ""),
        is_loading=status == "loading",
    )


def _lmstudio(row: object) -> KnownModel | None:
    if not isinstance(row, Mapping):
        return None
    told = LmStudioModel.model_validate(row)
    configs = [LmStudioInstance.model_validate(each).config for each in told.loaded_instances]
    context = next((each.context_length for each in configs if each), told.loaded_context_length)
    is_told = "loaded_instances" in row or told.state is not None
    embeds = (told.type or "").startswith("embedding")
    return KnownModel(
        told.key or told.id or "",
        context=context or 0,
        context_max=told.max_context_length or 0,
        embeds=embeds,
        completes=False if embeds else None,
        is_chat=False if embeds else None,
        is_loaded=bool(configs) or told.state == "loaded" if is_told else None,
        is_loading=told.state == "loading",
    )


def _ollama(row: object) -> KnownModel | None:
    if not isinstance(row, Mapping):
        return None
    told = OllamaModel.model_validate(row)
    return KnownModel(told.model or told.name or "", is_remote=bool(told.remote_host))


def _with_shown(model: KnownModel, body: object) -> KnownModel:
    """Put what `/api/show` says over what a list says; an older server names no capabilities."""
    if not isinstance(body, Mapping):
        return model
    told = OllamaShown.model_validate(body)
    info = (told.model_info or {}).items()
    longest = [int(value) for key, value in info if key.endswith(".context_length") and _is(value)]
    set_to = _NUM_CTX.search(told.parameters or "")
    can = told.capabilities
    inserts = True if _SUFFIX_PLACE.search(told.template or "") else None
    embeds = None if can is None else "embedding" in can and "completion" not in can
    return replace(
        model,
        context=int(set_to.group(1)) if set_to else 0,
        context_max=max(longest, default=0),
        takes_suffix=inserts if can is None else "insert" in can,
        completes=None if can is None else "completion" in can,
        embeds=embeds,
        is_chat=False if embeds else None,
        is_remote=model.is_remote or bool(told.remote_host),
    )


def _is(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _part(part: CapsPart | None) -> Mapping[str, Any]:
    return (part.models if part else None) or {}


def _of_caps(model: KnownModel, row: object, n_ctx: int = 0) -> KnownModel:
    """Read a model of caps; one whose name says nothing may be like another, whose family it is."""
    told = CapsModel.model_validate(row) if isinstance(row, Mapping) else CapsModel()
    likes = [] if family_of(model.name) else [family_of(each) for each in told.similar_models or ()]
    family = next((each.name for each in likes if each), "")
    context = told.n_ctx or n_ctx
    return replace(model, context=context, context_max=context, family=family)


def _rows(body: object, key: str) -> list[Any] | None:
    rows = body.get(key) if isinstance(body, Mapping) else None
    if rows is None and isinstance(body, Mapping) and key in body and len(body) <= 2:
        return []  # a server written in Go says null for an empty list
    return rows if isinstance(rows, list) else None


def _objects(rows: list[Any]) -> Iterable[Mapping[str, Any]]:
    return (each for each in rows if isinstance(each, Mapping))


def _distinct(found: Iterable[KnownModel | None]) -> tuple[KnownModel, ...]:
    """Leave out what has no usable name, and what is there already; no more than the cap."""
    by_name: dict[str, KnownModel] = {}
    for each in found:
        if each is not None and _is_name(each.name):
            by_name.setdefault(each.name, each)
        if len(by_name) == MAX_MODELS:
            break
    return tuple(by_name.values())


def _is_name(name: str) -> bool:
    return 0 < len(name) <= MAX_NAME and name.isprintable() and name == name.strip()
