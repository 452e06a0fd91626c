"""What the server is doing, in one line for a status bar: computed anew, told when it changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.session.condition.notices import Weight
from refact_lsp.session.condition.troubles import Remedy, Trouble

INTERVAL_S = 0.25
"""A status is told at most four times a second."""

_SWITCH_ON = Remedy("Switch on", "refact.toggle")
_EVERYTHING_OFF = {Reason.DISABLED_GLOBAL: _SWITCH_ON, Reason.KILL_SWITCH: None}
_RESUME = Remedy("Resume", "refact.resume")


class StatusKind(StrEnum):
    """The words that status bars know."""

    NORMAL = "Normal"
    INACTIVE = "Inactive"
    WARNING = "Warning"
    ERROR = "Error"


@dataclass(frozen=True, slots=True)
class Status:
    """One line for a status bar; `message` is empty where there is nothing to say."""

    kind: StatusKind = StatusKind.NORMAL
    message: str = ""
    busy: bool = False
    remedy: Remedy | None = None

    def as_json(self) -> dict[str, object]:
        """The status as plain JSON; `command` is an LSP command and stands only where one helps."""
        told: dict[str, object] = {
            "busy": self.busy,
            "kind": self.kind.value,
            "message": self.message,
        }
        if self.remedy is not None:
            told["command"] = {"title": self.remedy.title, "command": self.remedy.command}
        return told


@dataclass(frozen=True, slots=True)
class Facts:
    """What a status is made of.

    `standing` is why nothing is suggested in the document the user is at, whatever is typed;
    without a document, why nothing is suggested anywhere.
    """

    standing: Silence | None = None
    snoozed_until: str = ""
    trouble: Trouble | None = None
    is_busy: bool = False
    is_reading: bool = False


def status_of(facts: Facts) -> Status:
    """Answer the status: what the user switched off goes first, then what is wrong."""
    busy, standing = facts.is_busy, facts.standing
    if standing is not None and standing.reason in _EVERYTHING_OFF:
        remedy = _EVERYTHING_OFF[standing.reason]
        return Status(StatusKind.INACTIVE, standing.sentence, busy, remedy)
    if facts.snoozed_until:
        sentence = f"Snoozed until {facts.snoozed_until}. {_RESUME.command} ends it."
        return Status(StatusKind.INACTIVE, sentence, busy, _RESUME)
    if standing is not None:
        return Status(StatusKind.INACTIVE, standing.sentence, busy)
    if facts.trouble is not None:
        is_error = facts.trouble.weight is Weight.ERROR
        kind = StatusKind.ERROR if is_error else StatusKind.WARNING
        return Status(kind, facts.trouble.sentence, busy, facts.trouble.remedy)
    return Status(message="Reading the workspace." if facts.is_reading else "", busy=busy)


class StatusLine:
    """Tells `show` the status whenever it has changed; `show` is None until a client is ready.

    `compute` answers the status as it is and `lasts_s` for how long it certainly holds by itself:
    None without an end. `is_wanted` is asked each time.
    """

    def __init__(
        self,
        compute: Callable[[], Status],
        lasts_s: Callable[[], float | None],
        is_wanted: Callable[[], bool],
    ) -> None:
        self.compute = compute
        self._lasts_s = lasts_s
        self._is_wanted = is_wanted
        self._show: Callable[[Status], None] | None = None
        self._told: Status | None = None
        self._told_at_s = float("-inf")
        self._next: asyncio.TimerHandle | None = None

    def begin(self, show: Callable[[Status], None]) -> None:
        """Tell the status from now on, the first one at once."""
        self._show = show
        self._tell()

    def touch(self) -> None:
        """Something may have changed: look soon."""
        if self._show is None:
            return
        if not self._is_wanted():
            self._told = None
            return
        loop = asyncio.get_running_loop()
        due_s = max(self._told_at_s + INTERVAL_S, loop.time())
        if self._next is None or self._next.when() > due_s:
            self._wake_at(due_s)

    def stop(self) -> None:
        """Tell nothing any more."""
        self._show = None
        if self._next is not None:
            self._next.cancel()

    def _wake_at(self, due_s: float) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = asyncio.get_running_loop().call_at(due_s, self._tell)

    def _tell(self) -> None:
        self._next = None
        if self._show is None or not self._is_wanted():
            self._told = None
            return
        self._told_at_s = asyncio.get_running_loop().time()
        status = self.compute()
        if status != self._told:
            self._told = status
            self._show(status)
        lasts_s = self._lasts_s()
        if lasts_s is not None:
            self._wake_at(self._told_at_s + max(lasts_s, INTERVAL_S))
