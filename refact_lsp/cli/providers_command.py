"""`refact-lsp providers`: which there are, and switching them on, off and away."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import typer

from refact_lsp.cli.lists import loaded, memory
from refact_lsp.cli.models_command import tell_written
from refact_lsp.cli.own_files import own_configuration
from refact_lsp.cli.tables import Row, print_rows, printable
from refact_lsp.config.assign import explain
from refact_lsp.config.catalogue import KINDS
from refact_lsp.config.editing import Change
from refact_lsp.config.load import Configuration
from refact_lsp.config.paths import may_be_there
from refact_lsp.config.problems import nearest
from refact_lsp.config.secret import EnvironmentKey, KeyringKey, Secret
from refact_lsp.config.templates import template_names
from refact_lsp.config.writing import change_file, folder_for_writing, set_aside
from refact_lsp.errors import UsageError
from refact_lsp.providers.auth.forms import written_form
from refact_lsp.providers.discovery.store import Server

REMOVED = "removed"
"""The folder beside `providers.d` where removed files are kept; it is never read."""

providers = typer.Typer(no_args_is_help=True, help="The providers that your files name.")


@providers.command("list")
def list_providers(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List providers: whether each is in use, and how many models it has."""
    known = memory()
    rows: list[Row] = [
        {
            "provider": each.name,
            "name": each.settings.display_name or each.name,
            "state": f"off: {each.off}" if each.off else "on",
            **{kind: len(each.models(kind)) for kind in KINDS},
            "file": Path(each.file).name if each.file else "built in",
            "server": _reached(known.servers.get(each.name)) if not each.off else "",
        }
        for each in loaded(known).providers.instances.values()
    ]
    print_rows(rows if as_json else [_shown(each) for each in rows], as_json=as_json)


def _shown(row: Row) -> Row:
    """Answer the row for a person: nothing twice, and models in words."""
    return {
        "provider": row["provider"],
        "name": "" if row["name"] == row["provider"] else row["name"],
        "state": row["state"],
        "models": ", ".join(f"{row[kind]} {kind}" for kind in KINDS if row[kind]),
        "file": row["file"],
        "server": row["server"],
    }


def _reached(server: Server | None) -> str:
    """Say how it was with a server when it was last asked."""
    if server is None:
        return ""
    when = datetime.fromtimestamp(server.asked_s).astimezone()
    said = server.kind.replace("_", " ") or f"{len(server.names)} models"
    return f"{said} ({when:%Y-%m-%d %H:%M})"


@providers.command()
def enable(provider: str) -> None:
    """Switch a provider on."""
    _switch(provider, on=True)


@providers.command()
def disable(provider: str) -> None:
    """Switch a provider off; its file and its key stay."""
    _switch(provider, on=False)


@providers.command("rm")
def remove(
    provider: str,
    *,
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
) -> None:
    """Remove a provider; its file is kept in the folder `removed` beside `providers.d`."""
    before = own_configuration()
    path = file_of(before, provider)
    if not may_be_there(path):
        raise UsageError(f"The provider {provider!r} has no file; there is nothing to remove.")
    for role in _roles_of(before, provider):
        typer.echo(f"{role} loses its model {printable(before.roles[role].model)}.")
    if not yes:
        _ask(f"Remove {path.name}?")
    kept = set_aside(path, path.parent.parent / REMOVED, datetime.now().astimezone())
    typer.echo(f"{provider} is removed. Its file is kept as {kept}; move it back to undo this.")
    form = written_form(kept)
    if isinstance(form, Secret):
        typer.echo("A key stands in that file: delete it when you no longer want it.")
    elif isinstance(form, KeyringKey):
        typer.echo(f"Its key stays in the keyring ({form.service}/{form.user}).")
    elif isinstance(form, EnvironmentKey):
        typer.echo(f"Its key stays in the environment ({form}).")
    _tell_roles(before, provider)


def file_of(loaded: Configuration, provider: str) -> Path:
    """Answer the file of a provider, there or to be made; UsageError for an unknown name.

    The sentence does not repeat the name: it might be a key in the wrong place.
    """
    instance = loaded.providers.instances.get(provider)
    if instance is not None and instance.file:
        return _in_folder(Path(instance.file), loaded.folder)
    if provider in template_names():
        return folder_for_writing(os.environ) / f"{provider}.yaml"
    known = sorted({*template_names(), *loaded.providers.instances})
    hint = nearest(provider, known) or f" Known are {', '.join(known)}."
    raise UsageError(f"No provider and no family of providers is called so.{hint}")


def _in_folder(path: Path, folder: Path) -> Path:
    """Answer the path; UsageError for a file of an older form elsewhere, with keys of its own."""
    if path.parent != folder:
        raise UsageError(f"{path} is not in {folder}; its form is only read. Change it yourself.")
    return path


def tell_state(provider: str) -> None:
    """Say whether a provider is in use now, and where not, why."""
    instance = own_configuration().providers.instances.get(provider)
    off = instance.off if instance else "it has no file"
    typer.echo(f"{provider} is {f'not in use: {off}' if off else 'in use'}.")


def _switch(provider: str, *, on: bool) -> None:
    before = own_configuration()
    written = change_file(file_of(before, provider), lambda _: [Change(("enabled",), on)])
    tell_written(written)
    tell_state(provider)
    if not on:
        _tell_roles(before, provider)


def _tell_roles(before: Configuration, provider: str) -> None:
    after = own_configuration()
    for role in _roles_of(before, provider):
        typer.echo(printable(f"Now {explain(after, role)}"))


def _roles_of(loaded: Configuration, provider: str) -> list[str]:
    return [role for role, each in loaded.roles.items() if each.model.partition("/")[0] == provider]


def _ask(question: str) -> None:
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Say --yes where nobody can be asked.")
    typer.confirm(question, abort=True)
