from __future__ import annotations

import pytest

from refact_lsp.session.documents import (
    Change,
    DocumentStore,
    ProblemKind,
    UnitPosition,
)
from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position
from refact_lsp.text.positions import Encoding
from refact_lsp.text.snapshot import DocumentSnapshot

URI = "file:///a.py"


def opened(text: str, encoding: Encoding = Encoding.UTF16, version: int = 1) -> DocumentStore:
    store = DocumentStore(encoding)
    assert store.open(URI, "python", version, text) == []
    return store


def change(text: str, *places: int) -> Change:
    return Change(text, UnitPosition(*places[:2]), UnitPosition(*places[2:]))


def text_of(store: DocumentStore) -> str | None:
    snapshot = store.get(URI)
    return None if snapshot is None else str(snapshot.text)


def kinds(problems: object) -> list[ProblemKind]:
    assert isinstance(problems, list)
    return [problem.kind for problem in problems]


# ---- order of notifications ----------------------------------------------------------------


def test_change_before_open_is_ignored_with_a_reason() -> None:
    store = DocumentStore()
    assert kinds(store.change(URI, 1, [Change("x")])) == [ProblemKind.NOT_OPEN]
    assert store.get(URI) is None


def test_change_after_close_is_ignored_with_a_reason() -> None:
    store = opened("x")
    assert store.close(URI) == []
    assert kinds(store.change(URI, 2, [Change("y")])) == [ProblemKind.NOT_OPEN]
    assert store.get(URI) is None


def test_close_of_what_is_not_open_is_ignored_with_a_reason() -> None:
    assert kinds(DocumentStore().close(URI)) == [ProblemKind.NOT_OPEN]


def test_second_open_takes_text_and_language_anew_with_a_reason() -> None:
    store = opened("x", version=7)
    assert kinds(store.open(URI, "ruby", 1, "y")) == [ProblemKind.OPENED_TWICE]
    snapshot = store.get(URI)
    assert snapshot is not None
    assert (str(snapshot.text), snapshot.language_id, snapshot.version) == ("y", "ruby", 1)


def test_language_changes_by_closing_and_opening() -> None:
    store = opened("x")
    store.close(URI)
    assert store.open(URI, "ruby", 1, "x") == []
    snapshot = store.get(URI)
    assert snapshot is not None
    assert snapshot.language_id == "ruby"


@pytest.mark.parametrize("version", [5, 4, 0, -1])
def test_version_that_is_not_newer_changes_nothing(version: int) -> None:
    store = opened("x", version=5)
    assert kinds(store.change(URI, version, [Change("y")])) == [ProblemKind.STALE_VERSION]
    assert text_of(store) == "x"


def test_missing_version_counts_one_up() -> None:
    store = opened("x", version=5)
    assert store.change(URI, None, [Change("y")]) == []
    snapshot = store.get(URI)
    assert snapshot is not None
    assert (str(snapshot.text), snapshot.version) == ("y", 6)


def test_versions_may_leave_gaps() -> None:
    store = opened("x")
    assert store.change(URI, 40, [Change("y")]) == []
    assert text_of(store) == "y"


def test_uri_is_kept_verbatim_as_identity() -> None:
    store = opened("x")
    assert store.get("file:///%61.py") is None
    assert store.get("FILE:///a.py") is None


# ---- ranges --------------------------------------------------------------------------------

RANGES = {
    "plain": ("abc\ndef", change("X", 0, 1, 0, 2), "aXc\ndef"),
    "inverted": ("abc\ndef", change("X", 0, 2, 0, 1), "aXc\ndef"),
    "inverted-lines": ("abc\ndef", change("X", 1, 1, 0, 1), "aXef"),
    "past-line-end": ("abc\ndef", change("X", 0, 99, 0, 99), "abcX\ndef"),
    "past-last-line": ("abc\ndef", change("X", 99, 0, 99, 0), "abc\ndefX"),
    "whole-by-range": ("abc\ndef", change("X", 0, 0, 99, 99), "X"),
    "mid-crlf": ("ab\r\ncd", change("X", 0, 3, 0, 3), "abX\r\ncd"),
    "mid-surrogate-start": ("😀b", change("X", 0, 1, 0, 2), "Xb"),
    "mid-surrogate-both": ("😀b", change("X", 0, 1, 0, 1), "X😀b"),
    "after-line-separator": ("a\u2028b\nc", change("X", 0, 3, 0, 3), "a\u2028bX\nc"),
    "huge": ("abc", change("X", 0, 2**31 - 1, 2**63, 2**63), "abcX"),
}


@pytest.mark.parametrize(("text", "edit", "result"), RANGES.values(), ids=RANGES.keys())
def test_range_is_clamped_as_lsp_says(text: str, edit: Change, result: str) -> None:
    store = opened(text)
    assert store.change(URI, 2, [edit]) == []
    assert text_of(store) == result


