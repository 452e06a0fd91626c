"""Every field of every file, read and resolved over its template, against the table beside it.

`<file>.expected.json` says what `read` gives and what is `resolved` (beside the template's own);
a key is written as `{"secret": text}`, `{"variable": name}` and so on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from refact_lsp.config.guarded_yaml import Node, read_yaml
from refact_lsp.config.load import load_templates
from refact_lsp.config.model_records import (
    ChatModel,
    CompletionModel,
    EmbeddingModel,
    Patch,
    Pricing,
)
from refact_lsp.config.oldest_file import OldestFile, read_oldest_file
from refact_lsp.config.problems import Problem
from refact_lsp.config.provider_file import (
    Discovery,
    Fim,
    ProviderFile,
    Reach,
    read_provider_file,
)
from refact_lsp.config.record import Record
from refact_lsp.config.resolve import WrittenFile, instance_name, resolve_providers
from refact_lsp.config.roles import DefaultsFile, RoleDefault, read_defaults_file
from refact_lsp.config.secret import CommandKey, EnvironmentKey, KeyringKey, Secret

FILES = Path(__file__).with_name("refact_files")
ALL = sorted(FILES.rglob("*.yaml"))
PROVIDERS = [each for each in ALL if each.stem != "defaults"]
ENVIRON = {
    name: f"value-of-{name}"
    for name in (
        "ANTHROPIC_API_KEY",
        "HF_TOKEN",
        "MOON_KEY",
        "OPENAI_API_KEY",
        "SELF_HOSTED_KEY",
        "TEAM_TOKEN",
    )
}


def name_of(path: Path) -> str:
    return str(path.relative_to(FILES))


def expected(path: Path) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(path.with_suffix(".expected.json").read_text())
    return table


def read(path: Path) -> tuple[Record | None, tuple[Problem, ...]]:
    content = path.read_bytes()
    if path.stem == "defaults":
        return read_defaults_file(content, name_of(path))
    if path.parent.name == "oldest":
        return read_oldest_file(content, name_of(path))
    return read_provider_file(content, name_of(path))


def plain(value: object) -> Any:
    """Write a value as a table has it; of a record, what was given and what is no default."""
    match value:
        case Record():
            bare = type(value)()
            names = [
                name
                for name in type(value).model_fields
                if name in value.marks or getattr(value, name) != getattr(bare, name)
            ]
            return {name: plain(getattr(value, name)) for name in names}
        case Secret() | EnvironmentKey() | CommandKey() | KeyringKey():
            return key(value)
        case Mapping():
            return {key: plain(each) for key, each in value.items()}
        case tuple() | list():
            return [plain(each) for each in value]
        case _:
            return value


def key(source: Secret | EnvironmentKey | CommandKey | KeyringKey) -> Any:
    match source:
        case Secret():
            return {"secret": source.reveal()}
        case EnvironmentKey(name):
            return {"variable": name}
        case CommandKey(argv):
            return {"cmd": list(argv)}
        case KeyringKey(service, user):
            return {"keyring": f"{service}/{user}"}


def resolved(path: Path) -> dict[str, Any]:
    given, problems = read(path)
    assert isinstance(given, ProviderFile)
    written = WrittenFile(path.name, instance_name(path.stem), given, problems)
    templates, _ = load_templates()
    instance = resolve_providers(templates, [written], ENVIRON).instances[written.name]
    return {
        "off": instance.off,
        "settings": plain(instance.settings),
        "completion": plain(instance.completion),
        "chat": plain(instance.chat),
        "embedding": plain(instance.embedding),
    }


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_every_field_is_read(path: Path) -> None:
    given, problems = read(path)
    assert [str(each) for each in problems] == expected(path).get("problems", [])
    assert plain(given) == expected(path)["read"]


@pytest.mark.parametrize("path", PROVIDERS, ids=name_of)
def test_every_field_is_in_force_over_the_template(path: Path) -> None:
    assert resolved(path) == expected(path)["resolved"]


def keys_written(node: Node) -> Iterator[str]:
    if isinstance(node.value, Mapping):
        for key, entry in node.value.items():
            yield key
            yield from keys_written(entry.node)


@pytest.mark.parametrize(
    "record",
    [
        ProviderFile,
        CompletionModel,
        ChatModel,
        EmbeddingModel,
        Patch,
        Pricing,
        Fim,
        Discovery,
        Reach,
        DefaultsFile,
        RoleDefault,
    ],
)
def test_no_field_and_no_alias_is_left_out_of_the_files(record: type[Record]) -> None:
    roots = [read_yaml(path.read_bytes(), "")[0] for path in ALL]
    written = {key for root in roots if root for key in keys_written(root)}
    assert record.names().keys() - written == set()


def test_oldest_file_reads_the_names_of_before_too() -> None:
    older = (
        "endpoint_template: http://h/c\nendpoint_chat_passthrough: http://h/v1/chat\n"
        "code_completion_default_model: a\ncode_chat_default_model: b\n"
        "custom_completion_apikey: k1\ncustom_chat_apikey: k2\n"
        "default_embeddings_model: e\nsize_embeddings: 384\nembedding_n_ctx: 256\n"
    )
    given, problems = read_oldest_file(older.encode(), "f")
    assert problems == ()
    assert given is not None
    assert (given.completion_endpoint, given.chat_endpoint) == ("http://h/c", "http://h/v1/chat")
    assert given.completion_models["a"].api_key == Secret("k1")
    assert given.chat_models["b"].api_key == Secret("k2")
    embedding = given.embedding_model
    assert embedding is not None
    assert (embedding.name, embedding.embedding_size, embedding.n_ctx) == ("e", 384, 256)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("chat_modle: a", "f:1:1: warning: Unknown key 'chat_modle' is ignored. Did you mean"),
        (
            "completion_endpoint_style: hf",
            "f:1:28: error: 'completion_endpoint_style': expected openai.",
        ),
        ("chat_apikey: sk-...", "f:1:14: error: 'chat_apikey': expected a key in quotes, $NAME"),
    ],
)
def test_problem_in_the_oldest_file_names_its_place(text: str, problem: str) -> None:
    (told,) = read_oldest_file(text.encode(), "f")[1]
    assert str(told).startswith(problem)


def test_every_field_of_the_oldest_file_says_what_it_is() -> None:
    assert all(each.description for each in OldestFile.model_fields.values())
