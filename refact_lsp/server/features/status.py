"""`didChangeStatus`, as the Copilot language server has it: one line for a status bar."""

from __future__ import annotations

from lsprotocol import types as lsp

from refact_lsp.server.edge import EdgeServer
from refact_lsp.session.session import Session
from refact_lsp.session.status import Status

CHANGED = "didChangeStatus"


def register(server: EdgeServer, session: Session) -> None:
    """Tell the status from the moment on that the client may be told something."""

    def show(status: Status) -> None:
        server.protocol.notify(CHANGED, status.as_json())

    @server.feature(lsp.INITIALIZED)
    def initialized(_params: lsp.InitializedParams) -> None:
        session.status.begin(show)
