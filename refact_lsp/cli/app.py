"""The subcommands a person types, as Typer sees them."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from refact_lsp import __version__
from refact_lsp.config.redaction import RedactingFilter, redact, redact_tracebacks
from refact_lsp.errors import ConfigError, RefactError, UsageError

app = typer.Typer(
    name="refact-lsp",
    help="Inline code completion for any editor, from the models you choose, or from none at all.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def run(arguments: list[str]) -> int:
    """Run a subcommand; answer the exit code. Errors of ours become one sentence on stderr."""
    _mask_keys()
    _add_groups()
    try:
        app(args=arguments, prog_name="refact-lsp", standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    except RefactError as error:
        typer.echo(f"refact-lsp: {redact(str(error))}", err=True)
        return _exit_code(error)
    except KeyboardInterrupt:
        return 130
    return 0


def _mask_keys() -> None:
    """Write log records, and what nobody foresaw, to stderr without any key."""
    handler = logging.StreamHandler()
    handler.addFilter(RedactingFilter())
    logging.getLogger().addHandler(handler)
    redact_tracebacks()


def _add_groups() -> None:
    from refact_lsp.cli import (
        config_command,
        keys_command,
        models_command,
        models_servers,
        providers_command,
    )

    app.add_typer(config_command.app, name="config")
    app.add_typer(keys_command.app, name="keys")
    app.add_typer(providers_command.providers, name="providers")
    models_servers.add_to(models_command.models)
    app.add_typer(models_command.models, name="models")


def _exit_code(error: RefactError) -> int:
    return {UsageError: 2, ConfigError: 3}.get(type(error), 1)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 (Typer calls it so)
    if wanted:
        typer.echo(f"refact-lsp {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool | None,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = None,
) -> None:
    """Answer for the options before any subcommand."""


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def serve(
    *,
    stdio: Annotated[bool, typer.Option("--stdio", help="Speak over stdin and stdout.")] = False,
    tcp: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Serve over TCP, on this machine only.")
    ] = "",
    ws: Annotated[str, typer.Option(metavar="HOST:PORT", help="The same over WebSocket.")] = "",
    log_file: Annotated[str, typer.Option(metavar="FILE", help="Write the log there.")] = "",
    log_level: Annotated[str, typer.Option(help="error, warning, info or debug.")] = "warning",
) -> None:
    """Run the language server; this is what an editor starts."""
    # Only its help is used: `main` hands `serve` over before Typer is loaded.


@app.command()
def demo(
    file: Annotated[
        Path | None, typer.Argument(help="A source file, or a folder; else what changed last here.")
    ] = None,
    places: Annotated[int, typer.Option(min=1, max=50, help="How many lines to type.")] = 10,
) -> None:
    """Type into a file (in memory only) through the real server, and show what it suggests."""
    from refact_lsp.cli.demo.demonstration import demonstrate

    raise typer.Exit(demonstrate(file, places))


@app.command()
def complete(
    place: Annotated[str, typer.Argument(metavar="FILE:LINE:COL", help="Counted from 1.")],
    *,
    model: Annotated[str, typer.Option(metavar="ID", help="Ask this one of your models.")] = "",
    is_dry: Annotated[bool, typer.Option("--dry-run", help="Send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Ask for one suggestion, and show the exact request and the answer as it came."""
    from refact_lsp.cli.complete_command import complete as show

    raise typer.Exit(show(place, model=model, is_dry=is_dry, as_json=as_json))


privacy = typer.Typer(help="What may be sent where.", no_args_is_help=True)
app.add_typer(privacy, name="privacy")


@privacy.command("test")
def privacy_test(
    path: Annotated[Path, typer.Argument(help="A file, or a folder for all in it.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Say whether a file may be sent, and by which rule; 1 when something is refused."""
    from refact_lsp.cli.privacy import judge

    raise typer.Exit(judge(path, as_json=as_json))
