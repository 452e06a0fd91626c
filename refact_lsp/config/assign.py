"""Gives a role its model by writing `defaults.yaml`, in the form that Refact's settings have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from refact_lsp.config.catalogue import KINDS, why_not
from refact_lsp.config.editing import Change
from refact_lsp.config.load import Configuration
from refact_lsp.config.role_names import WRITTEN_AS, read_as
from refact_lsp.config.roles import ROLES
from refact_lsp.config.writing import Written, change_file, folder_for_writing
from refact_lsp.errors import UsageError

FILE = "defaults.yaml"


def model_named(loaded: Configuration, role: str, name: str) -> str:
    """Answer the id a name stands for; UsageError where it cannot have the role, with the reason.

    The name is `provider/model`, or a model alone where only one provider has it.
    """
    kind = ROLES[role]
    found = _ids(loaded, kind, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{name!r} may be {' or '.join(found)}; write it in full.")
    for other in KINDS:
        if other != kind and (ids := _ids(loaded, other, name)):
            wanted = "an" if kind == "embedding" else "a"
            sentence = f"{ids[0]!r} is in use as a model for {other};"
            raise UsageError(f"{sentence} {role} wants {wanted} {kind} model.")
    raise UsageError(why_not(loaded, name))


def assign(environ: Mapping[str, str], role: str, model: str) -> Written:
    """Write the model of a role into `defaults.yaml`, an empty one taking it out."""
    path = defaults_path(environ)
    return change_file(path, lambda data: changes(data, role, model))


def defaults_path(environ: Mapping[str, str]) -> Path:
    """Answer where `defaults.yaml` stands."""
    return folder_for_writing(environ) / FILE


def changes(data: Mapping[str, Any], role: str, model: str) -> tuple[Change, ...]:
    """Answer the changes that give a role its model, in whatever form the file has it now."""
    keys = [key for key in read_as(role) if key in data]
    if model and not keys:
        return (Change(WRITTEN_AS[role], model),)
    return tuple(_change(key, data[key], model or None) for key in keys)


def _change(key: str, given: object, model: str | None) -> Change:
    if not isinstance(given, Mapping):
        return Change((key,), model)
    others = given.keys() - {"model"}
    return Change((key, "model") if model or others else (key,), model)


def _ids(loaded: Configuration, kind: str, name: str) -> tuple[str, ...]:
    """Answer the ids a name may stand for: as it is, without its provider, or its last part."""
    ids = loaded.providers.ids(kind)
    if name in ids:
        return (name,)
    whole = tuple(each for each in ids if each.partition("/")[2] == name)
    last = tuple(each for each in ids if "/" not in name and each.rpartition("/")[2] == name)
    return whole or last


def explain(loaded: Configuration, role: str) -> str:
    """Answer which model a role has now, and why, in a line."""
    choice = loaded.roles[role]
    return f"{role}: {choice.model or 'no model'} ({choice.why})"
