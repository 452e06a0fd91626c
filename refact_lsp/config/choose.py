"""Which model each role gets, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from refact_lsp.config.problems import Mark, Problem, Severity, nearest
from refact_lsp.config.resolve import Instance, Providers, bare
from refact_lsp.config.roles import ROLES, DefaultsFile, RoleDefault

EMBEDDED = "embedded/workspace"


@dataclass(frozen=True, slots=True)
class Choice:
    """The model of a role (`provider/model`, empty: none), why it is that, and how it is asked."""

    model: str
    why: str
    asked: RoleDefault = field(default_factory=RoleDefault)


def choose_roles(
    providers: Providers, defaults: DefaultsFile
) -> tuple[Mapping[str, Choice], tuple[Problem, ...]]:
    """Choose for all eight: `defaults.yaml`, else provider files, else the fallbacks."""
    problems: list[Problem] = []
    chosen = {role: _chosen(role, providers, defaults, problems) for role in ROLES}
    if not chosen["completion_default_model"].model:
        chosen["completion_default_model"] = _first_completion(providers)
    for role, kind in ROLES.items():
        if kind == "chat" and not chosen[role].model and chosen["chat_default_model"].model:
            model = chosen["chat_default_model"].model
            asked = getattr(defaults, role)
            chosen[role] = Choice(
                model, "no file names one: the model of chat_default_model", asked
            )
    return chosen, tuple(problems)


def find_model(name: str, ids: tuple[str, ...]) -> str:
    """Answer the id a name stands for: exact, its last part, or cut at the first `:`; or empty."""
    for wanted in (name, name.partition(":")[0]):
        if wanted in ids:
            return wanted
        ends = [each for each in ids if "/" not in wanted and each.rpartition("/")[2] == wanted]
        if ends:
            return ends[0]
    return ""


def _chosen(
    role: str, providers: Providers, defaults: DefaultsFile, problems: list[Problem]
) -> Choice:
    asked: RoleDefault = getattr(defaults, role)
    if asked.model:
        mark = asked.marks.get("model") or defaults.marks[role]
        if found := find_model(asked.model, providers.ids(ROLES[role])):
            return Choice(found, f"named in {mark}", asked)
        problems.append(_not_there(role, asked.model, providers, mark))
    return _from_files(role, providers, asked, problems)


def _not_there(role: str, name: str, providers: Providers, mark: Mark) -> Problem:
    instance = providers.instances.get(name.partition("/")[0])
    if instance is not None and instance.off:
        sentence = f"{role}: the provider {instance.name!r} is not in use: {instance.off}."
    else:
        ids = providers.ids(ROLES[role])
        sentence = f"{role}: no {ROLES[role]} model is called {name!r}.{nearest(name, ids)}"
    return mark.problem(sentence, Severity.WARNING)


def _from_files(
    role: str, providers: Providers, asked: RoleDefault, problems: list[Problem]
) -> Choice:
    """Answer the last provider's own default; tell the others that it stands over."""
    named = [
        (each, model)
        for each in providers.instances.values()
        if not each.off and each.file and (model := _own_default(role, each))
    ]
    if not named:
        return Choice("", "no file names one", asked)
    last, model = named[-1]
    for each, _ in named[:-1] if not asked.model else ():
        sentence = f"{role} is named in {last.settings.marks[role]} too, which wins."
        problems.append(each.settings.marks[role].problem(sentence, Severity.WARNING))
    return Choice(f"{last.name}/{model}", f"named in {last.settings.marks[role]}", asked)


def _own_default(role: str, instance: Instance) -> str:
    if role not in instance.settings.marks:
        return ""
    given = getattr(instance.settings, role)
    name = bare(given if isinstance(given, str) else given.name, instance.name)
    return name if name in instance.models(ROLES[role]) else ""


def _first_completion(providers: Providers) -> Choice:
    ids = [each for each in providers.ids("completion") if each != EMBEDDED]
    if ids:
        return Choice(ids[0], "no file names one: the first model that completes")
    if EMBEDDED in providers.ids("completion"):
        return Choice(EMBEDDED, "no file names one: the engine without a key")
    return Choice("", "no model completes, and the embedded engine is switched off")
