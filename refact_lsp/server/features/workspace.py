"""The workspace around the documents: its folders, its settings, files that change on disk."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from functools import partial

from lsprotocol import types as lsp

from refact_lsp.server.edge import EdgeServer
from refact_lsp.session.condition.notices import Weight
from refact_lsp.session.session import Session
from refact_lsp.session.uris import path_of

SECTION = "refact"
"""What the settings are called in an editor."""


def register(server: EdgeServer, session: Session) -> None:
    """Take the notifications, and show what is wrong with a setting."""
    session.notices.show = partial(_show, server)

    server.when_initialized(partial(_pull, server, session))

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> Awaitable[None]:
        session.configure(params.settings)
        return _pull(server, session)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def did_change_folders(params: lsp.DidChangeWorkspaceFoldersParams) -> None:
        added, removed = params.event.added, params.event.removed
        session.folders_changed(
            added=[path for each in added if (path := path_of(each.uri)) is not None],
            removed=[path for each in removed if (path := path_of(each.uri)) is not None],
        )

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: lsp.DidChangeWatchedFilesParams) -> None:
        for change in params.changes:
            session.document_saved(change.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        session.document_saved(params.text_document.uri)


async def _pull(server: EdgeServer, session: Session) -> None:
    """Ask for the editor's settings, if it can be asked; without an answer all stays as it is."""
    if server.client is None or not server.client.supports.configuration:
        return
    params = lsp.ConfigurationParams([lsp.ConfigurationItem(section=SECTION)])
    answer = await server.ask(lsp.WORKSPACE_CONFIGURATION, params)
    if isinstance(answer, Sequence) and len(answer) == 1:
        session.configure_whole(answer[0])


def _show(server: EdgeServer, weight: Weight, sentence: str) -> None:
    kind = _MESSAGE_TYPES[weight]
    server.window_show_message(lsp.ShowMessageParams(kind, f"refact-lsp: {sentence}"))


_MESSAGE_TYPES = {
    Weight.INFO: lsp.MessageType.Info,
    Weight.WARNING: lsp.MessageType.Warning,
    Weight.ERROR: lsp.MessageType.Error,
}