@pytest.mark.parametrize(
    ("encoding", "column"), [(Encoding.UTF8, 4), (Encoding.UTF16, 2), (Encoding.UTF32, 1)]
)
def test_columns_count_in_the_negotiated_unit(encoding: Encoding, column: int) -> None:
    store = opened("😀b", encoding)
    store.change(URI, 2, [change("X", 0, column, 0, column)])
    assert text_of(store) == "😀Xb"


def test_changes_apply_one_after_the_other() -> None:
    store = opened("ab")
    store.change(URI, 2, [change("1\n", 0, 0, 0, 0), change("2", 1, 0, 1, 1), Change("z")])
    assert text_of(store) == "z"


def test_crlf_in_two_changes_is_one_line_end() -> None:
    store = opened("ab")
    store.change(URI, 2, [change("\r", 0, 1, 0, 1), change("\n", 1, 0, 1, 0)])
    snapshot = store.get(URI)
    assert snapshot is not None
    assert list(snapshot.text.lines()) == ["a\r\n", "b"]


# ---- out of step ---------------------------------------------------------------------------


def test_negative_position_puts_the_document_out_of_step() -> None:
    store = opened("abc")
    assert kinds(store.change(URI, 2, [change("X", 0, -1, 0, 1)])) == [ProblemKind.OUT_OF_STEP]
    assert (store.get(URI), store.is_out_of_step(URI)) == (None, True)


def test_document_out_of_step_ignores_ranges_and_takes_a_whole_text() -> None:
    store = opened("abc")
    store.lose(URI, 2, "nonsense")
    assert kinds(store.change(URI, 3, [change("X", 0, 0, 0, 0)])) == [ProblemKind.OUT_OF_STEP]
    assert store.change(URI, 4, [Change("new"), change("!", 0, 3, 0, 3)]) == []
    assert (text_of(store), store.is_out_of_step(URI)) == ("new!", False)


def test_document_out_of_step_is_healed_by_opening() -> None:
    store = opened("abc")
    store.lose(URI, 2, "nonsense")
    assert kinds(store.open(URI, "python", 1, "new")) == [ProblemKind.OPENED_TWICE]
    assert (text_of(store), store.is_out_of_step(URI)) == ("new", False)


def test_document_out_of_step_can_be_closed() -> None:
    store = opened("abc")
    store.lose(URI, 2, "nonsense")
    assert store.close(URI) == []
    assert not store.is_out_of_step(URI)


def test_what_is_not_open_cannot_be_lost() -> None:
    assert kinds(DocumentStore().lose(URI, 1, "nonsense")) == [ProblemKind.NOT_OPEN]


# ---- listeners -----------------------------------------------------------------------------

Told = list[tuple[DocumentSnapshot | None, DocumentSnapshot | None, tuple[Edit, ...]]]


def listening(text: str) -> tuple[DocumentStore, Told]:
    store, told = opened(text), []
    store.listen(lambda *news: told.append(news))
    return store, told


def test_listener_hears_edits_between_snapshots() -> None:
    store, told = listening("abc")
    before = store.get(URI)
    store.change(URI, 2, [change("X", 0, 1, 0, 2)])
    edit = Edit(Position(0, 1), Position(0, 2), "b", "X")
    assert told == [(before, store.get(URI), (edit,))]


def test_listener_hears_the_smallest_edit_of_a_whole_text() -> None:
    store, told = listening("one\r\ntwo\r\n")
    store.change(URI, 2, [Change("one\r\ntwo!\r\n")])
    assert told[0][2] == (Edit(Position(1, 3), Position(1, 3), "", "!"),)


def test_listener_hears_opening_and_closing() -> None:
    store, told = listening("abc")
    snapshot = store.get(URI)
    store.close(URI)
    store.open(URI, "python", 1, "x")
    assert told == [(snapshot, None, ()), (None, store.get(URI), ())]


def test_listener_hears_loss_as_closing_and_recovery_as_opening() -> None:
    store, told = listening("abc")
    store.lose(URI, 2, "nonsense")
    store.change(URI, 3, [Change("x")])
    assert [(before is None, after is None) for before, after, _ in told] == [
        (False, True),
        (True, False),
    ]


def test_listener_hears_nothing_of_what_was_ignored() -> None:
    store, told = listening("abc")
    store.change(URI, 1, [Change("x")])
    store.change("file:///b.py", 1, [Change("x")])
    store.close("file:///b.py")
    assert told == []


def test_snapshot_is_untouched_by_later_changes() -> None:
    store = opened("abc")
    snapshot = store.get(URI)
    store.change(URI, 2, [change("X", 0, 0, 0, 3)])
    assert snapshot is not None
    assert (str(snapshot.text), snapshot.version) == ("abc", 1)


def test_document_changed_last_stands_last() -> None:
    store = opened("a")
    store.open("file:///b.py", "python", 1, "b")
    store.change(URI, 2, [Change("aa")])
    assert [str(snapshot.text) for snapshot in store.snapshots()] == ["b", "aa"]


def test_opening_splits_no_lines() -> None:
    store = opened("a\nb")
    snapshot = store.get(URI)
    assert snapshot is not None
    assert snapshot.text._blocks is None
