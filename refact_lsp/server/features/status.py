"""`didChangeStatus`, as the Copilot language server has it: one line for a status bar."""

from __future__ import annotations

from refact_lsp.server.edge import EdgeServer
from refact_lsp.session.condition.status import Status
from refact_lsp.session.session import Session

CHANGED = "didChangeStatus"


def register(server: EdgeServer, session: Session) -> None:
    """Tell the status from the moment on that the client may be told something."""

    def show(status: Status) -> None:
        server.protocol.notify(CHANGED, status.as_json())

    server.when_initialized(lambda: session.status.begin(show))
