"""All models that the user's files and our templates name, as a person wants to see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeGuard

from refact_lsp.config.guarded_yaml import MAX_BYTES, plain_value, read_yaml
from refact_lsp.config.load import Configuration
from refact_lsp.config.problems import nearest
from refact_lsp.config.resolve import Instance, bare
from refact_lsp.config.role_names import read_as
from refact_lsp.config.roles import ROLES

KINDS = ("completion", "chat", "embedding")

_NAMED_BY_KEY = ("completion_models", "chat_models", "custom_models")
_NAMED_IN_LIST = ("running_models", "enabled_models")


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model: what it is called, who serves it, and whether it can be chosen.

    `own`: a file of the user's names it, not a template. `why_not` is empty for one in use.
    `context` counts tokens; 0 where it is not known. `found`: no file names it, its server does.
    """

    id: str
    kind: str
    display_name: str
    provider: str
    own: bool
    context: int
    why_not: str
    roles: tuple[str, ...]
    found: bool = False


def catalogue(loaded: Configuration) -> tuple[ModelEntry, ...]:
    """Answer the models of every provider, the user's own first, then in the order of ids."""
    found = [each for instance in loaded.providers.instances.values() for each in _of(instance)]
    entries = [_with_roles(each, loaded) for each in found]
    return tuple(sorted(entries, key=lambda each: (not each.own, bool(each.why_not), each.id)))


def candidates(loaded: Configuration, kind: str) -> tuple[ModelEntry, ...]:
    """Answer the models in use that a role of this kind may be given."""
    return tuple(each for each in catalogue(loaded) if each.kind == kind and not each.why_not)


def why_not(loaded: Configuration, model: str) -> str:
    """Answer in a sentence why no model in use is called so."""
    provider, _, name = model.partition("/")
    instance = loaded.providers.instances.get(provider)
    ids = [each for kind in KINDS for each in loaded.providers.ids(kind)]
    if not name or instance is None:
        names = loaded.providers.instances
        if name and (hint := nearest(provider, names)):
            return f"No provider is called {provider!r}.{hint}"
        names_alone = (each.partition("/")[2] for each in ids)
        hint = nearest(model, ids) or nearest(model, names_alone)
        return f"No model in use is called {model!r}.{hint}"
    if instance.off:
        return f"The provider {provider!r} is not in use: {instance.off}."
    settings = instance.settings
    if name in settings.disabled_models:
        return f"{name!r} stands under disabled_models ({settings.marks['disabled_models']})."
    if name in _records(instance):
        return f"{name!r} is switched off: `enabled: false` stands in its record."
    return _nowhere(instance, name, nearest(model, ids))


def _nowhere(instance: Instance, name: str, hint: str) -> str:
    if instance.listed is not None:
        hint = nearest(name, (*instance.listed, *instance.completion, *instance.chat))
        return f"Neither a file nor the server of {instance.name!r} has a model {name!r}.{hint}"
    hint = hint or f" Add it to running_models in {instance.file or instance.name}."
    return f"The provider {instance.name!r} has no model {name!r}.{hint}"


def _of(instance: Instance) -> Iterable[ModelEntry]:
    own = _own_names(instance)
    for kind in KINDS:
        used = {} if instance.off else instance.models(kind)
        for name, record in {**_records(instance, kind), **used}.items():
            shown = record.display_name or name
            why = "" if name in used else instance.off or "it is switched off in its file"
            yield ModelEntry(
                id=f"{instance.name}/{name}",
                kind=kind,
                display_name=shown,
                provider=instance.name,
                own=name in own,
                context=record.n_ctx or instance.found.get((kind, name), 0),
                why_not=why,
                roles=(),
                found=(kind, name) in instance.found,
            )


def _records(instance: Instance, kind: str = "") -> Mapping[str, Any]:
    """Answer the records that stand in a provider's file and template, in use or not."""
    given = instance.settings
    embedding = given.embedding_model
    by_kind: Mapping[str, Mapping[str, Any]] = {
        "completion": given.completion_models,
        "chat": {**given.chat_models, **given.custom_models},
        "embedding": {embedding.name: embedding} if embedding and embedding.name else {},
    }
    return by_kind[kind] if kind else {**by_kind["completion"], **by_kind["chat"]}


def _with_roles(entry: ModelEntry, loaded: Configuration) -> ModelEntry:
    roles = tuple(
        role
        for role, choice in loaded.roles.items()
        if choice.model == entry.id and ROLES[role] == entry.kind
    )
    return replace(entry, roles=roles)


def _own_names(instance: Instance) -> frozenset[str]:
    """Answer the models that the user's own file names; a template's are not in it."""
    written = _as_written(instance.file)
    names: set[str] = set()
    for key in _NAMED_BY_KEY:
        given = written.get(key)
        names |= set(given) if isinstance(given, Mapping) else set()
    for key in _NAMED_IN_LIST:
        given = written.get(key)
        names |= {each for each in given if isinstance(each, str)} if _is_list(given) else set()
    for key in (each for role in ROLES for each in read_as(role)):
        if isinstance(given := written.get(key), str):
            names.add(bare(given, instance.name))
    embedding = written.get("embedding_model")
    named = embedding.get("name") if isinstance(embedding, Mapping) else embedding
    return frozenset(names | ({named} if isinstance(named, str) else set()))


def _is_list(value: object) -> TypeGuard[list[object]]:
    return isinstance(value, list)


def _as_written(file: str) -> Mapping[str, Any]:
    try:
        if not file or not Path(file).is_file():
            return {}
        with Path(file).open("rb") as stream:
            root, _ = read_yaml(stream.read(MAX_BYTES + 1), file)
    except OSError:
        return {}
    plain = plain_value(root) if root is not None else None
    return plain if isinstance(plain, Mapping) else {}
