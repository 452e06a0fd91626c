"""`refact-lsp complete`: one suggestion at one place, with all that led to it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from rich.console import Console

from refact_lsp.cli.complete_picture import show
from refact_lsp.cli.complete_report import report
from refact_lsp.cli.own_files import own_configuration
from refact_lsp.completion.candidate import Proposal
from refact_lsp.completion.gate import MAX_DOCUMENT_CHARS
from refact_lsp.completion.reasons import TROUBLES, Reason
from refact_lsp.config.assign import model_named
from refact_lsp.config.choose import EMBEDDED
from refact_lsp.config.load import Configuration
from refact_lsp.config.paths import repository_root
from refact_lsp.config.problems import Severity
from refact_lsp.config.secret import EnvironmentKey
from refact_lsp.errors import ConfigError, UsageError
from refact_lsp.session.models import ROLE
from refact_lsp.session.one_request import Asked, ask_once
from refact_lsp.session.request_record import Record
from refact_lsp.text.lines import Position, Text, content_length

FORM = "Say FILE:LINE:COL, as in src/app.py:12:5; lines and columns count from 1."
MAX_BYTES = 8 * MAX_DOCUMENT_CHARS
"""More than the gate lets through in any encoding of a character; it gives the reason itself."""

_OF_CONFIGURATION = {Reason.NO_KEY, Reason.NO_COMPLETION_MODEL}
_OF_NETWORK = TROUBLES - _OF_CONFIGURATION | {Reason.MODEL_LOADING}


def complete(place: str, *, model: str, is_dry: bool, as_json: bool) -> int:
    """Ask for a suggestion and print all about it; answer the exit code."""
    path, line, column = parse_place(place)
    text = read_source(path)
    environ, missing = _environment(is_dry=is_dry)
    wished = model_named(own_configuration(environ), ROLE, model) if model else ""
    root = repository_root(path) or path.parent
    asked = Asked(path, text, find_position(path, text, line, column), root, wished, is_dry)
    logging.getLogger("refact_lsp").setLevel(logging.ERROR)  # the report says it all, and better
    console = Console(stderr=True, highlight=False)
    with console.status("asking") as status:
        reading = "reading the workspace"
        record = asyncio.run(
            ask_once(asked, environ, check, lambda how: status.update(f"{reading} {how}".rstrip()))
        )
    findings = tuple(_missing_keys(record, missing))
    _print(report(asked, record, findings), as_json=as_json)
    return 1 if findings else exit_code(record)


def parse_place(place: str) -> tuple[Path, int, int]:
    """Split FILE:LINE:COL from its right end, as file names may hold colons."""
    name, *numbers = place.rsplit(":", 2)
    is_whole = len(numbers) == 2 and all(
        each.isascii() and each.isdigit() and len(each) <= 9 and int(each) for each in numbers
    )
    if not name or not is_whole:
        raise UsageError(f"{place!r} is no place. {FORM}")
    return Path(os.path.abspath(name)), int(numbers[0]), int(numbers[1])  # noqa: PTH100 - a link stays one, and `..` goes: as editors name files


def read_source(path: Path) -> str:
    """Read a file as an editor does; UsageError in one sentence where that is not possible."""
    try:
        if not path.is_file():
            what = "is no file" if path.exists() else "does not exist"
            raise UsageError(f"{path} {what}. {FORM}")
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', error)}.") from error
    if len(content) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB.")
    if b"\0" in content:
        raise UsageError(f"{path} is binary; there is nothing to complete in it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path} is no UTF-8 text (byte {error.start + 1}); editors convert it, this does not."
        ) from error


def find_position(path: Path, text: str, line: int, column: int) -> Position:
    """Answer a place by its 1-based line and column; UsageError where the file does not have it."""
    lines = Text(text)
    if line > lines.line_count:
        count = f"{lines.line_count} line{'s' if lines.line_count > 1 else ''}"
        raise UsageError(f"{path} has {count}; there is no line {line}.")
    last = content_length(lines.line(line - 1)) + 1
    if column > last:
        raise UsageError(f"Line {line} of {path} ends at column {last}; there is no {column}.")
    return Position(line - 1, column - 1)


def check(configuration: Configuration) -> None:
    """Raise ConfigError where errors in files are the reason that another model is asked."""
    chosen = configuration.roles[ROLE].model
    errors = [each for each in configuration.problems if each.severity is Severity.ERROR]
    blocking = [
        each for each in errors if chosen in {"", EMBEDDED} or Path(each.file).stem == "defaults"
    ]
    is_meant = configuration.defaults.completion_default_model.model == EMBEDDED
    if blocking and not is_meant:
        raise ConfigError(f"{blocking[0]}\n`refact-lsp config check` shows all.")


def exit_code(record: Record) -> int:
    """Answer 0 for a suggestion, 1 for none, 3 and 4 where files or the network are to blame."""
    outcome = record.outcome
    if isinstance(outcome, Proposal) or outcome is None:
        return 0
    if record.attempts and not record.attempts[-1].is_sent:
        return 0
    if outcome.reason in _OF_CONFIGURATION:
        return 3
    return 4 if outcome.reason in _OF_NETWORK else 1


def _environment(*, is_dry: bool) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Answer the environment and, by provider, variables of keys that a dry run does without."""
    environ = dict(os.environ)
    if not is_dry:
        return environ, {}
    missing: dict[str, str] = {}
    for instance in own_configuration(environ).providers.instances.values():
        holders = (instance.settings, *instance.settings.completion_models.values())
        for holder in holders:
            for source in (getattr(holder, "api_key", None), getattr(holder, "auth_token", None)):
                if isinstance(source, EnvironmentKey) and not environ.get(source.name):
                    missing[instance.name] = source.name
    return {**environ, **dict.fromkeys(missing.values(), "missing")}, missing


def _missing_keys(record: Record, missing: Mapping[str, str]) -> Iterator[str]:
    provider = record.model.partition("/")[0]
    if variable := missing.get(provider):
        yield f"The key of {provider} is missing: the environment has no variable {variable}."


def _print(found: dict[str, object], *, as_json: bool) -> None:
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a file may hold any character, a terminal may not
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        show(found)
