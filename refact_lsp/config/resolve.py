"""Templates, the user's files and the environment into the providers and models in force.

Pure: what was read comes in, `Providers` comes out. A file with an error takes its own provider
out of use and no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from refact_lsp.config.model_records import ChatModel, CompletionModel, EmbeddingModel, ModelRecord
from refact_lsp.config.problems import Mark, Problem, Severity, nearest
from refact_lsp.config.provider_file import ProviderFile
from refact_lsp.config.roles import ROLES
from refact_lsp.config.secret import EnvironmentKey, Secret, unread_reference

RESERVED = ("defaults", "refact")
UNREAD = "its file cannot be read"
"""Why a provider is off of which nothing is known, not even whether it has a key."""
CUSTOM_MODEL_CONTEXT = 4096
"""Tokens of a model under `custom_models` that says nothing, as in Refact."""

_EXTENDED = ("completion_models", "chat_models", "custom_models", "models_dict_patch")
_KEYS = ("api_key", "auth_token", "tokenizer_api_key")

M = TypeVar("M", CompletionModel, ChatModel, EmbeddingModel)
KeyHolder = TypeVar("KeyHolder", ProviderFile, CompletionModel, ChatModel, EmbeddingModel)


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """One file of the user's as it was read; `given` is None where it could not be."""

    file: str
    name: str
    given: ProviderFile | None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Instance:
    """One provider as it is used; `off` says in words why it is not, and is empty when it is.

    `found` are models that no file names, by kind and name, with the tokens that fit (0: not
    told): its server lists them. `listed` are all names in that list, None while it is not known.
    """

    name: str
    file: str
    settings: ProviderFile
    off: str = ""
    completion: Mapping[str, CompletionModel] = field(default_factory=dict)
    chat: Mapping[str, ChatModel] = field(default_factory=dict)
    embedding: Mapping[str, EmbeddingModel] = field(default_factory=dict)
    found: Mapping[tuple[str, str], int] = field(default_factory=dict)
    listed: tuple[str, ...] | None = None

    def models(self, kind: str) -> Mapping[str, ModelRecord]:
        """Answer the models of a kind (completion, chat or embedding) by bare name."""
        by_kind: Mapping[str, Mapping[str, ModelRecord]] = {
            "completion": self.completion,
            "chat": self.chat,
            "embedding": self.embedding,
        }
        return by_kind[kind]


@dataclass(frozen=True, slots=True)
class Providers:
    """All instances by name, in the order of names, and what is wrong with them."""

    instances: Mapping[str, Instance]
    problems: tuple[Problem, ...] = ()

    def ids(self, kind: str) -> tuple[str, ...]:
        """Answer the ids `provider/model` of a kind that are in use, those of the files first."""
        return (*self.named_ids(kind), *self.found_ids(kind))

    def named_ids(self, kind: str) -> tuple[str, ...]:
        """Answer those that files name."""
        return tuple(
            f"{each.name}/{model}"
            for each in self._on()
            for model in each.models(kind)
            if (kind, model) not in each.found
        )

    def found_ids(self, kind: str) -> tuple[str, ...]:
        """Answer those that only servers' lists name, in the order of the lists."""
        return tuple(
            f"{each.name}/{model}" for each in self._on() for of, model in each.found if of == kind
        )

    def _on(self) -> Iterable[Instance]:
        return (each for each in self.instances.values() if not each.off)


def instance_name(stem: str) -> str:
    """Answer the name of the provider in a file of that stem: lower case, `_` for the rest."""
    return re.sub(r"[^a-z0-9_-]", "_", stem.lower())[:64]


def resolve_providers(
    templates: Mapping[str, ProviderFile], files: Iterable[WrittenFile], environ: Mapping[str, str]
) -> Providers:
    """Resolve files (in the order of their names) over templates; variables come from `environ`."""
    instances: dict[str, Instance] = {
        name: _embedded(name, template)
        for name, template in templates.items()
        if template.transport == "embedded"
    }
    seen: dict[str, str] = {}
    problems: list[Problem] = []
    for each in files:
        if each.name in seen:
            sentence = f"{seen[each.name]} is the same provider {each.name!r}; this file is unused."
            problems.append(Problem(each.file, 1, 1, sentence))
            continue
        seen[each.name] = each.file
        instance, found = _instance(each, templates, environ)
        problems += found
        instances[each.name] = instance
    return Providers(dict(sorted(instances.items())), tuple(problems))


