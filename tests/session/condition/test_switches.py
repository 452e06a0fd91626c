from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.config.settings import Settings
from refact_lsp.session.condition.switches import MAX_FILES, Switches, is_killed


@dataclass
class Clock:
    now: float = 1000.0
    wall: datetime = datetime(2026, 3, 4, 14, 0, tzinfo=UTC)

    def __call__(self) -> float:
        return self.now

    def pass_by(self, minutes: float) -> None:
        self.now += minutes * 60
        self.wall += timedelta(minutes=minutes)


def switches(clock: Clock) -> Switches:
    return Switches(clock, lambda: clock.wall)


def test_snooze_lasts_until_its_time_and_no_longer() -> None:
    clock = Clock()
    switched = switches(clock)
    assert switched.snooze(5) == "14:05"
    assert switched.snoozed_for_s() == 300
    clock.pass_by(4.9)
    assert switched.snoozed_until() == "14:05"
    clock.pass_by(0.1)
    assert switched.snoozed_until() == ""
    assert not switched.resume()


def test_snooze_past_midnight_says_so() -> None:
    assert switches(Clock()).snooze(11 * 60) == "01:00 tomorrow"


def test_snooze_again_counts_from_now() -> None:
    clock = Clock()
    switched = switches(clock)
    switched.snooze(60)
    clock.pass_by(1)
    assert switched.snooze(5) == "14:06"
    assert switched.snoozed_for_s() == 300


def test_resume_ends_a_snooze_once() -> None:
    switched = switches(Clock())
    switched.snooze(5)
    assert switched.resume()
    assert not switched.resume()
    assert switched.snoozed_until() == ""


def test_switches_go_before_settings_in_both_directions() -> None:
    switched = switches(Clock())
    written = Settings(enable=False, languages={"go": False, "c": True})
    assert switched.over(written) is written
    switched.switch_everything(on=True)
    switched.switch_language("go", on=True)
    switched.switch_language("c", on=False)
    over = switched.over(written)
    assert (over.enable, over.enabled_for("go"), over.enabled_for("c")) == (True, True, False)


def test_file_switched_off_is_off_alone_and_comes_back() -> None:
    switched = switches(Clock())
    switched.switch_file("file:///a", on=False)
    assert switched.off("file:///a") == Silence(Reason.DISABLED_FILE)
    assert switched.off("file:///b") is None
    switched.switch_file("file:///a", on=True)
    assert switched.off("file:///a") is None


def test_files_switched_are_forgotten_in_the_end() -> None:
    switched = switches(Clock())
    for number in range(MAX_FILES + 1):
        switched.switch_file(f"file:///{number}", on=False)
    assert switched.file_is_on("file:///0")
    assert not switched.file_is_on("file:///1")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("true", True), ("yes", True), ("0", False), ("False", False), (" ", False)],
)
def test_kill_switch_is_read_as_people_write_it(value: str, expected: bool) -> None:  # noqa: FBT001 - a row of the table
    assert is_killed({"REFACT_LSP_DISABLE": value}) is expected


def test_kill_switch_is_off_where_it_is_not_set() -> None:
    assert not is_killed({})


def test_kill_switch_goes_before_everything() -> None:
    switched = Switches(Clock(), killed=True)
    switched.switch_everything(on=True)
    switched.switch_file("file:///a", on=True)
    assert switched.off("file:///a") == Silence(Reason.KILL_SWITCH)
