"""The privacy gate and what hangs on it, put together for one session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from refact_lsp.messages import CompletionModel, Destination, FimRequest
from refact_lsp.privacy.gate import Verdict
from refact_lsp.session.condition.notices import Notices
from refact_lsp.session.guard.borders import RepositoryBorders
from refact_lsp.session.guard.gate import UNKNOWN, UNREAD, PrivacyGate
from refact_lsp.session.guard.indexing import Indexing
from refact_lsp.session.guard.judged import judged
from refact_lsp.session.guard.unread import UnreadFiles
from refact_lsp.session.lookout import Lookout
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.index import WorkspaceIndex


class Guard:
    """Stands before everything that is learned, indexed, suggested and sent.

    `gate` judges, `borders` keep the text of repositories apart, `indexing` says what of a folder
    is read.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        notices: Notices,
        clock: Callable[[], float],
        lookout: Lookout,
    ) -> None:
        self.gate = PrivacyGate(environ, partial(notices.tell, "privacy"), clock, lookout)
        self.borders = RepositoryBorders(self.gate)
        self.indexing = Indexing(environ, self.gate, partial(notices.tell, "indexing"), lookout)
        self.unread = UnreadFiles(environ, partial(notices.tell, "workspace files"))

    def folders_changed(self, *, added: Sequence[Path], removed: Sequence[Path]) -> None:
        """Go by the policies of these folders, and begin with the first call."""
        kept = [each for each in self.gate.folders if each not in removed]
        self.gate.set_folders(tuple(dict.fromkeys((*kept, *added))))
        self.gate.start()
        self.indexing.start()
        self.unread.look(added)

    def saved(self, path: Path) -> None:
        """Look at once where a saved file is a policy or rules for indexing."""
        self.gate.saved(path)
        self.indexing.saved(path)

    def stop(self) -> None:
        """End all work."""
        self.unread.stop()
        self.borders.stop()
        self.gate.stop()
        self.indexing.stop()

    def guarded(self, model: CompletionModel) -> CompletionModel:
        """Put a model that sends behind the gate."""
        return judged(model, self._judge)

    def refusal(self, model: CompletionModel, snapshot: DocumentSnapshot) -> str | None:
        """Answer the rule by which a model suggests nothing in a document, by all but its text."""
        if model.destination is None:
            return self.gate.secret_rule(snapshot.uri)
        verdict = self.gate.verdict(snapshot, model.destination)
        is_open = verdict.allowed or verdict in {UNREAD, UNKNOWN}  # what is sent is judged anyway
        return None if is_open else str(verdict)

    def sort(self, indexes: Sequence[WorkspaceIndex]) -> None:
        """Have the repositories of each index told apart before somebody asks."""
        for index in indexes:
            if (segment := index.segment) is not None:
                self.borders.prepare(index.root, segment)

    async def _judge(self, request: FimRequest, destination: Destination) -> Verdict:
        texts = (request.prefix, request.suffix)
        return await self.gate.judge(request.snapshot, destination, texts=texts)
