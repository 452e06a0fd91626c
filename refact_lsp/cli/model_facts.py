"""What servers told about one model, as sentences: for who wonders why it is not there."""

from __future__ import annotations

from collections.abc import Iterator

from refact_lsp.config.listed import is_missing
from refact_lsp.config.load import Configuration
from refact_lsp.config.problems import nearest
from refact_lsp.providers.discovery.store import Memory, can_complete
from refact_lsp.providers.endpoint import Endpoint, endpoint_of
from refact_lsp.providers.fim.families import NoFamily, find_family
from refact_lsp.providers.known import KnownModel
from refact_lsp.providers.question import family_at, ways_of


def facts_of(files: Configuration, known: Memory, model: str) -> Iterator[str]:
    """Answer what is known of a model in use, or of one that is not there; may be nothing."""
    provider, _, name = model.partition("/")
    instance = files.providers.instances.get(provider)
    if instance is None or instance.off or not name:
        return
    server = known.servers.get(provider)
    if server is not None and server.problem:
        yield f"The last time its server was asked: {server.problem}"
    elif server is None and instance.settings.discovery.kind:
        yield "Its server was not asked yet for its models: refact-lsp models refresh asks."
    if name in instance.completion and is_missing(instance, name):
        hint = nearest(name, instance.listed or ())
        yield f"The list of its server has no {name!r}.{hint}"
    if (name_kind := ("completion", name)) in instance.found or ("chat", name) in instance.found:
        tokens = instance.found.get(name_kind, instance.found.get(("chat", name), 0))
        fits = f"; {tokens} tokens fit" if tokens else ""
        yield f"No file names it; it was found at the server{fits}."
    endpoint = endpoint_of(instance, name)
    if endpoint is not None:
        told = known.known.of(endpoint.instance, endpoint.url, endpoint.model)
        yield from _about_completing(endpoint, told)
    elif instance.listed is not None and name in instance.listed:
        told = known.known.of(provider, server.url if server else "", name)
        if not can_complete(told):
            yield f"It is not offered for completion: {_why_unable(told)}"


def _about_completing(endpoint: Endpoint, told: KnownModel) -> Iterator[str]:
    left = ways_of(endpoint, told)
    family = family_at(endpoint, told)
    if told.good_way is not None:
        kind, wire = told.good_way
        yield f"It completes: {kind} over {wire} worked."
    elif not left and isinstance(family, NoFamily):
        yield f"There is no way to ask it for completions. {family.reason}"
    elif told.embeds or told.completes is False:
        yield f"It does not complete: {_why_unable(told)}"


def _why_unable(told: KnownModel) -> str:
    if told.embeds:
        return "its server says that it embeds texts."
    if told.is_remote:
        return "its server passes it on to another one; name it in a role if you want that."
    if told.completes is False:
        return "its server says so."
    found = find_family(told.name, told.family)
    return found.reason if isinstance(found, NoFamily) else "its server does not say how."
