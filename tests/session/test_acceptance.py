from __future__ import annotations

import pytest

from refact_lsp.completion.candidate import Candidate
from refact_lsp.session.acceptance import Acceptance
from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position

CANDIDATE = Candidate("call(one)\nnext", "embedded/workspace")
HERE = Position(0, 0)


def insertion(text: str) -> Edit:
    return Edit(HERE, HERE, "", text)


def offered() -> tuple[Acceptance, int]:
    acceptance = Acceptance()
    return acceptance, acceptance.offer("a", CANDIDATE, 0.0)


def test_ids_begin_at_a_hundred_and_are_the_same_for_the_same_offer() -> None:
    acceptance, first = offered()
    assert first == 100
    assert acceptance.offer("a", CANDIDATE, 1.0) == 100
    assert acceptance.offer("b", CANDIDATE, 1.0) == 101


def test_acceptance_is_counted_once_however_often_it_is_told() -> None:
    acceptance, identity = offered()
    acceptance.infer("a", insertion(CANDIDATE.text), 1.0)
    assert acceptance.accepted(identity)
    assert acceptance.accepted(identity)
    assert (acceptance.counts.accepted, acceptance.counts.accepted_in_part) == (1, 0)


def test_parts_add_up_to_the_whole() -> None:
    acceptance, identity = offered()
    acceptance.accepted(identity, 4)
    assert (acceptance.counts.accepted, acceptance.counts.accepted_in_part) == (0, 1)
    acceptance.infer("a", insertion("(one)\r\nnext"), 1.0)
    assert (acceptance.counts.accepted, acceptance.counts.accepted_in_part) == (1, 0)


@pytest.mark.parametrize("text", ["call(one)\nnext", "mycall(one)\nnext"])
def test_inserted_suggestion_counts_as_accepted(text: str) -> None:
    acceptance, _ = offered()
    acceptance.infer("a", insertion(text), 1.0)
    assert acceptance.counts.accepted == 1


@pytest.mark.parametrize(
    ("uri", "text", "now_s"),
    [
        ("b", "call(one)\nnext", 1.0),
        ("a", "c", 1.0),
        ("a", "other", 1.0),
        ("a", "call(one)\nnext", 301.0),
    ],
)
def test_other_edits_accept_nothing(uri: str, text: str, now_s: float) -> None:
    acceptance, _ = offered()
    acceptance.infer(uri, insertion(text), now_s)
    assert (acceptance.counts.accepted, acceptance.counts.accepted_in_part) == (0, 0)


@pytest.mark.parametrize("identity", [99, "100", None, {"id": 100}])
def test_unknown_id_is_ignored_and_counted(identity: object) -> None:
    acceptance, _ = offered()
    assert not acceptance.accepted(identity)
    assert not acceptance.shown(identity)
    assert acceptance.counts.unknown == 2


def test_offers_are_forgotten_after_two_hundred() -> None:
    acceptance, first = offered()
    for number in range(200):
        acceptance.offer("a", Candidate(f"text {number}", "m"), 0.0)
    assert not acceptance.accepted(first)
