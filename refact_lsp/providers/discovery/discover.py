"""Asks servers which models they have, and says what stands in the way where one does not tell."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from refact_lsp.config.listed import base_of, server_of
from refact_lsp.config.redaction import redact
from refact_lsp.config.resolve import Instance
from refact_lsp.errors import ConfigError
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.credentials import credentials
from refact_lsp.providers.discovery import lists
from refact_lsp.providers.discovery.asking import Asking, label_of
from refact_lsp.providers.discovery.lists import Found
from refact_lsp.providers.endpoints import other_url
from refact_lsp.providers.known import KnownModel, KnownModels

MAX_SHOWN = 200
"""So many models are asked about one by one; what is beyond is known by its name alone."""

SHOW_LIMIT_S = 30.0
"""What was told until then of models asked about one by one is all that is taken."""

_ELSEWHERE = frozenset({Kind.PATH_MISSING, Kind.NOT_AN_API})


@dataclass(frozen=True, slots=True)
class Discovered:
    """What came of asking one instance; `url` is what `KnownModels` knows its server by.

    `error` is why there is no list, None where there is one. `sentence` is for the user: what is
    wrong and what to do; there may be one beside a list too.
    """

    instance: str
    url: str
    models: tuple[KnownModel, ...] = ()
    error: RequestError | None = None
    sentence: str = ""

    @property
    def is_list(self) -> bool:
        """Whether the server told what it has, if only nothing."""
        return self.error is None


def is_asked(instance: Instance) -> bool:
    """Whether an instance has a list to ask for, and is in use."""
    given = instance.settings
    has_list = given.transport == "http" and bool(given.discovery.kind)
    return not instance.off and has_list and "$MODEL" not in base_of(given)


async def discover_all(
    instances: Iterable[Instance], client: HttpClient, keys: Keys, known: KnownModels
) -> tuple[Discovered, ...]:
    """Ask every instance that has a list, all at once; see `discover`."""
    asked = [each for each in instances if is_asked(each)]
    return tuple(await asyncio.gather(*(discover(each, client, keys, known) for each in asked)))


async def discover(
    instance: Instance, client: HttpClient, keys: Keys, known: KnownModels
) -> Discovered:
    """Ask one instance, and put what it tells into `known`; raises nothing.

    One that is off is not asked. No text of the user's goes along, so no policy is asked either.
    """
    url = server_of(instance.settings)
    if not is_asked(instance) or not url:
        why = instance.off or "no server with a list of models is named in its file"
        return _failed(instance, url, Kind.ADDRESS, f"{instance.name} was not asked: {why}.")
    given = instance.settings
    try:
        asking = Asking(given, client, await credentials(given.api_key, given.extra_headers, keys))
        models, advice = await _asked(instance, asking)
    except ConfigError as error:
        return _failed(instance, url, Kind.AUTH, str(error))
    except RequestError as error:
        _note_loading(instance, url, known, error)
        return Discovered(instance.name, url, (), error, _sentence(instance, error))
    for each in models:
        _learn(known, instance.name, url, each)
    return Discovered(instance.name, url, models, None, advice)


def _failed(instance: Instance, url: str, kind: Kind, sentence: str) -> Discovered:
    return Discovered(
        instance.name, url, (), RequestError(kind, redact(sentence)), redact(sentence)
    )


async def _asked(instance: Instance, asking: Asking) -> tuple[tuple[KnownModel, ...], str]:
    """Answer the list, and advice where it was not where the file says; raises RequestError."""
    given = instance.settings.discovery
    ask = _KINDS[given.kind]
    url = asking.url(given.path or _PATHS[given.kind])
    try:
        return _whole(await ask(asking, url), url), ""
    except RequestError as error:
        if error.kind not in _ELSEWHERE or given.kind not in {"openai", "llamacpp"}:
            raise
        first = error
    elsewhere = other_url(url)
    try:
        found = _whole(await ask(asking, elsewhere), elsewhere)
    except RequestError:
        raise first from None
    base = elsewhere.removesuffix("/models")
    said = f"The list of {instance.name} is not below {base_of(instance.settings)}, but below"
    return found, redact(f"{said} {base}: write `endpoint: {base}` into its file.")


def _whole(found: Found, url: str) -> tuple[KnownModel, ...]:
    if found is None:
        sentence = f"{label_of(url)} answers, but not with a list of models; is it another server?"
        raise RequestError(Kind.NOT_AN_API, sentence, Facts(status=200))
    return found


async def _ask_openai(asking: Asking, url: str) -> Found:
    return lists.read_openai(await asking.ask(url))


async def _ask_llamacpp(asking: Asking, url: str) -> Found:
    body = await asking.ask(url)
    try:
        return lists.read_llamacpp(body, await asking.ask(asking.url("/props")))
    except RequestError as error:
        found = lists.read_llamacpp(body)
        is_loading = error.kind is Kind.LOADING
        return found and tuple(replace(each, is_loading=is_loading) for each in found)


async def _ask_lmstudio(asking: Asking, url: str) -> Found:
    """Ask for the list of today, the older one, and the one that tells names alone."""
    last: RequestError | None = None
    for each in (url, asking.url("/api/v0/models"), asking.url("/v1/models")):
        try:
            found = lists.read_lmstudio(await asking.ask(each))
        except RequestError as error:
            if error.kind not in _ELSEWHERE:
                raise
            last = error
            continue
        if found is not None:
            return found
    if last is not None:
        raise last
    return None


async def _ask_ollama(asking: Asking, url: str) -> Found:
    tags, running = await asyncio.gather(asking.ask(url), asking.try_to_ask(asking.url("/api/ps")))
    names = [each.name for each in lists.read_ollama(tags, {}) or ()][:MAX_SHOWN]
    show = asking.url("/api/show")
    tasks = {name: asyncio.create_task(asking.try_to_ask(show, {"model": name})) for name in names}
    try:
        if tasks:
            await asyncio.wait(tasks.values(), timeout=SHOW_LIMIT_S)
        shown = {name: each.result() for name, each in tasks.items() if each.done()}
    finally:
        for each in tasks.values():
            each.cancel()
    return lists.read_ollama(tags, shown, running)


async def _ask_caps(asking: Asking, url: str) -> Found:
    try:
        return lists.read_refact_caps(await asking.ask(url))
    except RequestError as error:
        if error.kind not in _ELSEWHERE:
            raise
    return lists.read_refact_caps(await asking.ask(asking.url("/coding_assistant_caps.json")))


_KINDS: Mapping[str, Callable[[Asking, str], Awaitable[Found]]] = {
    "openai": _ask_openai,
    "ollama": _ask_ollama,
    "llamacpp": _ask_llamacpp,
    "lmstudio": _ask_lmstudio,
    "refact_caps": _ask_caps,
}

_PATHS: Mapping[str, str] = {
    "openai": "/v1/models",
    "ollama": "/api/tags",
    "llamacpp": "/v1/models",
    "lmstudio": "/api/v1/models",
    "refact_caps": "/refact-caps",
}


def _sentence(instance: Instance, error: RequestError) -> str:
    """Say what stands in the way, the server named as the user knows it."""
    given = instance.settings
    name = given.display_name or instance.name
    if error.kind is not Kind.NOT_RUNNING:
        return redact(f"{instance.name}: {error}")
    where = label_of(base_of(given))
    sentence = f"{instance.name}: nothing listens at {where}. Start {name}, or correct `endpoint`"
    return redact(f"{sentence} in {instance.file or 'its file'}.")


def _note_loading(instance: Instance, url: str, known: KnownModels, error: RequestError) -> None:
    if error.kind is Kind.LOADING:
        for each in known.listed(instance.name, url):
            known.learn(instance.name, url, each.name, is_loading=True)


_TOLD_ANEW = ("is_loaded", "is_loading", "is_remote")
_TOLD_IF_KNOWN = (
    *("context", "context_max", "takes_suffix", "takes_infill"),
    *("is_chat", "completes", "embeds", "family"),
)


def _learn(known: KnownModels, instance: str, url: str, told: KnownModel) -> None:
    """Put a list's word in; where it says nothing, what was learned in use stays."""
    facts = {name: getattr(told, name) for name in _TOLD_ANEW}
    told_now = {name: getattr(told, name) for name in _TOLD_IF_KNOWN}
    facts |= {name: value for name, value in told_now.items() if value is False or value}
    known.learn(instance, url, told.name, **facts)
