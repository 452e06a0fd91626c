"""What one running server knows and does, without knowing LSP."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from refact_lsp.config.paths import cache_directory
from refact_lsp.config.settings import Problem, Settings, read_settings
from refact_lsp.embedded.engine import WorkspaceEngine
from refact_lsp.messages import CompletionModel
from refact_lsp.privacy.zone import is_secret
from refact_lsp.session.acceptance import Acceptance
from refact_lsp.session.client import ClientFacts
from refact_lsp.session.documents import DocumentStore
from refact_lsp.session.history import History
from refact_lsp.session.inline import InlineCompletions, Sources
from refact_lsp.session.syntax import SyntaxTrees
from refact_lsp.session.uris import path_of
from refact_lsp.session.workspaces import Workspaces
from refact_lsp.text.edits import Edit
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.index import IndexProgress
from refact_lsp.workspace.live import LiveDocuments

logger = logging.getLogger(__name__)


class Session:
    """The one mutable object of a server; touched on the event loop only."""

    def __init__(
        self, environ: Mapping[str, str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.clock = clock
        self.client: ClientFacts | None = None
        self.settings = Settings()
        self.on_index_progress: Callable[[Path, IndexProgress | None], None] = _ignore
        self.history = History()
        self.acceptance = Acceptance()
        self.documents = DocumentStore()
        self.documents.listeners.append(self._document_changed)
        self.syntax = SyntaxTrees()
        self.live = LiveDocuments()
        self.workspaces = Workspaces(
            cache_directory(environ), lambda root, progress: self.on_index_progress(root, progress)
        )
        self._embedded = WorkspaceEngine(self.live, self.workspaces.indexes, clock)
        sources = Sources(
            self.documents, self.syntax, lambda: self.settings, self.completion_model, clock
        )
        self.inline = InlineCompletions(sources, self.history)

    def completion_model(self) -> CompletionModel:
        """Answer the model of the role `completion_default_model`."""
        return self._embedded

    def initialized(self, client: ClientFacts, options: object) -> tuple[Problem, ...]:
        """Begin work for an editor; answer what is wrong with its options."""
        self.client = client
        problems = self.configure(options)
        for folder in client.folders:
            self.workspaces.add(folder)
        return problems

    def configure(self, options: object) -> tuple[Problem, ...]:
        """Take over settings the editor sent; answer what is wrong with them."""
        self.settings, problems = read_settings(options, self.settings)
        for problem in problems:
            logger.warning("setting_ignored %s", problem.sentence)
        return problems

    def document_opened(self, snapshot: DocumentSnapshot) -> None:
        """Let an open document stand for its file."""
        path = path_of(snapshot.uri)
        if path is not None and is_secret(path) is not None:
            return
        self.live.update(snapshot, path)
        if path is not None and not self.workspaces.indexes():
            self._adopt_repository(path)

    def document_closed(self, uri: str) -> None:
        """Let the file stand for itself again."""
        self.live.close(uri)
        self.syntax.closed(uri)
        self.inline.forget(uri)

    def document_saved(self, uri: str) -> None:
        """Have the folder of a saved document read again soon."""
        if (path := path_of(uri)) is not None:
            self.workspaces.changed(path)

    def shutdown(self) -> None:
        """End all work; every request still running is answered."""
        self.inline.stop()
        self.syntax.stop()
        self.workspaces.close()

    def _document_changed(
        self, before: DocumentSnapshot, after: DocumentSnapshot, edits: Sequence[Edit]
    ) -> None:
        self.syntax.changed(before, after, edits)
        now = self.clock()
        for edit in edits:
            self.live.edited(after.uri, edit, now)
            self.acceptance.infer(after.uri, edit, now)
        path = path_of(after.uri)
        if path is None or is_secret(path) is None:
            self.live.update(after, path)
        deleted = bool(edits) and all(not edit.new_text and edit.old_text for edit in edits)
        self.inline.note_edit(after.uri, deleted=deleted)

    def _adopt_repository(self, path: Path) -> None:
        """Read the repository of a file that was opened without a folder."""
        root = next((parent for parent in path.parents if (parent / ".git").exists()), None)
        if root is not None:
            self.workspaces.add(root)


def _ignore(root: Path, progress: IndexProgress | None) -> None:
    """Listen to nothing."""