def _embedded(name: str, template: ProviderFile) -> Instance:
    return Instance(name, "", template, completion=template.completion_models)


def _instance(
    written: WrittenFile, templates: Mapping[str, ProviderFile], environ: Mapping[str, str]
) -> tuple[Instance, tuple[Problem, ...]]:
    if written.given is None:
        return Instance(written.name, written.file, ProviderFile(), UNREAD), written.problems
    problems = list(written.problems)
    family = written.given.base_provider or written.name
    template = templates.get(family)
    if template is None and (missing := _no_family(written, family, templates)):
        problems.append(missing)
    whole = overlay(template or ProviderFile(), written.given)
    keyed, key_problems = _keys(whole, written.file, environ)
    instance = Instance(written.name, written.file, keyed)
    if not whole.enabled:
        told = tuple(replace(each, severity=Severity.WARNING) for each in problems)
        return replace(instance, off="`enabled: false` stands in its file"), told
    instance, found = _with_models(instance, environ)
    problems += [*key_problems, *found]
    if any(each.severity is Severity.ERROR for each in problems):
        return replace(instance, off="its file has errors"), tuple(problems)
    if (
        template is not None
        and template.auth == "key"
        and keyed.auth == "key"
        and keyed.api_key in {None, Secret("")}
    ):
        sentence = "No api_key is given; write `api_key: $NAME` here, or run: refact-lsp keys set"
        sentence = f"{sentence} {written.name}"
        problems.append(Problem(written.file, 1, 1, sentence, Severity.WARNING))
        return replace(instance, off="no api_key is given in its file"), tuple(problems)
    return instance, tuple(problems)


def _no_family(
    written: WrittenFile, family: str, templates: Mapping[str, ProviderFile]
) -> Problem | None:
    """Answer a problem where nothing says what server it is; older files name endpoints alone."""
    given = written.given
    if given is None:
        return None
    if given.base_provider:
        sentence = f"base_provider: no such family.{nearest(family, templates)}"
        return given.marks["base_provider"].problem(
            sentence if sentence.endswith("?") else f"{sentence} Known: {', '.join(templates)}."
        )
    names = ("endpoint", "completion_endpoint", "chat_endpoint", "embedding_endpoint")
    if any(getattr(given, name) for name in names):
        return None
    sentence = f"No family is called {family!r}: add `base_provider: NAME`."
    return Problem(written.file, 1, 1, sentence + nearest(family, templates))


def overlay(template: ProviderFile, given: ProviderFile) -> ProviderFile:
    """Put a file over its template: what it gives wins; models by name are put together."""
    values = {name: getattr(given, name) for name in given.marks}
    for name in _EXTENDED:
        if name in values:
            values[name] = {**getattr(template, name), **values[name]}
    if "enabled_models" in given.marks:
        values |= _only_enabled(template, given)
    names = (*template.running_models, *given.running_models)
    values["running_models"] = tuple(dict.fromkeys(names))
    marks = {**template.marks, **given.marks}
    if "endpoint" in given.marks:
        moved = _moved(template, given)
        values |= moved
        marks |= dict.fromkeys(moved, given.marks["endpoint"])
    return template.marked(marks, **values)


def _only_enabled(template: ProviderFile, given: ProviderFile) -> dict[str, Any]:
    """Drop the template's models that `enabled_models` does not name; it replaces the list."""
    return {
        name: {
            key: record
            for key, record in {**getattr(template, name), **getattr(given, name)}.items()
            if key in given.enabled_models or key in getattr(given, name)
        }
        for name in ("completion_models", "chat_models")
    }


def _moved(template: ProviderFile, given: ProviderFile) -> dict[str, str]:
    """Take away the template's whole URLs where the file moves the base: they are elsewhere."""
    names = ("completion_endpoint", "chat_endpoint", "embedding_endpoint")
    return {name: "" for name in names if name not in given.marks and getattr(template, name)}


