from __future__ import annotations

from refact_lsp.session.condition.notices import QUIET_S, Notices, Weight


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def told(clock: Clock) -> tuple[Notices, list[tuple[Weight, str]]]:
    shown: list[tuple[Weight, str]] = []
    return Notices(clock, lambda weight, sentence: shown.append((weight, sentence))), shown


def test_tell_same_cause_again_is_silent_for_ten_minutes() -> None:
    clock = Clock()
    notices, shown = told(clock)
    for _ in range(50):
        notices.tell("provider:a", "No key.")
    assert shown == [(Weight.WARNING, "No key.")]
    clock.now = QUIET_S
    notices.tell("provider:a", "No key.")
    assert len(shown) == 2


def test_tell_another_sentence_of_a_cause_is_shown() -> None:
    notices, shown = told(Clock())
    notices.tell("settings", "One.")
    notices.tell("settings", "Two.")
    notices.tell("settings", "One.")
    assert [sentence for _, sentence in shown] == ["One.", "Two."]


def test_forget_makes_a_cause_told_again() -> None:
    notices, shown = told(Clock())
    notices.tell("a", "One.")
    notices.tell("b", "Two.")
    notices.forget("a")
    notices.tell("a", "One.")
    notices.tell("b", "Two.")
    assert [sentence for _, sentence in shown] == ["One.", "Two.", "One."]
