"""`refact-lsp models`: what there is, why something is not, and which model has which role."""

from __future__ import annotations

import os

import typer

from refact_lsp.cli.tables import Row, print_rows, print_table, printable
from refact_lsp.config.assign import assign, explain, model_named
from refact_lsp.config.catalogue import KINDS, ModelEntry, catalogue, why_not
from refact_lsp.config.choose import find_model
from refact_lsp.config.load import load_configuration
from refact_lsp.config.role_names import TOLD, role_named
from refact_lsp.config.writing import Written
from refact_lsp.errors import UsageError

models = typer.Typer(no_args_is_help=True, help="The models that your provider files name.")


@models.command("list")
def list_models(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the models in use, yours first, and the roles that each has."""
    entries = [each for each in catalogue(load_configuration(os.environ)) if not each.why_not]
    if as_json:
        print_rows([{**_row(each), "own": each.own} for each in entries], as_json=True)
        return
    own = [_shown(each) for each in entries if each.own]
    others = [_shown(each) for each in entries if not each.own]
    print_table(own, "Your models" if others else "")
    print_table(others, "Models that come with their providers" if own else "")
    if not entries:
        typer.echo("None.")


@models.command()
def why(model: str) -> None:
    """Say where a model comes from and what it is used for, or why it is not there (exit 1)."""
    loaded = load_configuration(os.environ)
    kinds = {kind: find_model(model, loaded.providers.ids(kind)) for kind in KINDS}
    if found := {kind: each for kind, each in kinds.items() if each}:
        for kind, each in found.items():
            typer.echo(f"{printable(each)}: in use as a {kind} model.")
        first = next(iter(found.values()))
        for role, choice in loaded.roles.items():
            if choice.model == first:
                typer.echo(f"{role}: {choice.why}.")
        return
    typer.echo(why_not(loaded, model))
    raise typer.Exit(1)


@models.command("set")
def set_model(
    role: str = typer.Argument(help="A role, by any of its names: completion, chat, light ..."),
    model: str = typer.Argument("", help="provider/model, or the model alone where it is one."),
    *,
    unset: bool = typer.Option(False, "--unset", help="Take the role's model out of the file."),
) -> None:
    """Give a role its model, in defaults.yaml; what else stands there stays as it is."""
    key = role_named(role)
    if bool(model) == unset:
        raise UsageError("Say a model, or --unset: refact-lsp models set ROLE MODEL.")
    chosen = "" if unset else model_named(load_configuration(os.environ), key, model)
    written = assign(os.environ, key, chosen)
    typer.echo(printable(explain(load_configuration(os.environ), key)))
    tell_written(written)


def tell_written(written: Written) -> None:
    """Say what became of a file, where it is not what one would expect."""
    if written.narrowed_from:
        was = f"{written.narrowed_from:04o}"
        typer.echo(f"{written.path} was readable for others (mode {was}); now it is yours alone.")
    elif not written.is_changed:
        typer.echo(f"{written.path} says so already; nothing was changed.")


def _shown(entry: ModelEntry) -> Row:
    """Answer the row for a person: nothing twice, and roles by their short names."""
    return {
        **_row(entry),
        "name": "" if entry.id.endswith(f"/{entry.display_name}") else entry.display_name,
        "n_ctx": entry.context or "",
        "roles": ", ".join(TOLD[role] for role in entry.roles),
    }


def _row(entry: ModelEntry) -> Row:
    return {
        "model": entry.id,
        "name": entry.display_name,
        "kind": entry.kind,
        "n_ctx": entry.context,
        "roles": ", ".join(entry.roles),
    }
