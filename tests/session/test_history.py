from __future__ import annotations

from refact_lsp.completion.candidate import Candidate, Outcome, Proposal
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.session.history import KEPT, Entry, History
from refact_lsp.text.lines import Position


def entry(outcome: Outcome, line: int = 30) -> Entry:
    return Entry(
        "file:///x/app.py", Position(line, 15), 4, "automatic", outcome, "embedded/workspace"
    )


def test_nothing_asked_is_said_so() -> None:
    assert History().explain() == "No completion was asked for yet."


def test_silence_is_explained_with_its_place_and_reason() -> None:
    history = History()
    history.add(entry(Silence(Reason.UNSURE, "best confidence 0.41")))
    assert history.explain() == (
        "app.py:31:16 No suggestion: "
        "Similar code was found, but it is not clear what comes next. (best confidence 0.41)"
    )


def test_suggestion_is_explained_with_its_source() -> None:
    history = History()
    proposal = Proposal((Candidate("x", "embedded/workspace", note="seen 4 times"),), reused=True)
    history.add(entry(proposal))
    told = "app.py:31:16 Suggested by embedded/workspace, kept from before: seen 4 times"
    assert history.explain() == told
    assert history.entries[-1].as_json() == {
        "uri": "file:///x/app.py",
        "line": 31,
        "column": 16,
        "version": 4,
        "trigger": "automatic",
        "reason": None,
        "sentence": told.removeprefix("app.py:31:16 "),
        "model": "embedded/workspace",
        "candidates": 1,
        "stages_ms": {},
    }


def test_only_the_last_twenty_are_kept() -> None:
    history = History()
    for line in range(KEPT + 5):
        history.add(entry(Silence(Reason.NO_MATCH), line))
    assert [each.position.line for each in history.entries] == list(range(5, KEPT + 5))
