"""`refact-lsp models`: what there is, why something is not, and which model has which role."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

import typer

from refact_lsp.cli.lists import loaded, memory
from refact_lsp.cli.model_facts import facts_of
from refact_lsp.cli.tables import Row, print_rows, print_table, printable
from refact_lsp.config.assign import assign, explain, model_named
from refact_lsp.config.catalogue import KINDS, ModelEntry, catalogue, why_not
from refact_lsp.config.choose import find_model
from refact_lsp.config.role_names import TOLD, role_named
from refact_lsp.config.writing import Written
from refact_lsp.errors import UsageError

models = typer.Typer(no_args_is_help=True, help="The models that your provider files name.")


@models.command("list")
def list_models(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List the models in use, yours first, and the roles that each has."""
    entries = [each for each in catalogue(loaded()) if not each.why_not]
    if as_json:
        print_rows(
            [
                {**_row(each), "own": each.own, "found": each.found, "kinds": _kinds(each, entries)}
                for each in entries
            ],
            as_json=True,
        )
        return
    models = _models(entries)
    own = [_shown(each) for each in models if each[0].own]
    others = [_shown(each) for each in models if not each[0].own and not _is_found(each)]
    found = [_shown(each) for each in models if not each[0].own and _is_found(each)]
    print_table(own, "Your models" if others else "")
    print_table(others, "Models that come with their providers" if own else "")
    print_table(found, "Found at the server")
    if not entries:
        typer.echo("None.")


@models.command()
def why(model: str) -> None:
    """Say where a model comes from and what it is used for, or why it is not there (exit 1)."""
    known = memory()
    files = loaded(known)
    kinds = {kind: find_model(model, files.providers.ids(kind)) for kind in KINDS}
    if found := {kind: each for kind, each in kinds.items() if each}:
        for kind, each in found.items():
            typer.echo(f"{printable(each)}: in use as a {kind} model.")
        first = next(iter(found.values()))
        for role, choice in files.roles.items():
            if choice.model == first:
                typer.echo(f"{role}: {choice.why}.")
        _tell(facts_of(files, known, first))
        return
    typer.echo(printable(why_not(files, model)))
    _tell(facts_of(files, known, model))
    raise typer.Exit(1)


def _tell(sentences: Iterable[str]) -> None:
    for each in sentences:
        typer.echo(printable(each))


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
    chosen = "" if unset else model_named(loaded(), key, model)
    written = assign(os.environ, key, chosen)
    typer.echo(printable(explain(loaded(), key)))
    tell_written(written)


def tell_written(written: Written) -> None:
    """Say what became of a file, where it is not what one would expect."""
    if written.narrowed_from:
        was = f"{written.narrowed_from:04o}"
        typer.echo(f"{written.path} was readable for others (mode {was}); now it is yours alone.")
    elif not written.is_changed:
        typer.echo(f"{written.path} says so already; nothing was changed.")


def _models(entries: Iterable[ModelEntry]) -> list[list[ModelEntry]]:
    """Put the entries of one model together: it has one for each kind that it is."""
    by_id: dict[str, list[ModelEntry]] = {}
    for each in entries:
        by_id.setdefault(each.id, []).append(each)
    return [*by_id.values()]


def _is_found(model: Sequence[ModelEntry]) -> bool:
    return all(each.found for each in model)


def _shown(model: Sequence[ModelEntry]) -> Row:
    """Answer the row for a person: nothing twice, and roles by their short names."""
    names = (each.display_name for each in model if not each.id.endswith(f"/{each.display_name}"))
    return {
        "model": model[0].id,
        "name": _joined(names),
        "kind": _joined(each.kind for each in model),
        "n_ctx": _joined(str(each.context) for each in model if each.context),
        "roles": _joined(TOLD[role] for each in model for role in each.roles),
    }


def _joined(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _kinds(entry: ModelEntry, entries: Iterable[ModelEntry]) -> list[str]:
    return [each.kind for each in entries if each.id == entry.id]


def _row(entry: ModelEntry) -> Row:
    return {
        "model": entry.id,
        "name": entry.display_name,
        "kind": entry.kind,
        "n_ctx": entry.context,
        "roles": ", ".join(entry.roles),
    }
