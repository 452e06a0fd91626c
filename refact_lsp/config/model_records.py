"""The records of models in provider files; fields of Refact's keep their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from refact_lsp.config.fields import RecordOf, setting
from refact_lsp.config.kinds import Anything, Flag, Headers, Key, Number, OneOf, Text, Texts, Whole
from refact_lsp.config.problems import Mark
from refact_lsp.config.secret import KeySource, Secret
from refact_lsp.config.shapes import URL, WIRES


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """What any model's record may say."""

    name: str = setting(Text(), "", "The name the server knows, where it is not the key.")
    id: str = setting(Text(), "", "Ignored: it follows from provider and name.")
    display_name: str = setting(Text(), "", "What people see.")
    n_ctx: int = setting(Whole(), 0, "Tokens that fit, question and answer; 0: not known.")
    endpoint: str = setting(URL, "", "A URL of its own, over the provider's.")
    endpoint_style: str = setting(OneOf(("openai",)), "openai", "Older name of a wire format.")
    wire_format: str = setting(OneOf(("", *WIRES)), "", "A wire format of its own.")
    api_key: KeySource | None = setting(Key(), None, "A key of its own.")
    auth_token: KeySource | None = setting(Key(), None, "A bearer token of its own.")
    tokenizer_api_key: KeySource | None = setting(Key(), None, "The key for a gated tokenizer.")
    extra_headers: Mapping[str, Secret] = setting(Headers(), {}, "Headers of its own.")
    similar_models: tuple[str, ...] = setting(Texts(), (), "Other names it goes by.")
    tokenizer: str = setting(Text(), "", "Accepted and not downloaded: tokens are estimated.")
    enabled: bool = setting(Flag(), True, "Whether it is used at all.")
    experimental: bool = setting(Flag(), False, "Read and not used.")
    supports_max_completion_tokens: bool = setting(Flag(), False, "The name of the limit it reads.")
    eof_is_done: bool = setting(Flag(), False, "Its stream ends without a last word.")
    supports_web_search: bool = setting(Flag(), False, "It can search the web.")
    supports_cache_control: bool = setting(Flag(), True, "Prompts may be marked for its cache.")
    removable: bool = setting(Flag(), False, "Read and not used.")
    user_configured: bool = setting(Flag(), False, "Read and not used.")
    marks: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CompletionModel(ModelRecord):
    """A model that completes code."""

    scratchpad: str = setting(Text(), "FIM-PSM", "The order of prefix, suffix and middle.")
    scratchpad_patch: Mapping[str, Any] = setting(Anything(), {}, "Tokens and context format.")
    model_family: str = setting(Text(), "", "The family whose tokens it knows.")


@dataclass(frozen=True, slots=True)
class Pricing:
    """Prices for a million tokens."""

    prompt: float = setting(Number(), 0.0, "Of a question.")
    generated: float = setting(Number(), 0.0, "Of an answer.")
    cache_read: float = setting(Number(), 0.0, "Of what the cache held.")
    cache_creation: float = setting(Number(), 0.0, "Of what the cache took.")
    context_over_200k: Mapping[str, Any] = setting(Anything(), {}, "Where the context is long.")
    marks: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChatModel(ModelRecord):
    """A model to talk to."""

    supports_tools: bool = setting(Flag(), False, "It calls tools.")
    supports_parallel_tools: bool = setting(Flag(), False, "It calls several at once.")
    supports_strict_tools: bool = setting(Flag(), False, "It keeps to their schema.")
    supports_multimodality: bool = setting(Flag(), False, "It sees images.")
    supports_clicks: bool = setting(Flag(), False, "Read and not used.")
    supports_agent: bool = setting(Flag(), False, "Read and not used.")
    supports_temperature: bool = setting(Flag(), True, "It takes a temperature.")
    supports_reasoning: str = setting(Text(), "", "Whose way of thinking aloud it has.")
    supports_boost_reasoning: bool = setting(Flag(), False, "It can be told to think more.")
    supports_thinking_budget: bool = setting(Flag(), False, "It takes a budget for thought.")
    supports_adaptive_thinking_budget: bool = setting(Flag(), False, "It sets that budget itself.")
    reasoning_effort_options: tuple[str, ...] = setting(Texts(), (), "Efforts it knows.")
    max_thinking_tokens: int = setting(Whole(), 0, "The most it may think.")
    default_temperature: float | None = setting(Number(), None, "Sent where you say none.")
    default_frequency_penalty: float | None = setting(Number(), None, "Sent where you say none.")
    default_max_tokens: int = setting(Whole(), 0, "The length of an answer; 0: not said.")
    max_output_tokens: int = setting(Whole(), 0, "The most it can answer; 0: not known.")
    image_max_side_px: int = setting(Whole(), 0, "The largest image.")
    image_preferred_side_px: int = setting(Whole(), 0, "The best size of an image.")
    image_token_mode: str = setting(
        OneOf(("", "tile", "detail", "provider")), "", "How images are counted."
    )
    available_providers: tuple[str, ...] = setting(Texts(), (), "Who serves it, behind a router.")
    selected_provider: str = setting(Text(), "", "Who of them is asked.")
    pricing: Pricing = setting(RecordOf(Pricing), Pricing(), "What it costs.")


@dataclass(frozen=True, slots=True)
class EmbeddingModel(ModelRecord):
    """A model for likeness of texts."""

    embedding_size: int = setting(Whole(), 0, "Numbers in a vector.")
    dimensions: int = setting(Whole(), 0, "Numbers to ask for.")
    rejection_threshold: float = setting(Number(), 0.63, "The distance at which nothing is alike.")
    embedding_batch: int = setting(Whole(256), 64, "Texts in a request.")
    query_prefix: str = setting(Text(), "", "Put before what is searched for.")
    document_prefix: str = setting(Text(), "", "Put before what is searched in.")


@dataclass(frozen=True, slots=True)
class Patch:
    """What `models_dict_patch` may change."""

    n_ctx: int = setting(Whole(), 0, "Tokens that fit.")
    supports_tools: bool = setting(Flag(), False, "It calls tools.")
    supports_multimodality: bool = setting(Flag(), False, "It sees images.")
    marks: Mapping[str, Mark] = field(default_factory=dict)
