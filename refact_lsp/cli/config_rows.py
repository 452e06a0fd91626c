"""All settings in force as rows for `config show`, each with where it came from, keys masked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from refact_lsp.cli.own_files import here, own_configuration
from refact_lsp.config.choose import Choice
from refact_lsp.config.indexing import IndexingFile, indexing_files
from refact_lsp.config.load import Configuration, read_content
from refact_lsp.config.paths import cache_directory, user_directory
from refact_lsp.config.problems import Mark
from refact_lsp.config.reading import read_file
from refact_lsp.config.record import Record
from refact_lsp.config.resolve import Instance
from refact_lsp.config.secret import (
    CommandKey,
    EnvironmentKey,
    KeyringKey,
    Secret,
    without_keys,
)
from refact_lsp.config.settings import Settings
from refact_lsp.config.templates import FOLDER
from refact_lsp.masking import MASK
from refact_lsp.privacy.load import load_policy
from refact_lsp.privacy.policy import Policy, Rule

BUILT_IN = "built-in default"
KINDS = ("completion", "chat", "embedding")

_CREDENTIALS = re.compile(r"(?<=//).*(?=@)|(?<=[?#]).+$")
_MODELS = {
    "completion_models",
    "chat_models",
    "custom_models",
    "embedding_model",
    "models_dict_patch",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One setting in force; `origin` says in words where its value came from."""

    section: str
    setting: str
    value: Any
    origin: str

    def as_json(self) -> dict[str, Any]:
        """Answer the row with the names that scripts read."""
        return {
            "section": self.section,
            "setting": self.setting,
            "value": self.value,
            "from": self.origin,
        }


def rows_in_force(
    environ: Mapping[str, str], workspace: Path, *, defaults: bool = False
) -> Iterator[Row]:
    """Answer the settings of all files, in the order of the files; `defaults` adds the unsaid."""
    loaded = own_configuration(environ)
    yield from _directories(environ)
    for instance in loaded.providers.instances.values():
        yield from _provider(instance, defaults=defaults)
    for instance in loaded.providers.instances.values():
        yield from () if instance.off else _models(instance, defaults=defaults)
    yield from _roles(loaded)
    policy, _ = load_policy(environ, here(), workspace)
    yield from _privacy(policy)
    yield from _indexing(environ, workspace)
    yield from _editor()


def _directories(environ: Mapping[str, str]) -> Iterator[Row]:
    user, cache = user_directory(environ), cache_directory(environ)
    for name, path, variables in (
        ("user", user, ("REFACT_CONFIG_DIR", "XDG_CONFIG_HOME")),
        ("cache", cache, ("REFACT_CACHE_DIR", "XDG_CACHE_HOME")),
    ):
        said = [each for each in variables if environ.get(each) and _is_in(path, environ[each])]
        origin = f"environment variable {said[0]}" if said else BUILT_IN
        yield Row("directories", name, str(path), origin)


def _is_in(path: Path, folder: str) -> bool:
    return Path(folder) in (path, path.parent)


def _provider(instance: Instance, *, defaults: bool) -> Iterator[Row]:
    if instance.off:
        yield Row("providers", f"{instance.name} (not in use)", "", instance.off)
    apart = set() if instance.off else _MODELS
    for name in _named(instance.settings, defaults=defaults):
        if name not in apart:
            yield from _settings(f"{instance.name}.{name}", instance.settings, name)


def _models(instance: Instance, *, defaults: bool) -> Iterator[Row]:
    for kind in KINDS:
        for model, record in instance.models(kind).items():
            model_id = f"{instance.name}/{model}"
            yield Row("models", _clean(model_id), kind, _model_origin(instance, record, kind))
            for name in _named(record, defaults=defaults):
                yield from _settings(f"{model_id}.{name}", record, name, section="models")


def _named(record: Record, *, defaults: bool) -> list[str]:
    """Answer the settings to show: what was given, what is no default; or all."""
    bare = type(record)()
    return [
        name
        for name in type(record).model_fields
        if defaults or name in record.marks or getattr(record, name) != getattr(bare, name)
    ]


