"""The schemas we publish are current, and say yes and no where the readers do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from refact_lsp.cli.schemas import SCHEMAS, schema_text
from refact_lsp.config.guarded_yaml import plain_value, read_yaml
from refact_lsp.config.indexing import IndexingFile
from refact_lsp.config.provider_file import ProviderFile
from refact_lsp.config.roles import DefaultsFile
from refact_lsp.config.settings import _READERS, read_settings
from refact_lsp.privacy.policy_file import PrivacyFile

REPOSITORY = Path(__file__).parents[2]
PUBLISHED = REPOSITORY / "editors" / "schemas"
TEMPLATES = sorted((REPOSITORY / "default_providers").glob("*.yaml"))
REFACT_FILES = sorted(Path(__file__).with_name("refact_files").rglob("*.yaml"))
FILES = [each for each in (*TEMPLATES, *REFACT_FILES) if each.parent.name != "oldest"]


def errors(name: str, data: Any) -> list[str]:
    validator = Draft7Validator(SCHEMAS[name]())
    return [f"{list(each.path)}: {each.message}" for each in validator.iter_errors(data)]


def loaded(text: bytes) -> Any:
    node, problems = read_yaml(text, "f")
    assert problems == ()
    assert node is not None
    return plain_value(node)


@pytest.mark.parametrize("name", SCHEMAS)
def test_published_schema_is_current(name: str) -> None:
    """Regenerate with `refact-lsp config schema --write editors/schemas`."""
    assert (PUBLISHED / f"{name}.schema.json").read_text(encoding="utf-8") == schema_text(name)


def test_nothing_else_is_published() -> None:
    assert sorted(each.name for each in PUBLISHED.iterdir()) == sorted(
        f"{name}.schema.json" for name in SCHEMAS
    )


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_a_schema(name: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[name]())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_file_is_valid(path: Path) -> None:
    name = "defaults" if path.stem == "defaults" else "provider"
    assert errors(name, loaded(path.read_bytes())) == []


@pytest.mark.parametrize(
    ("name", "record"),
    [
        ("provider", ProviderFile),
        ("defaults", DefaultsFile),
        ("privacy", PrivacyFile),
        ("indexing", IndexingFile),
    ],
)
def test_schema_has_every_name_with_a_line_about_it(name: str, record: Any) -> None:
    schema = SCHEMAS[name]()
    assert schema["properties"].keys() == record.names().keys()
    every = [schema, *schema.get("$defs", {}).values()]
    assert all(
        about.get("description") and about.get("title") == written
        for each in every
        for written, about in each["properties"].items()
    )


RIGHT = [
    ("provider", "completion_models:\n  a:\n  b: {n_ctx: null}\n"),
    ("provider", "api_key: {keyring: a/b}\nextra_headers: 'X-A: b'\n"),
    ("provider", ""),
    ("defaults", "chat: ollama/a\nchat_light: {model: b, temperature: 1}\n"),
    ("privacy", "privacy_rules: {blocked: ['*.pem'], only_send_to_servers_I_control: []}\n"),
    ("privacy", "zones: [{name: a, patterns: ['*'], send_to: ['*'], on_shell_read: ask}]\n"),
    ("privacy", "repositories: [{root: ~/work, remote: [a/b], send_to: own_servers}]\n"),
    ("indexing", "blocklist: ['*.min.js']\nadditional_indexing_dirs: [/a, ~/b]\n"),
]
WRONG = [
    ("provider", "enabled: 'yes'\n"),
    ("provider", "n_ctx: 5\n"),
    ("provider", "completion_models: {a: {n_ctx: '8192'}}\n"),
    ("provider", "api_key: {cmd: pass}\n"),
    ("provider", "transport: htp\n"),
    ("provider", "endpoint: localhost\n"),
    ("defaults", "chat: {temperature: hot}\n"),
    ("privacy", "zonez: []\n"),
    ("privacy", "zones: [{name: a}]\n"),
    ("privacy", "repositories: [{root: a, send_to: own_server}]\n"),
    ("indexing", "blocklist: a\n"),
]


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_what_the_reader_takes_is_valid(name: str, text: str) -> None:
    assert errors(name, loaded(text.encode())) == []


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_what_the_reader_refuses_is_not_valid(name: str, text: str) -> None:
    assert errors(name, loaded(text.encode())) != []


def test_settings_of_the_editor_are_all_in_their_schema() -> None:
    properties = SCHEMAS["settings"]()["properties"]
    assert _READERS.keys() <= properties.keys()
    assert all(each["description"] for each in properties.values())


def test_defaults_in_the_settings_schema_are_the_ones_in_force() -> None:
    properties = SCHEMAS["settings"]()["properties"]
    said = {name: properties[name]["default"] for name in _READERS if "default" in properties[name]}
    assert read_settings(said) == read_settings({})


def test_words_in_the_settings_schema_are_the_ones_read() -> None:
    properties = SCHEMAS["settings"]()["properties"]
    for name in ("trigger", "popup", "logLevel"):
        for word in properties[name]["enum"]:
            assert read_settings({name: word})[1] == ()


def test_schemas_are_json_that_ends_in_a_line() -> None:
    for name in SCHEMAS:
        text = schema_text(name)
        assert text.endswith("}\n")
        assert json.loads(text)["$schema"] == "http://json-schema.org/draft-07/schema#"
