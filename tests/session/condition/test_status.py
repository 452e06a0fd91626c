from __future__ import annotations

import asyncio

import pytest

from refact_lsp.completion.reasons import HELP, Reason, Silence
from refact_lsp.session.condition.busy import Busy
from refact_lsp.session.condition.focus import Focus
from refact_lsp.session.condition.notices import Weight
from refact_lsp.session.condition.status import (
    INTERVAL_S,
    Facts,
    Status,
    StatusKind,
    StatusLine,
    status_of,
)
from refact_lsp.session.condition.troubles import Remedy, Trouble

OFF = Silence(Reason.DISABLED_GLOBAL)
FILE_OFF = Silence(Reason.DISABLED_FILE)
WARNED = Trouble("The model is away.", remedy=Remedy("Try again", "refact.reload"))


def test_nothing_to_say_is_normal() -> None:
    assert status_of(Facts()).as_json() == {"busy": False, "kind": "Normal", "message": ""}


def test_reading_is_normal_and_busy() -> None:
    told = status_of(Facts(is_busy=True, is_reading=True)).as_json()
    assert told == {"busy": True, "kind": "Normal", "message": "Reading the workspace."}


def test_snooze_is_inactive_until_its_end_with_the_command_that_ends_it() -> None:
    assert status_of(Facts(snoozed_until="14:05", trouble=WARNED)).as_json() == {
        "busy": False,
        "kind": "Inactive",
        "message": "Snoozed until 14:05. refact.resume ends it.",
        "command": {"title": "Resume", "command": "refact.resume"},
    }


def test_everything_off_goes_before_a_snooze() -> None:
    status = status_of(Facts(OFF, snoozed_until="14:05"))
    assert status.message == HELP[Reason.DISABLED_GLOBAL]
    assert status.remedy == Remedy("Switch on", "refact.toggle")


def test_kill_switch_offers_no_command() -> None:
    status = status_of(Facts(Silence(Reason.KILL_SWITCH)))
    assert (status.kind, status.remedy) == (StatusKind.INACTIVE, None)


def test_document_that_is_off_goes_before_what_is_wrong_elsewhere() -> None:
    assert status_of(Facts(FILE_OFF, trouble=WARNED)).kind is StatusKind.INACTIVE


@pytest.mark.parametrize(
    ("weight", "kind"),
    [(Weight.WARNING, StatusKind.WARNING), (Weight.ERROR, StatusKind.ERROR)],
)
def test_trouble_is_shown_by_its_weight(weight: Weight, kind: StatusKind) -> None:
    status = status_of(Facts(trouble=Trouble("Away.", weight)))
    assert (status.kind, status.message) == (kind, "Away.")


class Told:
    """A status line that tells into a list, and what it asks."""

    def __init__(self) -> None:
        self.status = Status()
        self.lasts_s: float | None = None
        self.is_wanted = True
        self.statuses: list[Status] = []
        self.news = asyncio.Event()
        self.line = StatusLine(
            lambda: self.status, lambda: self.lasts_s, is_wanted=lambda: self.is_wanted
        )

    def show(self, status: Status) -> None:
        self.statuses.append(status)
        self.news.set()

    async def next(self) -> Status:
        await asyncio.wait_for(self.news.wait(), 10)
        self.news.clear()
        return self.statuses[-1]


async def test_first_status_is_told_at_once_and_nothing_before() -> None:
    told = Told()
    told.line.touch()
    assert told.statuses == []
    told.line.begin(told.show)
    assert told.statuses == [Status()]


async def test_many_changes_are_told_as_the_last_of_them() -> None:
    told = Told()
    told.line.begin(told.show)
    await told.next()
    began_s = asyncio.get_running_loop().time()
    for number in range(50):
        told.status = Status(message=str(number))
        told.line.touch()
    assert (await told.next()).message == "49"
    assert len(told.statuses) == 2
    assert asyncio.get_running_loop().time() - began_s > INTERVAL_S * 0.9


async def test_status_that_is_as_it_was_is_not_told() -> None:
    told = Told()
    told.line.begin(told.show)
    told.line.touch()
    told.status = Status(busy=True)
    await asyncio.wait_for(told.news.wait(), 10)
    told.news.clear()
    assert (await told.next()).busy
    assert len(told.statuses) == 2


async def test_status_with_an_end_is_told_anew_by_itself() -> None:
    told = Told()
    told.status, told.lasts_s = Status(StatusKind.INACTIVE), 0.01
    told.line.begin(told.show)
    await told.next()
    told.status, told.lasts_s = Status(), None
    assert (await told.next()).kind is StatusKind.NORMAL


async def test_client_that_wants_the_status_later_gets_it_then() -> None:
    told = Told()
    told.is_wanted = False
    told.line.begin(told.show)
    told.line.touch()
    assert told.statuses == []
    told.is_wanted = True
    told.line.touch()
    assert await told.next() == Status()


async def test_stopped_line_tells_nothing() -> None:
    told = Told()
    told.line.begin(told.show)
    told.status = Status(busy=True)
    told.line.touch()
    told.line.stop()
    told.line.touch()
    await asyncio.sleep(0)
    assert told.statuses == [Status()]


async def test_short_work_is_no_sign_and_long_work_is_one() -> None:
    changed = asyncio.Event()
    busy = Busy(changed.set)
    busy.begin("short")
    busy.end("short")
    assert not changed.is_set()
    busy.begin("long", after_s=0.01)
    assert not busy
    await asyncio.wait_for(changed.wait(), 10)
    assert busy
    changed.clear()
    busy.end("long")
    assert changed.is_set()
    assert not busy


async def test_work_begun_twice_ends_once() -> None:
    busy = Busy(lambda: None)
    busy.begin("a", after_s=0)
    busy.begin("a", after_s=0)
    busy.begin("b", after_s=0)
    busy.end("a")
    assert busy
    busy.stop()
    assert not busy


def test_focus_falls_back_to_the_document_before() -> None:
    focus = Focus()
    assert focus.uri == ""
    focus.attend("a")
    focus.attend("b")
    focus.attend("a")
    focus.attend("b")
    focus.closed("b")
    assert focus.uri == "a"
    assert focus.knows("a")
    assert not focus.knows("b")
