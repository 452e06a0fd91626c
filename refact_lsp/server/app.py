"""Puts the server of one client together: its lifecycle, its documents, and the features on top."""

from __future__ import annotations

from lsprotocol import types as lsp

from refact_lsp.server import documents, features
from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.rpc import execute_command
from refact_lsp.session.session import Session


def build_server(session: Session, *, profile_hint: str = "") -> EdgeServer:
    """Put a server together for one client.

    `profile_hint` names a client profile outright, for a client that cannot be told by its name.
    """
    server = EdgeServer(session, profile_hint=profile_hint)
    protocol = server.protocol
    protocol.raw_methods.add(lsp.INITIALIZE)
    protocol.builtin(lsp.INITIALIZE, server.on_initialize)
    protocol.builtin(lsp.SHUTDOWN, server.on_shutdown)
    protocol.builtin(lsp.EXIT, server.on_exit)
    protocol.builtin(lsp.SET_TRACE, server.on_set_trace)
    protocol.builtin(lsp.WINDOW_WORK_DONE_PROGRESS_CANCEL, server.on_progress_cancel)
    documents.register(protocol, session.documents)
    execute_command.register(protocol)
    features.register(server, session)

    @server.feature(lsp.INITIALIZED)
    async def initialized(_params: lsp.InitializedParams) -> None:
        await server.on_initialized()

    return server
