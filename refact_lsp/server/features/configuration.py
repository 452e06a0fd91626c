"""Settings that change while the server runs, and files that change outside the editor."""

from __future__ import annotations

from functools import partial

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from refact_lsp.session.session import Session


def register(server: LanguageServer, session: Session) -> None:
    """Take the notifications, and show what is wrong with a setting."""
    session.on_message = partial(_show, server)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def did_change_configuration(params: lsp.DidChangeConfigurationParams) -> None:
        session.configure(params.settings)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def did_change_watched_files(params: lsp.DidChangeWatchedFilesParams) -> None:
        for change in params.changes:
            session.document_saved(change.uri)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: lsp.DidSaveTextDocumentParams) -> None:
        session.document_saved(params.text_document.uri)


def _show(server: LanguageServer, sentence: str) -> None:
    server.window_show_message(
        lsp.ShowMessageParams(lsp.MessageType.Warning, f"refact-lsp: {sentence}")
    )
