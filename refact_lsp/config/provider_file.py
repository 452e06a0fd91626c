"""What a provider file may say, of both generations of Refact's and of ours.

Every name that Refact ever read is read here; older names are aliases of the newer one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from refact_lsp.config.model_records import ChatModel, CompletionModel, EmbeddingModel, Patch
from refact_lsp.config.problems import Problem
from refact_lsp.config.reading import read_file
from refact_lsp.config.record import Record, setting
from refact_lsp.config.shapes import (
    Anything,
    CompletionStyle,
    Headers,
    Key,
    Text,
    Texts,
    Unread,
    Url,
    Whole,
    Wire,
    Wires,
)


class Fim(Record):
    """How completions are asked for: the way, and the family whose tokens are used."""

    mode: Literal["auto", "suffix", "tokens", "infill", "chat", "off"] = setting(
        "auto", "The way of asking; auto finds out what the server can do."
    )
    family: Text = setting("", "The family of models whose tokens are used.")


class Discovery(Record):
    """How a server tells which models it has."""

    kind: Literal["", "openai", "ollama", "llamacpp", "lmstudio", "refact_caps"] = setting(
        "", "The shape of its list; empty: it has none, and models are named in the file."
    )
    path: Text = setting("", "Where the list is, below the server's root.", examples=["/v1/models"])


class Reach(Record):
    """The way to its server, where it is not the plain one."""

    proxy: Url = setting("", "A proxy; this machine is never reached through one.")
    no_proxy: Texts = setting((), "Hosts reached without it.", examples=[["10.0.0.0/8"]])
    ca_bundle: Text = setting("", "A PEM file trusted beside what the system trusts.")
    verify: bool = setting(True, "Whether certificates are checked.")
    http2: bool = setting(True, "Whether HTTP/2 is spoken where the server can.")
    allow_insecure: bool = setting(False, "A key may go over plain http to another machine.")
    allow_link_local: bool = setting(False, "Its address may be a link-local one.")


class ProviderFile(Record):
    """A provider: where it is, how it knows you, and the models it has."""

    name: Text = setting("", "Ignored: the file's name is the name.", "cloud_name")
    base_provider: Text = setting(
        "",
        "The family this is one of; else the file's name.",
        examples=["openai", "ollama", "custom"],
    )
    display_name: Text = setting("", "What people see.", examples=["Our team's server"])
    enabled: bool = setting(True, "Whether it is used at all.")
    private: bool = setting(False, "It is a server of your own, though not on this machine.")
    supports_completion: bool = setting(True, "Whether names alone make completion models.")
    supports_cache_control: bool = setting(True, "Whether prompts may be marked for a cache.")
    transport: Literal["http", "process", "embedded"] = setting("http", "How it is reached.")
    auth: Literal["key", "sign_in", "device", "none"] = setting("key", "How it knows you.")
    wire_format: Wire = setting("openai_chat_completions", "What it speaks in chat.")
    endpoint_style: Literal["openai"] = setting("openai", "Older name of a wire format.")
    completion_endpoint_style: CompletionStyle = setting("", "What it speaks in completion.")
    embedding_endpoint_style: Text = setting(
        "", "What it speaks for embeddings.", examples=["openai", "ollama_native"]
    )
    endpoint: Url = setting(
        "",
        "The base URL of its API.",
        "base_url",
        "api_base",
        examples=["http://localhost:8000/v1"],
    )
    completion_endpoint: Url = setting(
        "",
        "The whole URL for completions; $MODEL is replaced.",
        "endpoint_template",
        examples=["http://localhost:8000/v1/completions"],
    )
    chat_endpoint: Url = setting(
        "",
        "The whole URL for chat; $MODEL is replaced.",
        "endpoint_chat_passthrough",
        examples=["http://localhost:8000/v1/chat/completions"],
    )
    embedding_endpoint: Url = setting(
        "",
        "The whole URL for embeddings; $MODEL is replaced.",
        "endpoint_embeddings_template",
        examples=["http://localhost:8000/v1/embeddings"],
    )
    api_key: Key | None = setting(None, "The key.")
    tokenizer_api_key: Key | None = setting(None, "The key for gated tokenizers.")
    extra_headers: Headers = setting(
        dict, "Headers sent with each request.", examples=[{"X-Team": "blue"}]
    )
    support_metadata: bool = setting(False, "Read and not used.")
    reach: Reach = setting(Reach, "The way to its server.", "network")
    completion_wires: Wires = setting(
        (), "What it speaks in completion, best first; empty: as completion_endpoint_style says."
    )
    discovery: Discovery = setting(Discovery, "How it tells which models it has.")
    takes_suffix: bool | None = setting(None, "Whether it takes the text after the cursor apart.")
    max_stops: Whole = setting(4, "How many texts to stop at it takes.")
    keep_alive: Text = setting("", "How long it keeps a model loaded.", examples=["30m"])
    fim: Fim = setting(Fim, "How completions are asked for.", examples=[{"mode": "suffix"}])
    code_completion_n_ctx: Whole = setting(
        0, "Caps the context of completion models without an endpoint of their own."
    )
    completion_models: Mapping[Text, CompletionModel] = setting(
        dict, "Models that complete code, by name.", examples=[{"my-coder": {"n_ctx": 8192}}]
    )
    chat_models: Mapping[Text, ChatModel] = setting(
        dict, "Models to talk to, by name.", examples=[{"my-chat": {"n_ctx": 32768}}]
    )
    embedding_model: EmbeddingModel | None = setting(
        None, "The model for likeness; its name, or its record.", "default_embeddings_model"
    )
    custom_models: Mapping[Text, ChatModel] = setting(dict, "Models to talk to, of your own.")
    models_dict_patch: Mapping[Text, Patch] = setting(dict, "Changes to models, by name.")
    running_models: Texts = setting((), "Names that extend the template's.")
    enabled_models: Texts = setting((), "Names that replace the template's.")
    disabled_models: Texts = setting((), "Names that are not used.")
    completion_default_model: Text = setting(
        "", "For inline completion.", "code_completion_default_model", "completion_model"
    )
    chat_default_model: Text = setting("", "For chat.", "code_chat_default_model", "chat_model")
    reasoning_default_model: Text = setting("", "For what wants thought.", "chat_thinking_model")
    chat_light_model: Text = setting("", "For small tasks.")
    chat_model_2: Text = setting("", "For a second opinion.")
    task_planner_agent_model: Text = setting("", "For plans.")
    chat_buddy_model: Text = setting("", "For a review on save.")
    region: Text = setting(
        "", "Where a provider has both: which.", examples=["international", "china"]
    )
    endpoint_type: Text = setting("", "The kind of plan, where a provider has several.")
    models_dev_provider_id: Text = setting("", "Its name in a public list of models.")
    usage_endpoint: Url = setting("", "Where it tells what was used.")
    model_default_settings_ui: Anything = setting(dict, "Read and not used.")
    selected_providers: Unread = setting(None, "Not read.")
    oauth_tokens: Unread = setting(None, "Not read: another program's sign-in.")


def read_provider_file(
    content: bytes, file: str
) -> tuple[ProviderFile | None, tuple[Problem, ...]]:
    """Read a provider file; None where it is no mapping at all. Any error takes it out of use."""
    return read_file(ProviderFile, content, file)
