"""`refact-lsp config`: whether the user's files are right, and what is in force."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from refact_lsp.config.load import Configuration, load_configuration
from refact_lsp.config.paths import user_directory
from refact_lsp.config.problems import Problem, Severity
from refact_lsp.config.resolve import Instance
from refact_lsp.config.schema import provider_schema
from refact_lsp.config.secret import CommandKey, EnvironmentKey, KeyringKey, Secret

app = typer.Typer(no_args_is_help=True, help="Check and show the files of yours that are read.")

_CREDENTIALS = re.compile(r"(?<=//).*@|[?#].*$")


@app.command()
def check(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Say what is wrong with provider files; exit 3 for errors, 1 for warnings, 0 for nothing."""
    loaded = load_configuration(os.environ)
    if as_json:
        typer.echo(json.dumps([_problem(each) for each in loaded.problems], indent=2))
    else:
        _print_problems(loaded)
    errors = any(each.severity is Severity.ERROR for each in loaded.problems)
    raise typer.Exit(3 if errors else 1 if loaded.problems else 0)


def _print_problems(loaded: Configuration) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for each in loaded.problems:
        colour = "red" if each.severity is Severity.ERROR else "yellow"
        console.print(Text(str(each), colour))
    used = sum(bool(each.file) for each in loaded.providers.instances.values() if not each.off)
    console.print(Text(f"{len(loaded.problems)} problems; {used} provider files in use."))


def _problem(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in Problem.__dataclass_fields__}


@app.command()
def path() -> None:
    """Print the directory of your files."""
    typer.echo(user_directory(os.environ))


@app.command()
def schema() -> None:
    """Print the JSON Schema of provider files, for your editor's YAML support."""
    typer.echo(json.dumps(provider_schema(), indent=2))


@app.command()
def show(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """Print the settings in force, each with where it came from; keys are masked."""
    loaded = load_configuration(os.environ)
    rows = [row for each in loaded.providers.instances.values() for row in _settings(each)]
    rows += [(role, choice.model, choice.why) for role, choice in loaded.roles.items()]
    if as_json:
        names = ("setting", "value", "from")
        typer.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], indent=2))
        return
    console = Console(highlight=False, soft_wrap=True)
    for setting, value, origin in rows:
        console.print(Text.assemble((setting, "bold"), f" {value!r}  ", (f"({origin})", "dim")))


def _settings(instance: Instance) -> Iterator[tuple[str, Any, str]]:
    if instance.off:
        yield f"{instance.name} (not in use)", "", instance.off
    for name, mark in instance.settings.marks.items():
        value = masked(getattr(instance.settings, name))
        yield f"{instance.name}.{name}", value, str(mark)


def masked(value: object) -> Any:  # noqa: ANN401 - JSON of any shape
    """Answer a value for showing, as JSON has it: keys masked, and what a URL may hold of them."""
    if isinstance(value, (Secret, EnvironmentKey, CommandKey, KeyringKey)):
        return str(value)
    if isinstance(value, str):
        return _CREDENTIALS.sub("****", value) if "//" in value else value
    if isinstance(value, Mapping):
        return {str(key): masked(each) for key, each in value.items()}
    if isinstance(value, (tuple, list)):
        return [masked(each) for each in value]
    if marks := getattr(value, "marks", None):
        return {name: masked(getattr(value, name)) for name in marks}
    return value if isinstance(value, (bool, int, float)) or value is None else {}
