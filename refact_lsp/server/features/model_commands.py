"""`refact.models` and `refact.selectModel`: what there is, and which model has which role.

The user's files are read and written in a thread. The command that asks the user answers at once;
what was chosen is told in a message when it has been written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from refact_lsp.config.secret import without_keys
from refact_lsp.errors import RefactError, UsageError
from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.features.arguments import Arguments, Options
from refact_lsp.session.session import Session

if TYPE_CHECKING:
    from refact_lsp.config.catalogue import ModelEntry
    from refact_lsp.config.load import Configuration

MODELS = "refact.models"
SELECT_MODEL = "refact.selectModel"

CHOICE_LIMIT_S = 600.0
"""How long a question to the user may stay open."""

MAX_OFFERED = 40
"""More choices than this fit into no editor's message; the rest is named in `refact.models`."""


async def models(
    server: EdgeServer,  # noqa: ARG001 (the shape of the table)
    session: Session,
    arguments: Arguments,
) -> dict[str, object]:
    """Answer all roles with their models, all models there are, and what is wrong with servers."""
    Options(MODELS, arguments, ())
    overview = await asyncio.to_thread(_overview, await _in_force(session))
    return {**overview, "servers": dict(session.listings.problems())}


async def select_model(
    server: EdgeServer, session: Session, arguments: Arguments
) -> dict[str, object]:
    """Give a role the model that is named; without one, ask the user which."""
    options = Options(SELECT_MODEL, arguments, ("model", "role"))
    wanted, model = options.text("role") or "completion", options.text("model")
    try:
        role = await asyncio.to_thread(_role, wanted)
        if model:
            return await _select(session, role, model)
    except UsageError as error:
        raise JsonRpcInvalidParams(without_keys(f"{SELECT_MODEL}: {error}")) from None
    return await _offer(server, session, role)


async def _select(session: Session, role: str, model: str) -> dict[str, object]:
    loaded = await _in_force(session)
    await asyncio.to_thread(_write, session.environ, loaded, role, model)
    session.configuration.reread()
    choice = (await _in_force(session)).roles[role]
    return {"role": role, "model": choice.model, "why": choice.why}


async def _in_force(session: Session) -> Configuration:
    """Answer what the session goes by: the user's files, and the editor's wishes over them."""
    await session.configuration.settled()
    current = session.configuration.current
    if current is None:
        return await asyncio.to_thread(_loaded, session.environ)
    return replace(current, roles=session.configuration.roles)


async def _offer(server: EdgeServer, session: Session, role: str) -> dict[str, object]:
    now, entries = await asyncio.to_thread(_choices, await _in_force(session), role)
    question = f"Which model for {role}? Now: {now or 'none'}."
    listed = [_entry(each) for each in entries]
    can_ask = (
        bool(entries) and server.client is not None and server.client.supports.show_message_request
    )
    if not entries:
        text = f"No model in use can be {role}; refact-lsp providers list says which are off."
        server.window_show_message(
            lsp.ShowMessageParams(lsp.MessageType.Info, f"refact-lsp: {text}")
        )
    elif can_ask:
        text = question
        server.protocol.run_later(SELECT_MODEL, _ask(server, session, role, question, entries))
    else:
        text = f"{question} Run {SELECT_MODEL} with {{model, role}}, or: refact-lsp models set."
        server.window_show_message(
            lsp.ShowMessageParams(lsp.MessageType.Info, f"refact-lsp: {text}")
        )
    return {"role": role, "model": now, "asked": can_ask, "text": text, "candidates": listed}


async def _ask(
    server: EdgeServer, session: Session, role: str, question: str, entries: Sequence[ModelEntry]
) -> None:
    titles = {_title(each): each.id for each in entries[:MAX_OFFERED]}
    actions = [lsp.MessageActionItem(title=each) for each in titles]
    params = lsp.ShowMessageRequestParams(lsp.MessageType.Info, f"refact-lsp: {question}", actions)
    chosen = await server.ask(lsp.WINDOW_SHOW_MESSAGE_REQUEST, params, limit_s=CHOICE_LIMIT_S)
    model = titles.get(getattr(chosen, "title", ""), "")
    if not model:
        return
    kind = lsp.MessageType.Info
    try:
        answer = await _select(session, role, model)
        told = f"{role} is {answer['model']} from now on."
    except RefactError as error:
        kind, told = lsp.MessageType.Error, str(error)
    server.window_show_message(lsp.ShowMessageParams(kind, f"refact-lsp: {told}"))


def _title(entry: ModelEntry) -> str:
    """Answer what the user reads: no two models have the same."""
    name = entry.id.partition("/")[2]
    return entry.id if entry.display_name == name else f"{entry.display_name} ({entry.id})"


def _entry(entry: ModelEntry) -> dict[str, object]:
    return {
        "id": entry.id,
        "kind": entry.kind,
        "display_name": entry.display_name,
        "provider": entry.provider,
        "own": entry.own,
        "found": entry.found,
        "context": entry.context,
        "in_use": not entry.why_not,
        "why_not": entry.why_not,
    }


# ---- in a thread; what reads files is imported when it is first asked for --------------------


def _loaded(environ: Mapping[str, str]) -> Configuration:
    from refact_lsp.config.load import load_configuration  # noqa: PLC0415 - see above

    return load_configuration(environ)


def _role(name: str) -> str:
    from refact_lsp.config.role_names import role_named  # noqa: PLC0415 - see above

    return role_named(name)


def _overview(loaded: Configuration) -> dict[str, object]:
    from refact_lsp.config.catalogue import catalogue  # noqa: PLC0415 - see above

    entries = catalogue(loaded)
    names = {each.id: each.display_name for each in entries}
    roles = {
        role: {
            "model": choice.model,
            "why": choice.why,
            "display_name": names.get(choice.model, choice.model),
        }
        for role, choice in loaded.roles.items()
    }
    models = [_entry(each) for each in entries]
    return {"roles": roles, "models": models, "problems": len(loaded.problems)}


def _choices(loaded: Configuration, role: str) -> tuple[str, tuple[ModelEntry, ...]]:
    from refact_lsp.config.catalogue import candidates  # noqa: PLC0415 - see above
    from refact_lsp.config.roles import ROLES  # noqa: PLC0415

    return loaded.roles[role].model, candidates(loaded, ROLES[role])


def _write(environ: Mapping[str, str], loaded: Configuration, role: str, name: str) -> None:
    from refact_lsp.config.assign import assign, model_named  # noqa: PLC0415 - see above

    assign(environ, role, model_named(loaded, role, name))
