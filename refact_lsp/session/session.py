"""What one running server knows and does, without knowing LSP."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from refact_lsp.completion.reasons import Reason
from refact_lsp.config.paths import cache_directory, repository_root
from refact_lsp.config.problems import Problem
from refact_lsp.config.settings import Settings, read_settings
from refact_lsp.embedded.engine import WorkspaceEngine
from refact_lsp.messages import CompletionModel
from refact_lsp.session.acceptance import Acceptance
from refact_lsp.session.client import ClientFacts
from refact_lsp.session.condition.condition import Condition
from refact_lsp.session.condition.notices import Notices
from refact_lsp.session.condition.problems import ProblemBoard, ProblemNotice
from refact_lsp.session.condition.switches import Switches, is_killed, local_time
from refact_lsp.session.condition.troubles import Trouble
from refact_lsp.session.configuration import LiveConfiguration
from refact_lsp.session.documents import DocumentStore
from refact_lsp.session.guard.guard import Guard
from refact_lsp.session.guard.whereabouts import Key, key_of
from refact_lsp.session.history import Entry, History
from refact_lsp.session.inline import InlineCompletions, Sources
from refact_lsp.session.listings import Listings
from refact_lsp.session.lookout import Lookout
from refact_lsp.session.models import CompletionChoice, ModelFactory
from refact_lsp.session.readiness import LiveReadiness
from refact_lsp.session.servers import Servers, make_ready
from refact_lsp.session.syntax import SyntaxTrees
from refact_lsp.session.uris import path_of
from refact_lsp.session.workspaces import Workspaces
from refact_lsp.text.edits import Edit
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.index import IndexProgress
from refact_lsp.workspace.live import LiveDocuments

if TYPE_CHECKING:  # it brings the YAML reader with it, which the start does not wait for
    from refact_lsp.config.choose import Choice

logger = logging.getLogger(__name__)


class Session:
    """The one mutable object of a server; touched on the event loop only."""

    def __init__(
        self,
        environ: Mapping[str, str],
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = local_time,
    ) -> None:
        self.environ = environ
        self.clock = clock
        self.client: ClientFacts | None = None
        self.settings = Settings()
        self._pushed = Settings()
        self._wish_problems: tuple[Problem, ...] = ()
        self.inline_was_asked = False
        self.on_index_progress: Callable[[Path, IndexProgress | None], None] = _ignore
        self._lookout = Lookout()
        self._tell_how_it_is(environ, wall)
        self._keep_documents(clock)
        self._follow_files(environ)
        self.workspaces = Workspaces(
            cache_directory(environ),
            self._tell_progress,
            lambda sentence: self.troubles.put("workspace", Trouble(sentence)),
            on_begin=self.condition.reading_began,
        )
        self.guard = Guard(environ, self.notices, clock, self._lookout)
        self._watch_guard()
        self._embedded = WorkspaceEngine(
            self.live, self.workspaces.indexes, clock, borders=self.guard.borders
        )
        self.servers = Servers(self.troubles, lambda: self.guard.gate.folders, clock)
        self.servers.doubt = self.listings.doubt
        self.models: ModelFactory = self.servers.model
        self.watched: Callable[[CompletionModel], CompletionModel] = lambda model: model
        self.inline = InlineCompletions(self._sources(), self.history)
        self._completion = CompletionChoice(
            self.configuration, self._embedded, lambda: self.models, self.inline.model_changed
        )
        self.condition.standing = self.inline.standing

    def _tell_how_it_is(self, environ: Mapping[str, str], wall: Callable[[], datetime]) -> None:
        self.notices = Notices(self.clock)
        self.switches = Switches(self.clock, wall, killed=is_killed(environ))
        self.condition = Condition(
            self.notices, self.switches, lambda: self.settings, self.wants_status
        )
        self.troubles, self.status = self.condition.troubles, self.condition.status
        self.history = History(self._answered)

    def _keep_documents(self, clock: Callable[[], float]) -> None:
        self.acceptance = Acceptance()
        self.documents = DocumentStore()
        self.documents.listen(self._document_changed)
        self.syntax = SyntaxTrees()
        self.live = LiveDocuments(clock)
        self._readying = LiveReadiness(self.live)

    def _follow_files(self, environ: Mapping[str, str]) -> None:
        self.problems = ProblemBoard()
        self._problem_notice = ProblemNotice(self.notices, "configuration", "your provider files")
        self.listings = Listings(environ, lambda: self.servers.services, self._lists_changed)
        self.configuration = LiveConfiguration(
            environ,
            self.documents.snapshots,
            self._configuration_changed,
            make_ready,
            listed=self.listings.listed,
            lookout=self._lookout,
        )

    def _watch_guard(self) -> None:
        gate, indexing = self.guard.gate, self.guard.indexing
        gate.on_change = self._policies_changed
        gate.on_secret = self._unlearn
        indexing.on_change = self._rules_changed
        indexing.on_folders = self.workspaces.set_additional
        self.workspaces.blocked = indexing.blocked

    def completion_model(self) -> CompletionModel:
        """Answer the model of the role `completion_default_model`."""
        return self._completion.model()

    def role(self, role: str) -> Choice:
        """Answer the choice for a role, by its name or one of Refact's.

        Raises ConfigError for a name that is no role, and before the user's files were read: wait
        for `configuration.settled()`.
        """
        return self.configuration.choice(role)

    def initialized(self, client: ClientFacts, options: Mapping[str, object]) -> None:
        """Begin work for an editor."""
        self.client = client
        self.configure(options)
        self.folders_changed(added=client.folders, removed=())
        self.configuration.start()

    def folders_changed(self, *, added: Sequence[Path], removed: Sequence[Path]) -> None:
        """Read the folders that are new and forget those that are gone."""
        self._guard_folders(added=added, removed=removed)
        for folder in removed:
            self.workspaces.remove(folder)
            self.condition.folder_gone(folder)
        for folder in added if not self.switches.killed else ():
            self.workspaces.add(folder)

    def _answered(self, entry: Entry) -> None:
        self.condition.answered(entry)
        if entry.reason is Reason.MODEL_MISSING:
            self.listings.doubt(entry.model.partition("/")[0])

    def _guard_folders(self, *, added: Sequence[Path], removed: Sequence[Path]) -> None:
        self.guard.folders_changed(added=added, removed=removed)
        self.configuration.set_folders(self.guard.gate.folders)

    def configure(self, options: object) -> None:
        """Take over settings the editor sent; what is wrong with them is told."""
        self._pushed, _ = read_settings(options, self._pushed)
        self._settle(*read_settings(options, self.settings))

    def configure_whole(self, section: object) -> None:
        """Take over the whole of the editor's settings, as it answered when it was asked.

        What stood there before and does no longer is not in force any more.
        """
        self._settle(*read_settings(section, self._pushed, is_shared=True))

    def _settle(self, settings: Settings, problems: Sequence[Problem]) -> None:
        self.settings = settings
        self.configuration.wish(settings.models)
        if self.settings.log_level:
            logging.getLogger("refact_lsp").setLevel(self.settings.log_level.upper())
        for problem in problems:
            self.notices.tell("settings", problem.sentence)
        self.switched()

    def switched(self) -> None:
        """Let what was switched take effect on what runs, and on the status."""
        self.inline.recheck()
        self.status.touch()

    def wants_status(self) -> bool:
        """Tell whether the client takes the status: it asked for it, or is known to."""
        known = self.client is not None and self.client.profile.status_notification
        return known or self.settings.status

    def reload(self) -> int:
        """Read everything again that may have changed on disk; answer how many folders."""
        self.condition.reading_anew()
        self.configuration.reread()
        self.listings.ask_again()
        return self.workspaces.reload()

    def clear_cache(self) -> int:
        """Forget all that can be worked out again, and begin; answer how many folders."""
        self.inline.clear()
        self.condition.reading_anew()
        return self.workspaces.clear()

    def document_saved(self, uri: str) -> None:
        """Have the folder of a saved document read again soon."""
        if (path := path_of(uri)) is not None:
            self.configuration.touched(path)
            self.guard.saved(path)
            self.workspaces.changed(path)

    def document_focused(self, uri: str) -> None:
        """Note which document the user looks at; files may have changed while elsewhere."""
        if (path := path_of(uri)) is not None:
            self.workspaces.changed(path)
        self.condition.attend_again(uri)

    def shutdown(self) -> None:
        """End all work; every request still running is answered."""
        self.condition.stop()
        self.configuration.stop()
        self.listings.stop()
        self.inline.stop()
        self._readying.stop()
        self.guard.stop()
        self.servers.stop()
        self.syntax.stop()
        self.workspaces.close()

    async def closed(self) -> None:
        """Wait, after `shutdown`, until every connection is closed."""
        await self.servers.closed()

    def _sources(self) -> Sources:
        return Sources(
            self.documents,
            self.syntax,
            lambda: self.switches.over(self.settings),
            lambda: self.watched(self.guard.guarded(self.completion_model())),
            self.switches,
            self.condition.asking,
            self.clock,
            lambda snapshot: self.guard.refusal(self.completion_model(), snapshot),
        )

    def _document_changed(
        self,
        before: DocumentSnapshot | None,
        after: DocumentSnapshot | None,
        edits: Sequence[Edit],
    ) -> None:
        if (changed := after or before) is not None:
            self.configuration.typed(changed.uri)
        if after is None:
            self._closed(before.uri if before else "")
        elif before is None:
            self._opened(after)
        elif not edits:  # opened again while open: its text and language may be others
            self.syntax.closed(after.uri)
            self._opened(after)
        else:
            self._edited(before, after, edits)

    def _opened(self, snapshot: DocumentSnapshot) -> None:
        """Let an open document stand for its file."""
        self.guard.gate.opened(snapshot.uri)
        self._learn(snapshot)
        self.condition.attend(snapshot.uri)
        path = path_of(snapshot.uri)
        if path is not None and not self.workspaces.indexes():
            self._adopt_repository(path)

    def _edited(
        self, before: DocumentSnapshot, after: DocumentSnapshot, edits: Sequence[Edit]
    ) -> None:
        self.syntax.changed(before, after, edits)
        now = self.clock()
        for edit in edits:
            self.live.edited(after.uri, edit)
            self.acceptance.infer(after.uri, edit, now)
        self._learn(after)
        deleted = bool(edits) and all(not edit.new_text and edit.old_text for edit in edits)
        self.inline.note_edit(after.uri, deleted=deleted)
        self.condition.attend(after.uri)

    def _closed(self, uri: str) -> None:
        """Let the file stand for itself again."""
        self.guard.gate.closed(uri)
        self.live.close(uri)
        self.syntax.closed(uri)
        self.inline.forget(uri)
        self.condition.closed(uri)

    def _learn(self, snapshot: DocumentSnapshot) -> None:
        if self.guard.gate.secret_rule(snapshot.uri) is None:
            self.live.update(snapshot, path_of(snapshot.uri))
            if self.completion_model().destination is None:  # the engine asks it at each key
                self._readying.want(snapshot)

    def _configuration_changed(self) -> None:
        """Let what the user's files say now count, and tell what has become wrong with them."""
        configuration = self.configuration
        if (current := configuration.current) is None:
            return
        if not self.switches.killed:
            self.listings.configured(current)
        self.problems.put("providers", configuration.problems)
        self._problem_notice.tell(current.problems, current.folder.parent, current.kept)
        self._tell_wishes(configuration.wish_problems)

    def _lists_changed(self) -> None:
        """Let what servers say of their models count."""
        self.configuration.reread()

    def _tell_wishes(self, problems: tuple[Problem, ...]) -> None:
        """Tell what is wrong with the models that the editor's settings name, when it is new."""
        new = [each for each in problems if each not in self._wish_problems]
        self._wish_problems = problems
        if new or not problems:
            self.notices.forget("models")
        for problem in new:
            self.notices.tell("models", problem.sentence)

    def _policies_changed(self) -> None:
        """Keep nothing that was suggested or indexed under other policies."""
        self.inline.forget_answers()
        self.problems.put("privacy", self.guard.gate.problems)
        self.guard.indexing.policies_changed()
        self.guard.sort(self.workspaces.indexes())

    def _rules_changed(self) -> None:
        """Read the folders under the rules that hold now."""
        self.problems.put("indexing", self.guard.indexing.problems)
        self.workspaces.read_again()

    def _unlearn(self, key: Key) -> None:
        """Forget the text of a document that turned out to lead to a secret file."""
        for snapshot in self.documents.snapshots():
            if key_of(snapshot.uri) == key:
                self.live.close(snapshot.uri)

    def _tell_progress(self, root: Path, progress: IndexProgress | None) -> None:
        if progress is None:
            self.guard.sort(self.workspaces.indexes())
        self.on_index_progress(root, progress)
        self.condition.told_of_index(root, progress)

    def _adopt_repository(self, path: Path) -> None:
        """Read the repository of a file that was opened without a folder."""
        root = repository_root(path)
        if root is not None and not self.switches.killed:
            self._guard_folders(added=(root,), removed=())
            self.workspaces.add(root)


def _ignore(root: Path, progress: IndexProgress | None) -> None:
    """Listen to nothing."""