def _settings(path: str, record: Record, name: str, section: str = "providers") -> Iterator[Row]:
    """Answer a setting, or one row for each setting of the records in it."""
    value, mark = getattr(record, name), record.marks.get(name)
    inner = value if isinstance(value, Mapping) else {}
    records = {key: each for key, each in inner.items() if isinstance(each, Record)}
    if isinstance(value, Record) and value.marks:
        records, path = {name: value}, path.removesuffix(f".{name}")
    for key, each in records.items():
        for part in each.marks:
            yield from _settings(f"{path}.{key}.{part}", each, part, section)
    if not records:
        yield Row(section, _clean(path), masked(value), _origin(value, mark))


def _origin(value: object, mark: Mark | None) -> str:
    """Say where a value came from: a variable, a file of the user's, a template, or us."""
    if mark is None:
        return BUILT_IN
    place = f"template {mark}" if mark.file.startswith(f"{FOLDER}/") else str(mark)
    variable = value.variable if isinstance(value, Secret) else ""
    return f"environment variable {variable}, named in {place}" if variable else place


def _model_origin(instance: Instance, record: Record, kind: str) -> str:
    """Say where a model was named: in its own record, else in the lists of the provider."""
    if record.marks:
        return _origin(None, min(record.marks.values(), key=lambda each: each.line))
    given = instance.settings.marks
    lists = {
        "completion": ("completion_models", "completion_default_model"),
        "chat": ("enabled_models", "running_models", "custom_models", "chat_models"),
        "embedding": ("embedding_model",),
    }
    return _origin(None, next((given[each] for each in lists[kind] if each in given), None))


def _roles(loaded: Configuration) -> Iterator[Row]:
    for role, choice in loaded.roles.items():
        yield Row("roles", role, _clean(choice.model), choice.why)
        yield from _asked(role, choice)


def _asked(role: str, choice: Choice) -> Iterator[Row]:
    for name, mark in choice.asked.marks.items():
        if name != "model":
            yield Row("roles", f"{role}.{name}", masked(getattr(choice.asked, name)), str(mark))


def _privacy(policy: Policy) -> Iterator[Row]:
    yield Row("privacy", "secret files and secrets in texts", "send to: none", BUILT_IN)
    for rule in policy.rules:
        origin = f"{rule.source}:{rule.line}" if rule.line else rule.source
        yield Row("privacy", _clean(rule.name), _clean(_rule(rule)), origin)


def _rule(rule: Rule) -> str:
    return f"{', '.join((*rule.patterns, *rule.remotes)) or 'nothing'}; send to: {rule.send_to}"


def _indexing(environ: Mapping[str, str], workspace: Path) -> Iterator[Row]:
    yield Row("indexing", "what git ignores, and what is no text", "left out", BUILT_IN)
    for path, is_workspace in indexing_files(environ, workspace):
        content, unread = read_content(path)
        given, _ = (None, ()) if unread else read_file(IndexingFile, content, str(path))
        for name, mark in given.marks.items() if given else ():
            if is_workspace and name == "additional_indexing_dirs":
                continue
            yield Row("indexing", name, masked(getattr(given, name)), str(mark))


def _editor() -> Iterator[Row]:
    settings = Settings()
    for each in fields(Settings):
        head, *rest = each.name.split("_")
        name = head + "".join(map(str.capitalize, rest))
        value = getattr(settings, each.name)
        shown = str(value) if isinstance(value, str) else masked(value)
        yield Row("editor", name, shown, f"{BUILT_IN}; an editor may say otherwise")


def masked(value: object) -> Any:  # noqa: ANN401 - JSON of any shape
    """Answer a value for showing, as JSON has it: keys masked, and what a URL may hold of them."""
    if isinstance(value, (Secret, EnvironmentKey, CommandKey, KeyringKey)):
        return str(value)
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, Mapping):
        return {_clean(str(key)): masked(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [masked(each) for each in value]
    if isinstance(value, Record):
        return {name: masked(getattr(value, name)) for name in value.marks}
    return value if isinstance(value, (bool, int, float)) or value is None else {}


def _clean(text: str) -> str:
    """Mask keys and a URL's credentials, and write out what would steer a terminal."""
    plain = _CREDENTIALS.sub(MASK, text) if "//" in text else text
    shown = without_keys(plain)
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in shown)
