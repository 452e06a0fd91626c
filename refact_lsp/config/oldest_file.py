"""Reads `bring-your-own-key.yaml`: one file for all, before Refact had one for each provider.

Its names are those of smallcloudai/refact-lsp 0.10 (`src/caps.rs`): three servers in one file, for
completion, chat and embeddings, each with a key of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from refact_lsp.config.model_records import ChatModel, CompletionModel, EmbeddingModel, Patch
from refact_lsp.config.problems import Problem
from refact_lsp.config.provider_file import ProviderFile
from refact_lsp.config.reading import read_file
from refact_lsp.config.record import Record, setting
from refact_lsp.config.shapes import Anything, Key, Text, Texts, Unread, Url, Whole

OLDEST_INSTANCE = "bring-your-own-key"
"""The name of the provider in it, and the stem of the file."""

EMBEDDING_CONTEXT = 512
"""Tokens of an embedding model where the file says nothing, as in Refact."""

_COMPLETION_STYLES = {"": "", "openai": "openai_completions"}
_CHAT_WIRES = {
    "": "openai_chat_completions",
    "openai": "openai_chat_completions",
    "anthropic": "anthropic_messages",
}
_SAME = ("completion_endpoint", "chat_endpoint", "embedding_endpoint", "code_completion_n_ctx")
M = TypeVar("M", CompletionModel, ChatModel, EmbeddingModel)

_TELEMETRY = "Not read: nothing is reported to anybody."


class OldestFile(Record):
    """Servers for completion, chat and embeddings, as the oldest file of Refact names them."""

    cloud_name: Text = setting("", "What people see.")
    endpoint_style: Literal["", "openai"] = setting(
        "", "What the server speaks.", "default_endpoint_style"
    )
    completion_endpoint: Url = setting("", "The URL for completions.", "endpoint_template")
    completion_endpoint_style: Literal["", "openai"] = setting("", "What it speaks there.")
    completion_apikey: Key | None = setting(None, "The key there.", "custom_completion_apikey")
    completion_model: Text = setting("", "The model.", "code_completion_default_model")
    code_completion_n_ctx: Whole = setting(
        0, "Tokens that fit into a question for completion.", "completion_n_ctx"
    )
    chat_endpoint: Url = setting("", "The URL for chat.", "endpoint_chat_passthrough")
    chat_endpoint_style: Literal["", "openai", "anthropic"] = setting("", "What it speaks there.")
    chat_apikey: Key | None = setting(None, "The key there.", "custom_chat_apikey")
    chat_model: Text = setting("", "The model.", "code_chat_default_model")
    embedding_endpoint: Url = setting("", "The URL for embeddings.", "endpoint_embeddings_template")
    embedding_endpoint_style: Literal["", "openai"] = setting(
        "", "What it speaks there.", "endpoint_embeddings_style"
    )
    embedding_apikey: Key | None = setting(None, "The key there.", "custom_embedding_apikey")
    embedding_model: Text = setting("", "The model.", "default_embeddings_model")
    embedding_size: Whole = setting(0, "Numbers in a vector.", "size_embeddings")
    embedding_n_ctx: Whole = setting(0, "Tokens that fit into a text.")
    tokenizer_path_template: Text = setting("", "Read and not used: tokens are estimated.")
    tokenizer_rewrite_path: Anything = setting(dict, "The tokenizer of each model.")
    tokenizer_apikey: Key | None = setting(None, "Read and not used.", "tokenizer_api_key")
    running_models: Texts = setting((), "Other models that are used.")
    models_dict_patch: Mapping[Text, Patch] = setting(dict, "Changes to models, by name.")
    support_metadata: bool = setting(False, "Read and not used.")
    code_chat_default_system_prompt: Unread = setting(None, "Not read.")
    customization: Unread = setting(None, "Not read.")
    caps_version: Unread = setting(None, "Not read.")
    telemetry_basic_dest: Unread = setting(None, _TELEMETRY)
    telemetry_basic_retrieve_my_own: Unread = setting(None, _TELEMETRY)
    telemetry_corrected_snippets_dest: Unread = setting(None, _TELEMETRY)


def read_oldest_file(content: bytes, file: str) -> tuple[ProviderFile | None, tuple[Problem, ...]]:
    """Read the file into a provider; None where it is no mapping at all."""
    given, problems = read_file(OldestFile, content, file)
    return (None if given is None else _as_provider(given)), problems


def _as_provider(given: OldestFile) -> ProviderFile:
    """Say the same in the words of a provider file, each setting at its old place."""
    style = _COMPLETION_STYLES[given.completion_endpoint_style or given.endpoint_style]
    chats = "chat_model" if "chat_model" in given.marks else "running_models"
    written: dict[str, tuple[str, Any]] = {name: (name, getattr(given, name)) for name in _SAME}
    written |= {
        "display_name": ("cloud_name", given.cloud_name),
        "completion_endpoint_style": ("completion_endpoint_style", style),
        "wire_format": ("chat_endpoint_style", _CHAT_WIRES[given.chat_endpoint_style]),
        "completion_default_model": ("completion_model", given.completion_model),
        "chat_default_model": ("chat_model", given.chat_model),
        "running_models": ("running_models", given.running_models),
        "models_dict_patch": ("models_dict_patch", given.models_dict_patch),
        "support_metadata": ("support_metadata", given.support_metadata),
        "tokenizer_api_key": ("tokenizer_apikey", given.tokenizer_apikey),
        "completion_models": ("completion_model", _completion(given)),
        "chat_models": (chats, _chat(given)),
        "embedding_model": ("embedding_model", _embedding(given)),
    }
    used = {name: each for name, each in written.items() if each[0] in given.marks}
    marks = {name: given.marks[origin] for name, (origin, _) in used.items()}
    return ProviderFile().marked(marks, **{name: value for name, (_, value) in used.items()})


def _completion(given: OldestFile) -> Mapping[str, CompletionModel]:
    if not given.completion_model:
        return {}
    record = CompletionModel().changed(tokenizer=_tokenizer(given, given.completion_model))
    return {given.completion_model: _keyed(record, given, "completion_apikey")}


def _chat(given: OldestFile) -> Mapping[str, ChatModel]:
    names = dict.fromkeys((given.chat_model, *given.running_models))
    others = {"", given.completion_model, given.embedding_model}
    return {
        name: _keyed(ChatModel().changed(tokenizer=_tokenizer(given, name)), given, "chat_apikey")
        for name in names
        if name not in others
    }


def _embedding(given: OldestFile) -> EmbeddingModel | None:
    if not given.embedding_model:
        return None
    record = EmbeddingModel().changed(
        name=given.embedding_model,
        n_ctx=given.embedding_n_ctx or EMBEDDING_CONTEXT,
        embedding_size=given.embedding_size,
        tokenizer=_tokenizer(given, given.embedding_model),
    )
    return _keyed(record, given, "embedding_apikey")


def _tokenizer(given: OldestFile, model: str) -> str:
    name = given.tokenizer_rewrite_path.get(model)
    return f"hf://{name}" if isinstance(name, str) and name else ""


def _keyed(record: M, given: OldestFile, name: str) -> M:
    """Give a model the key of its server, with the place where that was written."""
    if name not in given.marks:
        return record
    return record.marked({"api_key": given.marks[name]}, api_key=getattr(given, name))
