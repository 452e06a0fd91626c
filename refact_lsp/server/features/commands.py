"""`workspace/executeCommand`: a command is one row of the table.

Every command works without arguments; what it is given it checks by itself, and a wrong shape is
answered with -32602 and a sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from refact_lsp.config.secret import without_keys
from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.features import model_commands, switch_commands
from refact_lsp.server.features.accept import ACCEPTED
from refact_lsp.server.features.arguments import Arguments, Options
from refact_lsp.session.session import Session


@dataclass(frozen=True, slots=True)
class Command:
    """One command: its name, and what it does with its arguments."""

    name: str
    run: Callable[[EdgeServer, Session, Arguments], object]


def register(server: EdgeServer, session: Session) -> None:
    """Answer all commands of the table."""
    for row in COMMANDS:
        _register(server, session, row)


def _register(server: EdgeServer, session: Session, row: Command) -> None:
    @server.command(row.name)
    def command(*arguments: Any) -> object:  # noqa: ANN401 - pygls binds itself to `object`
        return row.run(server, session, arguments)


def _completion_accepted(
    server: EdgeServer,  # noqa: ARG001 (the shape of the table)
    session: Session,
    arguments: Arguments,
) -> None:
    if arguments and not (len(arguments) == 1 and isinstance(arguments[0], int)):
        given = without_keys(repr(arguments)[:80])
        raise JsonRpcInvalidParams(f"{ACCEPTED}: expected one suggestion id, got {given}.")
    if arguments:
        session.acceptance.accepted(arguments[0])


def _explain_last(server: EdgeServer, session: Session, arguments: Arguments) -> dict[str, object]:
    quiet = Options("refact.explainLast", arguments, ("quiet",)).flag("quiet")
    entries = [entry.as_json() for entry in session.history.entries]
    text = session.history.explain()
    if not quiet:
        server.window_show_message(lsp.ShowMessageParams(lsp.MessageType.Info, text))
    return {"text": text, "last": entries[-1] if entries else None, "entries": entries}


COMMANDS = (
    Command(ACCEPTED, _completion_accepted),
    Command("refact.explainLast", _explain_last),
    Command("refact.snooze", switch_commands.snooze),
    Command("refact.resume", switch_commands.resume),
    Command("refact.toggle", switch_commands.toggle),
    Command("refact.reload", switch_commands.reload),
    Command("refact.clearCache", switch_commands.clear_cache),
    Command(model_commands.MODELS, model_commands.models),
    Command(model_commands.SELECT_MODEL, model_commands.select_model),
)
