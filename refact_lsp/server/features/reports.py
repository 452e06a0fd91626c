"""Notifications of the Copilot language server's clients: shown, accepted in part, focused."""

from __future__ import annotations

from typing import Any

from refact_lsp.server.edge import EdgeServer
from refact_lsp.session.acceptance import Offered
from refact_lsp.session.session import Session
from refact_lsp.text.positions import Encoding, column_of

SHOWN = "textDocument/didShowCompletion"
ACCEPTED_IN_PART = "textDocument/didPartiallyAcceptCompletion"
FOCUSED = "textDocument/didFocus"


def register(server: EdgeServer, session: Session) -> None:
    """Take the notifications; what is malformed is counted as unknown and ignored."""
    server.protocol.raw_methods |= {SHOWN, ACCEPTED_IN_PART, FOCUSED}

    @server.feature(SHOWN)
    def did_show(params: Any) -> None:  # noqa: ANN401 - pygls binds itself to `object`
        session.acceptance.shown(_identity(params))

    @server.feature(ACCEPTED_IN_PART)
    def did_accept_part(params: Any) -> None:  # noqa: ANN401 - pygls binds itself to `object`
        identity = _identity(params)
        offered = session.acceptance.find(identity)
        length = _member(params, "acceptedLength")
        if offered is not None and isinstance(length, int):
            session.acceptance.accepted(identity, _code_points(offered, length))

    @server.feature(FOCUSED)
    def did_focus(params: Any) -> None:  # noqa: ANN401 - pygls binds itself to `object`
        uri = _member(params, "textDocument", "uri")
        if isinstance(uri, str):
            session.document_focused(uri)


def _identity(params: object) -> object:
    """Answer the id in `item.command.arguments[0]`; None where that is not to be found."""
    arguments = _member(params, "item", "command", "arguments")
    return arguments[0] if isinstance(arguments, list) and arguments else None


def _member(value: object, *names: str) -> object:
    """Answer a member of nested plain JSON; None where there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _code_points(offered: Offered, utf16_units: int) -> int:
    """Answer how many characters of the text an accepted length in UTF-16 units stands for."""
    return column_of(offered.candidate.text, utf16_units, Encoding.UTF16)
