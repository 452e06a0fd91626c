"""How the session is: what the user is at, what takes long, what is wrong; the status out of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.config.settings import Settings
from refact_lsp.session.condition.busy import SLOW_S, Busy
from refact_lsp.session.condition.focus import Focus
from refact_lsp.session.condition.notices import Notices
from refact_lsp.session.condition.status import Facts, Status, StatusLine, status_of
from refact_lsp.session.condition.switches import Switches
from refact_lsp.session.condition.troubles import Remedy, Trouble, Troubles, judge, model_cause
from refact_lsp.session.history import Entry
from refact_lsp.workspace.index import IndexProgress

_READ_AGAIN = Remedy("Read again", "refact.reload")


class Condition:
    """Gathers what the status is made of, and has it told when something of it changes.

    `standing` answers why nothing is suggested in an open document; the session sets it.
    """

    def __init__(
        self,
        notices: Notices,
        switches: Switches,
        settings: Callable[[], Settings],
        is_wanted: Callable[[], bool],
    ) -> None:
        self.standing: Callable[[str], Silence | None] = _nothing_stands
        self.focus = Focus()
        self.status = StatusLine(self._status, self._lasts_s, is_wanted)
        self.troubles = Troubles(notices, self.status.touch, lambda: settings().status)
        self.asking = Busy(self.status.touch)
        self._reading = Busy(self.status.touch)
        self._was_read: set[Path] = set()
        self._model = ""
        self._switches = switches
        self._settings = settings

    def attend(self, uri: str) -> None:
        """Note that the user is at an open document."""
        self.focus.attend(uri)
        self.status.touch()

    def attend_again(self, uri: str) -> None:
        """Note that the user is at a document, unless it was closed in the meantime."""
        if self.focus.knows(uri):
            self.attend(uri)

    def closed(self, uri: str) -> None:
        """Forget a document."""
        self.focus.closed(uri)
        self.status.touch()

    def answered(self, entry: Entry) -> None:
        """Take from an answered request how its model is, and where the user is."""
        if entry.model != self._model:
            self.troubles.clear(model_cause(self._model))
            self._model = entry.model
        judge(self.troubles, entry)
        self.attend_again(entry.uri)

    def reading_anew(self) -> None:
        """Have the next reading of every folder shown: somebody asked for it."""
        self._was_read.clear()

    def reading_began(self, root: Path) -> None:
        """Note that a folder is being read: shown the first time, later only where it is slow."""
        self._reading.begin(root, after_s=SLOW_S if root in self._was_read else 0.0)

    def told_of_index(self, root: Path, progress: IndexProgress | None) -> None:
        """Take how far the reading of a folder is; None: it has ended."""
        if progress is None:
            self._was_read.add(root)
            self._reading.end(root)
        elif progress.phase == "done":
            self.troubles.clear(_index_of(root))
        elif progress.phase == "failed":
            sentence = f"{root} could not be read: {progress.reason}."
            self.troubles.put(_index_of(root), Trouble(sentence, remedy=_READ_AGAIN))

    def folder_gone(self, root: Path) -> None:
        """Forget a folder."""
        self._was_read.discard(root.resolve())
        self.troubles.clear(_index_of(root.resolve()))

    def stop(self) -> None:
        """Tell nothing any more."""
        self.status.stop()
        self.asking.stop()
        self._reading.stop()

    def _status(self) -> Status:
        facts = Facts(
            standing=self._standing(),
            snoozed_until=self._switches.snoozed_until(),
            trouble=self.troubles.worst(),
            is_busy=bool(self.asking) or bool(self._reading),
            is_reading=bool(self._reading),
        )
        return status_of(facts)

    def _standing(self) -> Silence | None:
        if self.focus.uri:
            return self.standing(self.focus.uri)
        is_on = self._switches.over(self._settings()).enable
        return self._switches.off("") or (None if is_on else Silence(Reason.DISABLED_GLOBAL))

    def _lasts_s(self) -> float | None:
        return self._switches.snoozed_for_s() or None


def _index_of(root: Path) -> str:
    return f"index:{root}"


def _nothing_stands(_uri: str) -> Silence | None:
    return None
