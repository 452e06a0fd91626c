"""What stands in servers' lists of models, as far as we read it; see `lists`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from refact_lsp.providers.wire.tolerant import Count, Maybe, Objects, Tolerant, Word

Rows = Annotated[tuple[dict[str, Any], ...], Objects]
Words = Annotated[tuple[str, ...] | None, Maybe]
ByName = Annotated[dict[str, Any] | None, Maybe]


class Meta(Tolerant):
    """llama.cpp's word on the weights of a model."""

    n_ctx: Count = None
    n_ctx_train: Count = None


class Status(Tolerant):
    """Whether a router of llama.cpp's has a model loaded."""

    value: Word = None


class OpenAiModel(Tolerant):
    """An entry of `/v1/models`, with the spellings of many servers."""

    id: Word = None
    name: Word = None
    max_model_len: Count = None
    n_ctx: Count = None
    context_length: Count = None
    context_window: Count = None
    max_context_length: Count = None
    meta: Annotated[Meta | None, Maybe] = None
    status: Annotated[Status | None, Maybe] = None


class Loaded(Tolerant):
    """How a model is loaded: `n_ctx` at llama.cpp, `context_length` at LM Studio."""

    n_ctx: Count = None
    context_length: Count = None


class Props(Tolerant):
    """llama.cpp's `/props`."""

    default_generation_settings: Annotated[Loaded | None, Maybe] = None
    chat_template: Word = None


class LmStudioInstance(Tolerant):
    """A model as LM Studio has it loaded."""

    config: Annotated[Loaded | None, Maybe] = None


class LmStudioModel(Tolerant):
    """An entry of `/api/v1/models`, or of the older `/api/v0/models`."""

    key: Word = None
    id: Word = None
    type: Word = None
    state: Word = None
    loaded_instances: Rows = ()
    loaded_context_length: Count = None
    max_context_length: Count = None


class OllamaModel(Tolerant):
    """An entry of `/api/tags`, or of `/api/ps`, which has the context too."""

    name: Word = None
    model: Word = None
    context_length: Count = None
    remote_host: Word = None


class OllamaShown(Tolerant):
    """The answer of `/api/show`."""

    template: Word = None
    parameters: Word = None
    capabilities: Words = None
    model_info: ByName = None
    remote_host: Word = None


class CapsModel(Tolerant):
    """A model in the caps of Refact's server."""

    n_ctx: Count = None
    similar_models: Words = None


class CapsPart(Tolerant):
    """What a server has of one kind."""

    models: ByName = None


class Caps(Tolerant):
    """The caps of Refact's server: the newer shape has parts, the older one long names."""

    completion: Annotated[CapsPart | None, Maybe] = None
    chat: Annotated[CapsPart | None, Maybe] = None
    embedding: Annotated[CapsPart | None, Maybe] = None
    code_completion_models: ByName = None
    code_chat_models: ByName = None
    code_completion_n_ctx: Count = None
    running_models: Annotated[tuple[Any, ...], Maybe] = Field(default=())
