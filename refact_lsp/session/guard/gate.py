"""The privacy gate of a running server: the policies in force, asked before anything is sent.

Two ways to ask. `verdict` and `may_be_context` answer at once from what is known, for the event
loop; what is not known yet is refused, and looked up. `judge` looks at the disk again, at the
moment of sending: every request to a model server awaits it first.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from refact_lsp.config.paths import home
from refact_lsp.config.problems import Problem
from refact_lsp.messages import Destination
from refact_lsp.privacy.gate import (
    ALLOWED,
    Border,
    Verdict,
    border_of,
    decide,
    keeps_text_inside,
    may_cross,
)
from refact_lsp.privacy.load import policy_of_folder, policy_of_user
from refact_lsp.privacy.names import below_home
from refact_lsp.privacy.policy import NOWHERE, Policy
from refact_lsp.privacy.zone import is_secret
from refact_lsp.session.guard.lookups import Lookups
from refact_lsp.session.guard.policies import PolicyFiles, combined
from refact_lsp.session.guard.secret_search import SecretSearch
from refact_lsp.session.guard.sending import Sending, judge_sending
from refact_lsp.session.guard.whereabouts import UNTITLED, Key, Whereabouts, find, key_of
from refact_lsp.session.lookout import Lookout
from refact_lsp.text.snapshot import DocumentSnapshot

logger = logging.getLogger(__name__)

"""How often the policy files are looked at; a look costs a call of the system for each."""

PRIVACY = "privacy"
UNREAD = Verdict(allowed=False, rule="the policy is still being read", source=PRIVACY)
UNKNOWN = Verdict(allowed=False, rule="the file is still being looked at", source=PRIVACY)


class PrivacyGate:
    """Says what may go where; touched on the event loop, works in threads.

    Until the policies have been read for the first time nothing goes anywhere. `problems` are
    those of the policy files, and the first is passed to `tell`. `on_change` is called when the
    policies are others; `on_secret` when a document turns out to lead to a secret file.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        tell: Callable[[str], None] = lambda _sentence: None,
        clock: Callable[[], float] = time.monotonic,
        lookout: Lookout | None = None,
    ) -> None:
        self.problems: tuple[Problem, ...] = ()
        self.on_change: Callable[[], None] = lambda: None
        self.on_secret: Callable[[Key], None] = lambda _key: None
        self.epoch = 0
        self.files = PolicyFiles(environ, policy_of_user(environ), clock)
        self.folders: tuple[Path, ...] = ()
        self._home = str(home(environ))
        self._tell = tell
        self._secrets = SecretSearch()
        self._policies: Mapping[Path, Policy] = {}
        self._keeps_inside = True
        self._lookups = Lookups(self._look_up, self._found, clock)
        self._verdicts: dict[Key, dict[Destination, Verdict]] = {}
        self._borders: dict[Key, Border] = {}
        self._is_loaded = asyncio.Event()
        self._look_now = asyncio.Event()
        self._lookout = lookout or Lookout()
        self._tasks: list[asyncio.Task[None]] = []

    # ---- what happens around it ----------------------------------------------------------

    def start(self) -> None:
        """Begin to read, and look again every second; does nothing the second time."""
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._watch()),
                asyncio.create_task(self._lookups.work()),
            ]
            self._lookout.watch(self.files.have_changed, self.look_soon)

    def stop(self) -> None:
        """End all work."""
        for task in self._tasks:
            task.cancel()
        self._lookout.leave(self.files.have_changed)

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Take the open folders, whose policies narrow the user's for what is in them."""
        if tuple(folders) != self.folders:
            self.folders = tuple(folders)
            self._forget_answers()
            self.look_soon()

    def opened(self, uri: str) -> None:
        """Look up where a document is while it is opened; what it leads to later is compared."""
        self.start()
        self._lookups.want(key_of(uri))

    def closed(self, uri: str) -> None:
        """Forget where a document was."""
        key = key_of(uri)
        self._lookups.forget(key)
        self._verdicts.pop(key, None)
        self._borders.pop(key, None)

    def saved(self, path: Path) -> None:
        """Note that a file was written; a policy is read at once."""
        if path.name == self.files.user_file.name:
            self.look_soon()

    def look_soon(self) -> None:
        """Look at the policy files now, not only at the next full second."""
        self._look_now.set()

    async def loaded(self) -> None:
        """Wait until the policies have been read for the first time."""
        self.start()
        await self._is_loaded.wait()

    # ---- what it answers -----------------------------------------------------------------

    @property
    def keeps_text_inside(self) -> bool:
        """Whether any rule keeps text from other files; True until the policies are read."""
        return self._keeps_inside

    def secret_rule(self, uri: str) -> str | None:
        """Answer the rule of the built-in secret zone that a document falls under, or None."""
        key = key_of(uri)
        known = self._lookups.peek(key)
        return is_secret(key[0], known.now.real if known else None)

    def verdict(self, snapshot: DocumentSnapshot, destination: Destination) -> Verdict:
        """Answer at once whether a document may go to a destination, by all but its text."""
        return self.verdict_of(key_of(snapshot.uri), destination)

    def verdict_of(self, key: Key, destination: Destination) -> Verdict:
        """Answer the same for a file by its path (`(path, True)`), open or not."""
        answered = self._verdicts.get(key, {})
        if destination in answered:
            self._lookups.get(key)
            return answered[destination]
        at, policy = self._known(key)
        if at is None or policy is None:
            return UNKNOWN if self._is_loaded.is_set() else UNREAD
        verdict = self._shown(decide(at.item(), destination, policy))
        self._verdicts.setdefault(key, {})[destination] = verdict
        return verdict

    def may_be_context(self, path: Path, cursor_path: Path | None) -> Verdict:
        """Answer at once whether text of a file may be shown beside the one at the cursor."""
        cursor = UNTITLED if cursor_path is None else (cursor_path, True)
        return self.may_be_shown((path, True), cursor)

    def may_be_shown(self, source: Key, target: Key) -> Verdict:
        """Answer the same for documents of any scheme."""
        if not self._is_loaded.is_set():
            return UNREAD
        if not self._keeps_inside or source == target:
            return ALLOWED
        one, other = self.border(source), self.border(target)
        if one is None or other is None:
            return UNKNOWN
        return self._shown(may_cross(one, other))

    def border(self, key: Key) -> Border | None:
        """Answer what keeps a document's text from others; None while that is not known."""
        if key in self._borders:
            self._lookups.get(key)
            return self._borders[key]
        at, policy = self._known(key)
        if at is None or policy is None:
            return None
        border = self._borders[key] = border_of(at.item(), policy)
        return border

    def blocked_patterns(self, root: Path) -> tuple[str, ...] | None:
        """Answer what the policies of a folder send nowhere, which is not even indexed.

        None while nobody knows, because one of them is broken or unread.
        """
        files = self.files.concerning(Whereabouts(root, root), (*self.folders, root))
        if any(file not in self._policies for file in files[:1]):
            return None
        if self.files.broken().intersection(files):
            return None
        rules = [
            rule for file in files if file in self._policies for rule in self._policies[file].rules
        ]
        blocking = [rule for rule in rules if rule.send_to == NOWHERE and not rule.is_repository]
        return tuple(pattern for rule in blocking for pattern in rule.patterns)

    async def judge(
        self, snapshot: DocumentSnapshot, destination: Destination, *, texts: Sequence[str]
    ) -> Verdict:
        """Answer whether these texts out of a document may be sent now; looks at everything anew.

        Await it right before each sending, once for each destination, and send nothing else of
        the document than these texts. It reads policies that have changed, follows the document's
        path to where it leads now, judges it under that place and under the one it was opened at,
        and looks for secrets, also for parts of those that the texts have cut.
        """
        await self.loaded()
        key = key_of(snapshot.uri)
        known = self._lookups.peek(key)
        first = known.first if known else None
        sending = Sending(key, first, self.folders, destination, snapshot.text, tuple(texts))
        verdict, at = await asyncio.to_thread(judge_sending, sending, self.files, self._secrets)
        self._lookups.learn([(key, at)])
        self.take_policies()
        if not verdict.allowed:
            logger.info("not_sent to=%s by=%s", destination.instance, verdict.source)
        return self._shown(verdict)

    # ---- what is read --------------------------------------------------------------------

    def take_policies(self) -> None:
        """Let hold what the policy files say since they were last looked at."""
        policies, problems = self.files.in_force(), self.files.problems()
        if problems != self.problems:
            self.problems = problems
            if problems:
                self._tell(str(problems[0]))
        elif policies == self._policies and self._is_loaded.is_set():
            return
        self._policies = policies
        rules = [rule for policy in policies.values() for rule in policy.rules]
        self._keeps_inside = any(map(keeps_text_inside, rules))
        self._is_loaded.set()
        self._forget_answers()

    async def _watch(self) -> None:
        while True:
            wanted = [self.files.user_file, *map(policy_of_folder, self.folders)]
            self._look_now.clear()
            await asyncio.to_thread(self.files.look, wanted)
            self.take_policies()
            await self._look_now.wait()

    def _look_up(self, wanted: Sequence[Key]) -> list[Whereabouts]:
        """Find documents on the disk, and what their repositories say of privacy; in a thread."""
        found = [find(key) for key in wanted]
        files = {file for at in found for file in self.files.concerning(at, ())}
        self.files.look(files)
        return found

    def _found(self, keys: Sequence[Key]) -> None:
        for key in keys:
            self._verdicts.pop(key, None)
            self._borders.pop(key, None)
            known = self._lookups.peek(key)
            if known is not None and is_secret(key[0], known.now.real):
                self.on_secret(key)
        self.take_policies()

    def _forget_answers(self) -> None:
        self.epoch += 1
        self._verdicts.clear()
        self._borders.clear()
        self.on_change()

    def _known(self, key: Key) -> tuple[Whereabouts | None, Policy | None]:
        """Answer where a document is and what holds for it, each None while it is unknown."""
        self.start()
        known = self._lookups.get(key)
        if known is None or not self._is_loaded.is_set():
            return None, None
        at = known.now
        policy = combined(at, self.files.concerning(at, self.folders), self._policies)
        if policy is None:
            self.look_soon()
        return at, policy

    def _shown(self, verdict: Verdict) -> Verdict:
        """Answer a verdict with the home directory written as people do."""
        rule, source = (below_home(each, self._home) for each in (verdict.rule, verdict.source))
        return verdict if verdict.allowed else Verdict(allowed=False, rule=rule, source=source)
