"""`refact-lsp providers` and `refact-lsp models`: what there is, and why something is not."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from refact_lsp.config.choose import find_model
from refact_lsp.config.load import Configuration, load_configuration
from refact_lsp.config.problems import nearest

KINDS = ("completion", "chat", "embedding")

models = typer.Typer(no_args_is_help=True, help="The models that your provider files name.")
providers = typer.Typer(no_args_is_help=True, help="The providers that your files name.")

_Row = dict[str, Any]


@providers.command("list")
def list_providers(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List providers: whether each is in use, and how many models it has."""
    rows: list[_Row] = [
        {
            "provider": each.name,
            "name": each.settings.display_name or each.name,
            "state": f"off: {each.off}" if each.off else "on",
            **{kind: len(each.models(kind)) for kind in KINDS},
            "file": Path(each.file).name if each.file else "built in",
        }
        for each in load_configuration(os.environ).providers.instances.values()
    ]
    _print(rows, as_json=as_json)


@models.command("list")
def list_models(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the models in use, and the roles that each has."""
    loaded = load_configuration(os.environ)
    rows: list[_Row] = [
        {
            "model": f"{each.name}/{name}",
            "kind": kind,
            "n_ctx": record.n_ctx,
            "roles": ", ".join(_roles(loaded, f"{each.name}/{name}")),
        }
        for each in loaded.providers.instances.values()
        if not each.off
        for kind in KINDS
        for name, record in each.models(kind).items()
    ]
    _print(rows, as_json=as_json)


@models.command()
def why(model: str) -> None:
    """Say where a model comes from and what it is used for, or why it is not there (exit 1)."""
    loaded = load_configuration(os.environ)
    kinds = {kind: find_model(model, loaded.providers.ids(kind)) for kind in KINDS}
    if found := {kind: each for kind, each in kinds.items() if each}:
        for kind, each in found.items():
            typer.echo(f"{_printable(each)}: in use as a {kind} model.")
        for role in _roles(loaded, next(iter(found.values()))):
            typer.echo(f"{role}: {loaded.roles[role].why}.")
        return
    typer.echo(why_not(loaded, model))
    raise typer.Exit(1)


def why_not(loaded: Configuration, model: str) -> str:
    """Answer in a sentence why no model in use is called so."""
    provider, _, name = model.partition("/")
    instance = loaded.providers.instances.get(provider)
    ids = [each for kind in KINDS for each in loaded.providers.ids(kind)]
    if not name or instance is None:
        names = loaded.providers.instances
        if name and (hint := nearest(provider, names)):
            return f"No provider is called {provider!r}.{hint}"
        return f"No model in use is called {model!r}.{nearest(model, ids)}"
    if instance.off:
        return f"The provider {provider!r} is not in use: {instance.off}."
    settings = instance.settings
    records = {**settings.completion_models, **settings.chat_models, **settings.custom_models}
    if name in settings.disabled_models:
        return f"{name!r} stands under disabled_models ({settings.marks['disabled_models']})."
    if name in records:
        return f"{name!r} is switched off: `enabled: false` stands in its record."
    hint = nearest(model, ids) or f" Add it to running_models in {instance.file or provider}."
    return f"The provider {provider!r} has no model {name!r}.{hint}"


def _roles(loaded: Configuration, model: str) -> list[str]:
    return [role for role, choice in loaded.roles.items() if choice.model == model]


def _printable(text: str) -> str:
    """Write control characters out: a name in a file must not steer the terminal."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _print(rows: list[_Row], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    if not rows:
        typer.echo("None.")
        return
    table = Table(*rows[0], box=None)
    for row in rows:
        table.add_row(*(Text(_printable(str(each))) for each in row.values()))
    Console(highlight=False, soft_wrap=True).print(table)
