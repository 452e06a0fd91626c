"""`refact-lsp models refresh` and `probe`: what the servers say, and how a model is best asked."""

from __future__ import annotations

import json
from collections.abc import Iterable

import typer

from refact_lsp.cli import lists
from refact_lsp.cli.tables import Row, print_rows, print_table, printable
from refact_lsp.config.catalogue import why_not
from refact_lsp.config.choose import EMBEDDED, find_model
from refact_lsp.config.load import Configuration
from refact_lsp.errors import UsageError
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.discovery.discover import Discovered, discover, is_asked
from refact_lsp.providers.discovery.store import Memory, can_complete
from refact_lsp.providers.endpoint import Endpoint, endpoint_of
from refact_lsp.providers.probing import Probed, probe
from refact_lsp.providers.silent_cut import prompt_is_cut

FINDINGS, NETWORK = 1, 4

_OF_THE_NETWORK = frozenset(
    {
        *(Kind.NOT_RUNNING, Kind.DNS, Kind.UNREACHABLE, Kind.CONNECT_TIMEOUT, Kind.TLS, Kind.PROXY),
        *(Kind.FIRST_BYTE_TIMEOUT, Kind.STALLED, Kind.TOTAL_DEADLINE, Kind.CUT_OFF),
    }
)


def add_to(models: typer.Typer) -> None:
    """Put these beside the other commands about models."""
    models.command()(refresh)
    models.command("probe")(probe_model)


def refresh(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Ask all servers which models they have; exit 4 where one is not reached, 1 for the rest."""
    found = lists.refreshed(lists.memory())
    rows = [_listed(each) for each in found]
    if as_json:
        print_rows(rows, as_json=True)
    else:
        told = [{key: row[key] for key in row if key != "problem"} for row in rows]
        print_rows(told, as_json=False)
        for sentence in filter(None, (each.sentence for each in found)):
            typer.echo(printable(sentence))
    raise typer.Exit(_code(each.error for each in found))


def probe_model(
    model: str = typer.Argument("", help="provider/model; that of completion without it."),
    *,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Find out how a model is best asked for completions, with one tiny question in each way.

    Exit 4 where its server is not reached, 1 where something is found, 0 where all is well.
    """
    known = lists.memory()
    loaded = lists.loaded(known)
    if model and not find_model(model, loaded.providers.ids("completion")):
        lists.refreshed(known)
        loaded = lists.loaded(known)
    chosen = _chosen(loaded, model)
    if chosen == EMBEDDED:
        typer.echo(f"{EMBEDDED} needs no server; there is nothing to probe.")
        return
    endpoint = _endpoint(loaded, chosen)
    probed, cut = _probe(loaded, endpoint, known)
    lists.keep(known)
    if as_json:
        typer.echo(json.dumps({**_probed(probed), "cut": cut}, indent=2))
    else:
        _print(probed, cut)
    raise typer.Exit(_code([probed.error]) or int(bool(cut or not probed.way or probed.served_by)))


def _chosen(loaded: Configuration, model: str) -> str:
    if not model:
        return loaded.roles["completion_default_model"].model
    found = find_model(model, loaded.providers.ids("completion"))
    return found or model


def _endpoint(loaded: Configuration, model: str) -> Endpoint:
    provider, _, name = model.partition("/")
    instance = loaded.providers.instances.get(provider)
    endpoint = endpoint_of(instance, name) if instance and not instance.off else None
    if endpoint is None:
        raise UsageError(why_not(loaded, model))
    return endpoint


def _probe(loaded: Configuration, endpoint: Endpoint, known: Memory) -> tuple[Probed, str]:
    instance = loaded.providers.instances[endpoint.instance]

    async def ask(client: HttpClient, keys: Keys) -> tuple[Probed, str]:
        if is_asked(instance):
            known.take([await discover(instance, client, keys, known.known)], lists.now_s())
        probed = await probe(endpoint, client, keys, known.known)
        cut = await prompt_is_cut(endpoint, client, keys, known.known) if probed.way else ""
        return probed, cut

    return lists.asked(ask)


def _listed(found: Discovered) -> Row:
    return {
        "provider": found.instance,
        "models": len(found.models),
        "complete": sum(map(can_complete, found.models)),
        "loaded": sum(bool(each.is_loaded) for each in found.models),
        "problem": found.sentence,
    }


def _probed(found: Probed) -> Row:
    way = found.way
    return {
        "model": found.model,
        "way": {"kind": way.kind, "wire": way.wire} if way else None,
        "ms_to_first_token": round(found.ms_to_first_token, 1),
        "tokens": found.tokens,
        "context": found.context,
        "served_by": found.served_by,
        "saw_suffix": found.saw_suffix,
        "tried": [
            {"kind": each.way.kind, "wire": each.way.wire, "problem": each.problem}
            for each in found.tried
        ],
        "error": found.error.kind if found.error else "",
        "sentence": found.sentence,
    }


def _print(found: Probed, cut: str) -> None:
    print_table(
        [
            {"way": each.way.kind, "over": each.way.wire, "outcome": each.problem or "works"}
            for each in found.tried
        ]
    )
    typer.echo(printable(found.sentence))
    if found.context:
        typer.echo(f"Its context, as loaded, is {found.context} tokens.")
    if found.saw_suffix:
        typer.echo("It read what follows the cursor.")
    if found.served_by:
        typer.echo(printable(f"Another model answers: {found.served_by}."))
    if cut:
        typer.echo(printable(cut))


def _code(errors: Iterable[RequestError | None]) -> int:
    kinds = {each.kind for each in errors if each is not None}
    if kinds & _OF_THE_NETWORK:
        return NETWORK
    return FINDINGS if kinds else 0