def _keys(
    holder: KeyHolder, file: str, environ: Mapping[str, str]
) -> tuple[KeyHolder, list[Problem]]:
    """Put the environment's values in for variables; tell each that is missing or none."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in _KEYS:
        source = getattr(holder, name, None)
        mark = holder.marks.get(name, Mark(file, 1, 1))
        if isinstance(source, Secret) and (like := unread_reference(source)):
            sentence = f"{name} {like}; it counts as the key itself. Write $NAME or ${{NAME}}."
            problems.append(mark.problem(sentence, Severity.WARNING))
        if not isinstance(source, EnvironmentKey):
            continue
        if found := environ.get(source.name):
            values[name] = Secret(found, variable=source.name)
        else:
            sentence = f"{name}: the environment has no variable {source.name}; set it, or write"
            problems.append(mark.problem(f"{sentence} the key here."))
    return holder.changed(**values), problems


def _with_models(instance: Instance, environ: Mapping[str, str]) -> tuple[Instance, list[Problem]]:
    given = instance.settings
    completion = dict(given.completion_models)
    custom = {
        name: each if each.n_ctx else each.changed(n_ctx=CUSTOM_MODEL_CONTEXT)
        for name, each in given.custom_models.items()
    }
    chat = {**given.chat_models, **custom}
    embedding = _embedding(given)
    for name in _named(instance):
        role = _kind_of(instance, name)
        if role == "completion":
            completion.setdefault(name, CompletionModel())
        elif name not in completion and name not in embedding:
            chat.setdefault(name, ChatModel())
    problems: list[Problem] = []
    whole = replace(
        instance,
        completion=_finished(completion, instance, environ, problems),
        chat=_finished(chat, instance, environ, problems),
        embedding=_finished(embedding, instance, environ, problems),
    )
    return whole, problems


def _embedding(given: ProviderFile) -> dict[str, EmbeddingModel]:
    model = given.embedding_model
    return {model.name: model} if model and model.name else {}


def _named(instance: Instance) -> tuple[str, ...]:
    """Answer the models that are used by name alone; to be a default is to be used."""
    given = instance.settings
    listed = given.enabled_models if "enabled_models" in given.marks else given.running_models
    defaults = [
        bare(getattr(given, role), instance.name) for role in ROLES if role != "embedding_model"
    ]
    return tuple(dict.fromkeys(name for name in (*listed, *defaults) if name))


def _kind_of(instance: Instance, name: str) -> str:
    wanted = bare(instance.settings.completion_default_model, instance.name)
    return "completion" if name == wanted else "chat"


def bare(model_id: str, provider: str) -> str:
    """Answer a model's name without the provider's own in front."""
    return model_id.removeprefix(f"{provider}/")


def _finished(
    models: Mapping[str, M], instance: Instance, environ: Mapping[str, str], problems: list[Problem]
) -> dict[str, M]:
    """Patch the records, put their keys in, and leave out what is switched off."""
    given, finished = instance.settings, dict[str, M]()
    for name, record in models.items():
        if name in given.disabled_models or not record.enabled:
            continue
        keyed, found = _keys(record, instance.file, environ)
        problems += found
        finished[name] = _patched(name, keyed, given)
    return finished


def _patched(name: str, record: M, given: ProviderFile) -> M:
    """Put the changes of `models_dict_patch` in, and the cap of the provider."""
    patch = given.models_dict_patch.get(name)
    known = record.names()
    marks = {key: mark for key, mark in (patch.marks if patch else {}).items() if key in known}
    values = {key: getattr(patch, key) for key in marks}
    cap = _cap(record, given)
    if cap and not 0 < values.get("n_ctx", record.n_ctx) <= cap:
        values["n_ctx"] = cap
        marks |= _only(given.marks, "code_completion_n_ctx", "n_ctx")
    return record.marked({**record.marks, **marks}, **values)


def _cap(record: ModelRecord, given: ProviderFile) -> int:
    is_capped = isinstance(record, CompletionModel) and not record.endpoint
    return given.code_completion_n_ctx if is_capped else 0


def _only(marks: Mapping[str, Mark], name: str, new: str) -> dict[str, Mark]:
    return {new: marks[name]} if name in marks else {}
