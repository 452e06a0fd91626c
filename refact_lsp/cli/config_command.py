"""`refact-lsp config`: whether the user's files are right, and what is in force."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from refact_lsp.cli.config_rows import rows_in_force
from refact_lsp.cli.own_files import here, own_configuration, workspace_here
from refact_lsp.cli.schemas import schema_text, write_schemas
from refact_lsp.config.indexing import load_indexing
from refact_lsp.config.paths import user_directory
from refact_lsp.config.permissions import open_key_files
from refact_lsp.config.problems import Problem, Severity
from refact_lsp.privacy.load import load_policy

app = typer.Typer(no_args_is_help=True, help="Check and show the files of yours that are read.")


@app.command()
def check(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Say what is wrong with your files; exit 3 for errors, 1 for warnings, 0 for nothing.

    Your provider files, defaults, privacy and indexing rules, and those of the repository, or else
    the folder, that you are in.
    """
    loaded = own_configuration()
    instances = loaded.providers.instances
    _, privacy = load_policy(os.environ, here(), workspace_here())
    _, indexing = load_indexing(os.environ, workspace_here())
    problems = (*loaded.problems, *privacy, *indexing, *open_key_files(instances))
    if as_json:
        typer.echo(json.dumps([_problem(each) for each in problems], indent=2))
    else:
        used = sum(bool(each.file) for each in instances.values() if not each.off)
        _print_problems(problems, used)
    errors = any(each.severity is Severity.ERROR for each in problems)
    raise typer.Exit(3 if errors else 1 if problems else 0)


def _print_problems(problems: Sequence[Problem], used: int) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for each in problems:
        colour = "red" if each.severity is Severity.ERROR else "yellow"
        console.print(Text(str(each), colour))
    console.print(
        Text(f"{_many(len(problems), 'problem')}; {_many(used, 'provider file')} in use.")
    )


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _problem(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in Problem.__dataclass_fields__}


@app.command()
def path() -> None:
    """Print the directory of your files."""
    typer.echo(user_directory(os.environ))


@app.command()
def schema(
    name: Annotated[
        str, typer.Argument(help="provider, defaults, privacy, indexing or settings.")
    ] = "provider",
    *,
    write: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write all of them into a folder instead.")
    ] = None,
) -> None:
    """Print the JSON Schema of a kind of file, for your editor's YAML support."""
    if write is None:
        typer.echo(schema_text(name), nl=False)
        return
    for each in write_schemas(write):
        typer.echo(each)


@app.command()
def show(
    *,
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
    defaults: bool = typer.Option(False, "--all", help="Also what nobody has said."),
) -> None:
    """Print the settings in force, each with where it came from; keys are masked."""
    rows = list(rows_in_force(os.environ, workspace_here(), defaults=defaults))
    if as_json:
        typer.echo(json.dumps([each.as_json() for each in rows], indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    for section, group in groupby(rows, key=lambda each: each.section):
        console.print(Text(section, "bold underline"))
        for each in group:
            is_text = isinstance(each.value, str) and each.value
            value = each.value if is_text else json.dumps(each.value)
            line = (("  " + each.setting, "bold"), f" = {value}  ", (f"({each.origin})", "dim"))
            console.print(Text.assemble(*line))
