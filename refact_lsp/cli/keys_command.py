"""`refact-lsp keys`: store a key, see which there are, take one away. Never shows one."""

from __future__ import annotations

import asyncio
import getpass
import sys
from enum import StrEnum
from pathlib import Path

import typer

from refact_lsp.cli.models_command import tell_written
from refact_lsp.cli.own_files import own_configuration
from refact_lsp.cli.providers_command import file_of, tell_state
from refact_lsp.cli.tables import Row, print_rows
from refact_lsp.config.editing import Change, read_mapping
from refact_lsp.config.load import read_content
from refact_lsp.config.paths import may_be_there
from refact_lsp.config.resolve import UNREAD, Instance
from refact_lsp.config.secret import EnvironmentKey, KeyringKey, KeySource, Secret
from refact_lsp.config.writing import Written, change_file
from refact_lsp.errors import ConfigError, UsageError
from refact_lsp.providers.auth import keyrings
from refact_lsp.providers.auth.forms import named, written_form
from refact_lsp.providers.auth.hygiene import MAX_CHARS, clean_key, means_something_else
from refact_lsp.providers.auth.keys import Keys

app = typer.Typer(no_args_is_help=True, help="The keys of your providers.")

TELLING_CHARS = 12
"""Of a key this long its last four characters may be shown; of a shorter one they say too much."""


class Store(StrEnum):
    """Where a key is kept."""

    KEYRING = "keyring"
    FILE = "file"


@app.command("set")
def set_key(
    provider: str = typer.Argument(help="A provider of yours, or a family such as openai."),
    more: list[str] = typer.Argument(None, hidden=True),  # noqa: B008 - Typer's way
    *,
    store: Store = typer.Option(None, help="Where to keep it; the keyring where there is one."),  # noqa: B008 - Typer's way
) -> None:
    """Store a provider's key: you are asked for it, or it comes over standard input."""
    if more:
        raise UsageError(
            "A key is never given as an argument: other programs can read it there, and your shell "
            "remembers it. Nothing was stored. Leave it out and you are asked for it."
        )
    path = file_of(own_configuration(), provider)
    chosen = store or (Store.FILE if keyrings.why_unusable() else Store.KEYRING)
    if chosen is Store.KEYRING and (why := keyrings.why_unusable()):
        raise ConfigError(f"{why} Use --store file, or write `api_key: $NAME` into {path}.")
    _gives_key(path)  # a broken file is told before anybody is asked for a key
    key, before = Secret(_typed(provider)), written_form(path)
    if chosen is Store.KEYRING:
        keyrings.store(provider, key.reveal())
        tell_written(_write(path, {"keyring": f"{keyrings.SERVICE}/{provider}"}))
        typer.echo(f"The key of {provider} is in the system's keyring; {path} says so.")
    else:
        tell_written(_write(path, key.reveal()))
        _forget_entry(before)
        typer.echo(f"The key of {provider} is in {path}, which only you can read.")
    tell_state(provider)


@app.command("list")
def list_keys(*, as_json: bool = typer.Option(False, "--json", help="Print JSON.")) -> None:
    """List providers: where each key comes from, whether it is there, and its last characters."""
    print_rows(asyncio.run(_rows()), as_json=as_json)


@app.command("rm")
def remove_key(provider: str) -> None:
    """Take a provider's key out of its file, and out of the keyring where we stored it."""
    path = file_of(own_configuration(), provider)
    form = written_form(path)
    if not _gives_key(path):
        typer.echo(f"{provider} has no key in its file; nothing was changed.")
        raise typer.Exit(1)
    tell_written(_write(path, None))
    typer.echo(f"{path} gives no key any more.")
    if _forget_entry(form):
        typer.echo(f"The entry of {named(form)} is deleted.")
    elif isinstance(form, KeyringKey):
        typer.echo(f"{named(form)} was not made here; it stays.")
    elif isinstance(form, EnvironmentKey):
        typer.echo(f"The {named(form)} stays in the environment.")


def _typed(provider: str) -> str:
    if sys.stdin.isatty():
        text = getpass.getpass(f"Key of {provider} (it is not shown): ")
    else:
        text = sys.stdin.buffer.read(4 * MAX_CHARS).decode("utf-8", "replace")
    key = clean_key(text, "The key")
    if why := means_something_else(key):
        raise ConfigError(f"The key: {why}")
    return key


def _write(path: Path, value: str | dict[str, str] | None) -> Written:
    return change_file(path, lambda _: [Change(("api_key",), value)])


def _gives_key(path: Path) -> bool:
    """Tell whether a file says anything about a key; ConfigError where it is broken."""
    return may_be_there(path) and "api_key" in read_mapping(read_content(path)[0], str(path))


def _forget_entry(form: KeySource | None) -> bool:
    """Delete the keyring's entry behind a form where it is one of ours."""
    if not isinstance(form, KeyringKey) or form.service != keyrings.SERVICE:
        return False
    return not keyrings.why_unusable() and keyrings.remove(form.user)


async def _rows() -> list[Row]:
    keys = Keys()
    instances = own_configuration().providers.instances.values()
    return list(await asyncio.gather(*(_row(keys, each) for each in instances if each.file)))


async def _row(keys: Keys, instance: Instance) -> Row:
    form = "" if instance.off == UNREAD else named(written_form(Path(instance.file)))
    state, last = _without_key(instance), ""
    if (source := instance.settings.api_key) is not None:
        try:
            found = (await keys.reveal(source)).reveal()
        except ConfigError as error:
            state = str(error)
        else:
            state, last = "there", found[-4:] if len(found) >= TELLING_CHARS else ""
    return {"provider": instance.name, "key": form, "state": state, "ends in": last}


def _without_key(instance: Instance) -> str:
    """Say what it means that no key is known."""
    if instance.off == UNREAD:
        return UNREAD
    return "not needed" if instance.settings.auth == "none" else "missing"
