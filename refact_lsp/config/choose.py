"""Which model each role gets, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from refact_lsp.config.listed import is_missing
from refact_lsp.config.problems import Mark, Problem, Severity, nearest
from refact_lsp.config.resolve import Instance, Providers, bare
from refact_lsp.config.roles import ROLES, DefaultsFile, RoleDefault, read_defaults_file
from refact_lsp.config.secret import without_keys

EMBEDDED = "embedded/workspace"

MAX_SHOWN_CHARS = 100
"""So much of a name that no model has stands in a message."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The model of a role (`provider/model`, empty: none), why it is that, and how it is asked."""

    model: str
    why: str
    asked: RoleDefault = field(default_factory=RoleDefault)


def choose_roles(
    providers: Providers, defaults: DefaultsFile, wishes: Mapping[str, str] | None = None
) -> tuple[Mapping[str, Choice], tuple[Problem, ...]]:
    """Choose for all eight: `defaults.yaml`, else provider files, else the fallbacks.

    `wishes` are the editor's, as `read_wishes` found them good; they win.
    """
    problems: list[Problem] = []
    chosen = {role: _chosen(role, providers, defaults, problems) for role in ROLES}
    for role, model in (wishes or {}).items():
        chosen[role] = Choice(model, "named in the editor's settings", getattr(defaults, role))
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


def read_wishes(
    models: Mapping[str, str], providers: Providers
) -> tuple[Mapping[str, str], tuple[Problem, ...]]:
    """Read the editor's `models {role: id}`: an id for each role, and what is ignored and why.

    Roles have the names that `defaults.yaml` has for them. Only a model that the user's own files
    define can be chosen: the editor's settings may come out of a repository.
    """
    named, unknown = _read_roles(models)
    problems = [_wish_problem(each.sentence) for each in unknown]
    wishes: dict[str, str] = {}
    for role, kind in ROLES.items():
        asked = getattr(named, role).model
        ids = providers.named_ids(kind)
        if found := find_model(asked, ids) if asked else "":
            wishes[role] = found
        elif asked:
            known = nearest(asked, ids) or (f" Known: {', '.join(ids[:5])}." if ids else "")
            named_as = repr(without_keys(asked)[:MAX_SHOWN_CHARS])
            sentence = f"{role}: no {kind} model is called {named_as}; it is ignored.{known}"
            problems.append(_wish_problem(sentence))
    return wishes, tuple(problems)


def find_role(name: str) -> str:
    """Answer the role that a name or one of its aliases stands for; empty where it is none."""
    named, _ = _read_roles({name: "x"})
    return next((role for role in ROLES if getattr(named, role).model), "")


def _read_roles(models: Mapping[str, str]) -> tuple[DefaultsFile, tuple[Problem, ...]]:
    # As JSON is YAML, one reader knows the names of the roles, and the nearest to a wrong one.
    content = json.dumps(dict(models), ensure_ascii=False).encode("utf-8", "replace")
    return read_defaults_file(content, "settings")


def _wish_problem(sentence: str) -> Problem:
    return Problem("settings", 0, 0, f"settings.models: {sentence}", Severity.WARNING)


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
    elif instance is not None and instance.listed is not None:
        bare_name = name.partition("/")[2]
        hint = nearest(bare_name, (*instance.listed, *instance.models(ROLES[role])))
        sentence = f"{role}: the server of {instance.name!r} lists no model {bare_name!r}.{hint}"
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
    named = [each for each in providers.named_ids("completion") if each != EMBEDDED]
    there = [each for each in named if not _is_missing(each, providers)]
    if there:
        return Choice(there[0], "no file names one: the first model that completes")
    if found := providers.found_ids("completion"):
        return Choice(found[0], "no file names one: found at its server, which says it completes")
    if named:
        return Choice(named[0], "no file names one: the first model that completes")
    if EMBEDDED in providers.ids("completion"):
        return Choice(EMBEDDED, "no file names one: the engine without a key")
    return Choice("", "no model completes, and the embedded engine is switched off")


def _is_missing(model_id: str, providers: Providers) -> bool:
    provider, _, name = model_id.partition("/")
    return is_missing(providers.instances[provider], name)
