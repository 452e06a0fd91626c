"""What servers say they have, put beside what the files name. Pure.

A model that a server lists can have a role though no file names it as a model. By itself it gets
none but that of completion, and only where no file names any.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from refact_lsp.config.model_records import ChatModel, CompletionModel
from refact_lsp.config.provider_file import ProviderFile
from refact_lsp.config.resolve import Instance, Providers
from refact_lsp.config.roles import ROLES, DefaultsFile


@dataclass(frozen=True, slots=True)
class Listed:
    """The list of one instance's server; `is_known`: there is one, if only an old one.

    `names` are its models but for those that embed; `completing` those that fill holes, the best
    first. `contexts` count tokens, as far as they are told. `url` is the server that was asked.
    `problem` is what was wrong the last time, as a sentence.
    """

    url: str = ""

    names: tuple[str, ...] = ()
    completing: tuple[str, ...] = ()
    contexts: Mapping[str, int] = field(default_factory=dict)
    is_known: bool = True
    problem: str = ""


NOT_ASKED = Listed(is_known=False)


def base_of(settings: ProviderFile) -> str:
    """Answer the URL that tells where a provider's server is, "" for none."""
    return settings.endpoint or settings.completion_endpoint or settings.chat_endpoint


def server_of(settings: ProviderFile) -> str:
    """Answer the URL that a server is known by: where completions go."""
    return settings.completion_endpoint or base_of(settings)


def with_listed(
    providers: Providers, listed: Mapping[str, Listed], defaults: DefaultsFile
) -> Providers:
    """Answer the providers with what their servers list, by instance; what was there before goes.

    A model that `defaults` names is one of its instance until a list says otherwise.
    """
    instances = {
        name: each if each.off else _with_list(each, listed.get(name, NOT_ASKED), defaults)
        for name, each in providers.instances.items()
    }
    return replace(providers, instances=instances)


def is_missing(instance: Instance, name: str) -> bool:
    """Tell whether a server's list has not got a model; a name without a tag means the latest."""
    listed = instance.listed
    return listed is not None and not {name, f"{name}:latest"} & set(listed)


def _with_list(instance: Instance, listed: Listed, defaults: DefaultsFile) -> Instance:
    if not instance.settings.discovery.kind:
        return instance
    if listed.url != server_of(instance.settings):
        listed = NOT_ASKED
    before = {kind: _named(instance, kind) for kind in ("completion", "chat")}
    completion = {name: instance.completion[name] for name in before["completion"]}
    chat = {name: instance.chat[name] for name in before["chat"]}
    for kind, name in _wanted(instance.name, defaults):
        if listed.is_known and name not in listed.names:
            continue
        if kind == "completion":
            completion.setdefault(name, CompletionModel())
        else:
            chat.setdefault(name, ChatModel())
    named = {"completion": tuple(completion), "chat": tuple(chat)}
    for name in _allowed(instance, listed.completing):
        completion.setdefault(name, CompletionModel())
    for name in _allowed(instance, listed.names):
        chat.setdefault(name, ChatModel())
    return replace(
        instance,
        completion=completion,
        chat=chat,
        found={
            (kind, name): listed.contexts.get(name, 0)
            for kind, models in (("completion", completion), ("chat", chat))
            for name in models
            if name not in named[kind]
        },
        listed=listed.names if listed.is_known else None,
    )


def _named(instance: Instance, kind: str) -> tuple[str, ...]:
    return tuple(name for name in instance.models(kind) if (kind, name) not in instance.found)


def _wanted(provider: str, defaults: DefaultsFile) -> tuple[tuple[str, str], ...]:
    """Answer the models of a provider that `defaults.yaml` names in full, with their kind."""
    ids = [
        (kind, getattr(defaults, role).model.partition("/"))
        for role, kind in ROLES.items()
        if kind != "embedding"
    ]
    return tuple((kind, name) for kind, (owner, _, name) in ids if owner == provider and name)


def _allowed(instance: Instance, names: Collection[str]) -> list[str]:
    """Leave out what the file switches off; a list of what is used is the whole of it."""
    given = instance.settings
    only = given.enabled_models if "enabled_models" in given.marks else names
    off = {
        *given.disabled_models,
        *(n for n, r in given.completion_models.items() if not r.enabled),
    }
    return [name for name in names if name in only and name not in off]
