from __future__ import annotations

from refact_lsp.completion.candidate import Candidate, Outcome, Proposal
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.session.condition.notices import QUIET_S, Notices, Weight
from refact_lsp.session.condition.troubles import Trouble, Troubles, judge
from refact_lsp.session.history import Entry
from refact_lsp.text.lines import Position


class Watched:
    """Troubles, and all that was shown and noticed of them."""

    def __init__(self, *, is_told_by_status: bool = False) -> None:
        self.now = 0.0
        self.shown: list[str] = []
        self.changes = 0
        notices = Notices(lambda: self.now, lambda _weight, sentence: self.shown.append(sentence))
        self.troubles = Troubles(notices, self._changed, lambda: is_told_by_status)

    def _changed(self) -> None:
        self.changes += 1

    def worst(self) -> str | None:
        worst = self.troubles.worst()
        return worst.sentence if worst else None

    def answer(self, outcome: Outcome, model: str = "local/coder") -> None:
        judge(self.troubles, Entry("file:///a.py", Position(0, 0), 1, "automatic", outcome, model))


def test_trouble_is_told_once_in_ten_minutes_though_its_time_changes() -> None:
    watched = Watched()
    for number in range(50):
        watched.troubles.put("a", Trouble(f"Wait until 14:{number}.", code="rate_limited"))
        watched.troubles.clear("a")
    assert watched.shown == ["Wait until 14:0."]
    watched.now = QUIET_S
    watched.troubles.put("a", Trouble("Wait until 15:00.", code="rate_limited"))
    assert watched.shown == ["Wait until 14:0.", "Wait until 15:00."]


def test_another_code_of_a_cause_is_told_and_takes_its_place() -> None:
    watched = Watched()
    watched.troubles.put("a", Trouble("Refused.", code="auth_failed"))
    watched.troubles.put("a", Trouble("Away.", code="offline"))
    assert watched.shown == ["Refused.", "Away."]
    watched.troubles.clear("a")
    assert watched.worst() is None


def test_same_trouble_again_is_no_change() -> None:
    watched = Watched()
    watched.troubles.put("a", Trouble("Away."))
    watched.troubles.put("a", Trouble("Away."))
    watched.troubles.clear("b")
    assert watched.changes == 1


def test_client_that_shows_the_status_gets_no_messages() -> None:
    watched = Watched(is_told_by_status=True)
    watched.troubles.put("a", Trouble("Away."))
    assert watched.shown == []
    assert watched.worst() == "Away."


def test_worst_is_the_newest_of_the_heaviest() -> None:
    watched = Watched()
    watched.troubles.put("a", Trouble("First.", Weight.ERROR))
    watched.troubles.put("b", Trouble("Second.", Weight.ERROR))
    watched.troubles.put("c", Trouble("Third."))
    assert watched.worst() == "Second."
    watched.troubles.clear("b")
    watched.troubles.clear("a")
    assert watched.worst() == "Third."


def test_model_in_trouble_is_out_of_it_when_it_answers() -> None:
    watched = Watched()
    watched.answer(Silence(Reason.OFFLINE, "local"))
    assert watched.worst() is not None
    watched.answer(Silence(Reason.MID_WORD))
    watched.answer(Proposal((Candidate("x", "local/coder"),), reused=True))
    watched.answer(Silence(Reason.NO_MATCH), model="embedded/workspace")
    assert watched.worst() is not None
    watched.answer(Silence(Reason.EMPTY_MODEL_ANSWER))
    assert watched.worst() is None
    watched.answer(Silence(Reason.AUTH_FAILED))
    watched.answer(Proposal((Candidate("x", "local/coder"),)))
    assert watched.worst() is None
