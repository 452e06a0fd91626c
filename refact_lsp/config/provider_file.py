"""What a provider file may say, of both generations of Refact's and of ours.

Every name that Refact ever read is read here; older names are aliases of the newer one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from refact_lsp.config.fields import MapOf, RecordOf, setting
from refact_lsp.config.guarded_yaml import read_yaml
from refact_lsp.config.kinds import (
    Anything,
    Flag,
    Headers,
    Key,
    OneOf,
    Reading,
    Text,
    Texts,
    Unread,
    Whole,
    WrongValueError,
)
from refact_lsp.config.model_records import ChatModel, CompletionModel, EmbeddingModel, Patch
from refact_lsp.config.problems import Mark, Problem
from refact_lsp.config.secret import KeySource, Secret
from refact_lsp.config.shapes import STYLES, URL, WIRES


@dataclass(frozen=True, slots=True)
class Fim:
    """How completions are asked for: the way, and the family whose tokens are used."""

    mode: str = setting(
        OneOf(("auto", "suffix", "tokens", "infill", "chat", "off")), "auto", "The way of asking."
    )
    family: str = setting(Text(), "", "The family of models whose tokens are used.")
    marks: Mapping[str, Mark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """One provider file as written; `marks` names what was given, by our name for it."""

    name: str = setting(Text(), "", "Ignored: the file's name is the name.", ("cloud_name",))
    base_provider: str = setting(Text(), "", "The family this is one of; else the file's name.")
    display_name: str = setting(Text(), "", "What people see.")
    enabled: bool = setting(Flag(), True, "Whether it is used at all.")
    private: bool = setting(
        Flag(), False, "It is a server of your own, though not on this machine."
    )
    supports_completion: bool = setting(Flag(), True, "Whether names alone make completion models.")
    supports_cache_control: bool = setting(
        Flag(), True, "Whether prompts may be marked for a cache."
    )
    transport: str = setting(OneOf(("http", "process", "embedded")), "http", "How it is reached.")
    auth: str = setting(OneOf(("key", "sign_in", "device", "none")), "key", "How it knows you.")
    wire_format: str = setting(OneOf(WIRES), "openai_chat_completions", "What it speaks in chat.")
    endpoint_style: str = setting(OneOf(("openai",)), "openai", "Older name of a wire format.")
    completion_endpoint_style: str = setting(
        OneOf(("", *STYLES)), "", "What it speaks in completion."
    )
    embedding_endpoint_style: str = setting(Text(), "", "What it speaks for embeddings.")
    endpoint: str = setting(URL, "", "The base URL of its API.", ("base_url", "api_base"))
    completion_endpoint: str = setting(
        URL, "", "The whole URL for completions; $MODEL is replaced.", ("endpoint_template",)
    )
    chat_endpoint: str = setting(
        URL, "", "The whole URL for chat; $MODEL is replaced.", ("endpoint_chat_passthrough",)
    )
    embedding_endpoint: str = setting(
        URL, "", "The whole URL for embeddings.", ("endpoint_embeddings_template",)
    )
    api_key: KeySource | None = setting(Key(), None, "The key.")
    tokenizer_api_key: KeySource | None = setting(Key(), None, "The key for gated tokenizers.")
    extra_headers: Mapping[str, Secret] = setting(Headers(), {}, "Headers sent with each request.")
    support_metadata: bool = setting(Flag(), False, "Read and not used.")
    fim: Fim = setting(RecordOf(Fim), Fim(), "How completions are asked for.")
    code_completion_n_ctx: int = setting(
        Whole(), 0, "Caps the context of completion models without an endpoint of their own."
    )
    completion_models: Mapping[str, CompletionModel] = setting(
        MapOf(RecordOf(CompletionModel)), {}, "Models that complete code."
    )
    chat_models: Mapping[str, ChatModel] = setting(
        MapOf(RecordOf(ChatModel)), {}, "Models to talk to."
    )
    embedding_model: EmbeddingModel | None = setting(
        RecordOf(EmbeddingModel, "name"),
        None,
        "The model for likeness.",
        ("default_embeddings_model",),
    )
    custom_models: Mapping[str, ChatModel] = setting(
        MapOf(RecordOf(ChatModel)), {}, "Models to talk to, of your own."
    )
    models_dict_patch: Mapping[str, Patch] = setting(
        MapOf(RecordOf(Patch)), {}, "Changes to models by name."
    )
    running_models: tuple[str, ...] = setting(Texts(), (), "Names that extend the template's.")
    enabled_models: tuple[str, ...] = setting(Texts(), (), "Names that replace the template's.")
    disabled_models: tuple[str, ...] = setting(Texts(), (), "Names that are not used.")
    completion_default_model: str = setting(
        Text(), "", "For completion.", ("code_completion_default_model", "completion_model")
    )
    chat_default_model: str = setting(
        Text(), "", "For chat.", ("code_chat_default_model", "chat_model")
    )
    reasoning_default_model: str = setting(
        Text(), "", "For what wants thought.", ("chat_thinking_model",)
    )
    chat_light_model: str = setting(Text(), "", "For small tasks.")
    chat_model_2: str = setting(Text(), "", "For a second opinion.")
    task_planner_agent_model: str = setting(Text(), "", "For plans.")
    chat_buddy_model: str = setting(Text(), "", "For a review on save.")
    region: str = setting(Text(), "", "international or china, where a provider has both.")
    endpoint_type: str = setting(Text(), "", "The kind of plan, where a provider has several.")
    models_dev_provider_id: str = setting(Text(), "", "Its name in a public list of models.")
    usage_endpoint: str = setting(URL, "", "Where it tells what was used.")
    model_default_settings_ui: Mapping[str, Any] = setting(Anything(), {}, "Read and not used.")
    selected_providers: None = setting(Unread(), None, "Not read.")
    oauth_tokens: None = setting(Unread(), None, "Not read: another program's sign-in.")
    marks: Mapping[str, Mark] = field(default_factory=dict)


def read_provider_file(
    content: bytes, file: str
) -> tuple[ProviderFile | None, tuple[Problem, ...]]:
    """Read a provider file; None where it is no mapping at all. Any error takes it out of use."""
    root, problems = read_yaml(content, file)
    if root is None:
        return None, problems
    reading = Reading(file, [])
    try:
        given = RecordOf(ProviderFile).read(root, reading)
    except WrongValueError as wrong:
        return None, (Problem(file, root.line, root.column, f"Expected {wrong.expected}."),)
    return given, tuple(reading.problems)
