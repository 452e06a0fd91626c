"""The records of models in provider files; fields of Refact's keep their names."""

from __future__ import annotations

from typing import ClassVar, Literal

from refact_lsp.config.record import Record, setting
from refact_lsp.config.shapes import (
    Anything,
    Batch,
    Headers,
    Key,
    Number,
    Text,
    Texts,
    Url,
    Whole,
    Wire,
)


class ModelRecord(Record):
    """What any model's record may say."""

    name: Text = setting("", "The name the server knows, where it is not the key.")
    id: Text = setting("", "Ignored: it follows from provider and name.")
    display_name: Text = setting("", "What people see.")
    n_ctx: Whole = setting(
        0, "Tokens that fit, question and answer; 0: not known.", examples=[8192, 131072]
    )
    endpoint: Url = setting("", "A URL of its own, over the provider's.")
    endpoint_style: Literal["openai"] = setting("openai", "Older name of a wire format.")
    wire_format: Wire | Literal[""] = setting("", "A wire format of its own.")
    api_key: Key | None = setting(None, "A key of its own.")
    auth_token: Key | None = setting(None, "A bearer token of its own.")
    tokenizer_api_key: Key | None = setting(None, "The key for a gated tokenizer.")
    extra_headers: Headers = setting(dict, "Headers of its own.")
    similar_models: Texts = setting((), "Other names it goes by.")
    tokenizer: Text = setting(
        "", "Accepted and not downloaded: tokens are estimated.", examples=["hf://owner/name"]
    )
    enabled: bool = setting(True, "Whether it is used at all.")
    experimental: bool = setting(False, "Read and not used.")
    supports_max_completion_tokens: bool = setting(False, "The name of the limit it reads.")
    eof_is_done: bool = setting(False, "Its stream ends without a last word.")
    supports_web_search: bool = setting(False, "It can search the web.")
    supports_cache_control: bool = setting(True, "Prompts may be marked for its cache.")
    removable: bool = setting(False, "Read and not used.")
    user_configured: bool = setting(False, "Read and not used.")


class CompletionModel(ModelRecord):
    """A model that completes code."""

    scratchpad: Text = setting(
        "FIM-PSM", "The order of prefix, suffix and middle.", examples=["FIM-PSM", "FIM-SPM"]
    )
    scratchpad_patch: Anything = setting(dict, "Tokens and context format.")
    model_family: Text = setting(
        "",
        "The family whose tokens it knows.",
        examples=["qwen2.5-coder-base", "starcoder", "deepseek-coder"],
    )


class Pricing(Record):
    """Prices for a million tokens."""

    prompt: Number = setting(0.0, "Of a question.")
    generated: Number = setting(0.0, "Of an answer.")
    cache_read: Number = setting(0.0, "Of what the cache held.")
    cache_creation: Number = setting(0.0, "Of what the cache took.")
    context_over_200k: Anything = setting(dict, "Where the context is long.")


class ChatModel(ModelRecord):
    """A model to talk to."""

    supports_tools: bool = setting(False, "It calls tools.")
    supports_parallel_tools: bool = setting(False, "It calls several at once.")
    supports_strict_tools: bool = setting(False, "It keeps to their schema.")
    supports_multimodality: bool = setting(False, "It sees images.")
    supports_clicks: bool = setting(False, "Read and not used.")
    supports_agent: bool = setting(False, "Read and not used.")
    supports_temperature: bool = setting(True, "It takes a temperature.")
    supports_reasoning: Text = setting("", "Whose way of thinking aloud it has.")
    supports_boost_reasoning: bool = setting(False, "It can be told to think more.")
    supports_thinking_budget: bool = setting(False, "It takes a budget for thought.")
    supports_adaptive_thinking_budget: bool = setting(False, "It sets that budget itself.")
    reasoning_effort_options: Texts = setting(
        (), "Efforts it knows.", examples=[["low", "medium", "high"]]
    )
    max_thinking_tokens: Whole = setting(0, "The most it may think.")
    default_temperature: Number | None = setting(None, "Sent where you say none.")
    default_frequency_penalty: Number | None = setting(None, "Sent where you say none.")
    default_max_tokens: Whole = setting(0, "The length of an answer; 0: not said.")
    max_output_tokens: Whole = setting(0, "The most it can answer; 0: not known.")
    image_max_side_px: Whole = setting(0, "The largest image.")
    image_preferred_side_px: Whole = setting(0, "The best size of an image.")
    image_token_mode: Literal["", "tile", "detail", "provider"] = setting(
        "", "How images are counted."
    )
    available_providers: Texts = setting((), "Who serves it, behind a router.")
    selected_provider: Text = setting("", "Who of them is asked.")
    pricing: Pricing = setting(Pricing, "What it costs.")


class EmbeddingModel(ModelRecord):
    """A model for likeness of texts."""

    bare: ClassVar[str] = "name"

    embedding_size: Whole = setting(0, "Numbers in a vector.")
    dimensions: Whole = setting(0, "Numbers to ask for.")
    rejection_threshold: Number = setting(0.63, "The distance at which nothing is alike.")
    embedding_batch: Batch = setting(64, "Texts in a request.")
    query_prefix: Text = setting("", "Put before what is searched for.")
    document_prefix: Text = setting("", "Put before what is searched in.")


class Patch(Record):
    """What `models_dict_patch` may change."""

    n_ctx: Whole = setting(0, "Tokens that fit.")
    supports_tools: bool = setting(False, "It calls tools.")
    supports_multimodality: bool = setting(False, "It sees images.")
