from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from refact_lsp.completion.candidate import Outcome, Proposal
from refact_lsp.completion.gate import Kind
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.session.documents import Change, UnitPosition
from refact_lsp.session.history import Entry
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position

URI = "file:///somewhere/a.py"
FUNCTION = "def {0}(first, second):\n    total = combine(first, second)\n    return total\n\n"
SOURCE = (
    "".join(FUNCTION.format(name) for name in "abcd") + "def e(first, second):\n    total = com"
)
CURSOR = Position(17, 15)


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    opened = Session({"HOME": str(tmp_path)})
    opened.documents.open(URI, "python", 1, SOURCE)
    yield opened
    opened.shutdown()
    await opened.closed()


async def ask(
    session: Session, position: Position = CURSOR, kind: Kind = Kind.AUTOMATIC
) -> Outcome:
    return await session.inline.ask(URI, position, kind)


async def test_open_document_completes_itself(session: Session) -> None:
    outcome = await ask(session)
    assert isinstance(outcome, Proposal)
    assert outcome.candidates[0].text == "bine(first, second)"


async def test_document_that_may_hold_secrets_is_neither_learned_nor_completed(
    tmp_path: Path,
) -> None:
    session = Session({"HOME": str(tmp_path)})
    secret = (tmp_path / ".env").as_uri()
    session.documents.open(secret, "shellscript", 1, SOURCE)
    outcome = await session.inline.ask(secret, CURSOR, Kind.INVOKED)
    assert isinstance(outcome, Silence)
    assert outcome.reason is Reason.PRIVACY_ZONE
    session.documents.open(URI, "python", 1, "def e(first, second):\n    total = com")
    beside = await session.inline.ask(URI, Position(1, 15), Kind.INVOKED)
    assert isinstance(beside, Silence)
    session.shutdown()
    await session.closed()


async def test_text_just_deleted_is_not_proposed_again(session: Session) -> None:
    end = UnitPosition(17, 15)
    session.documents.change(URI, 2, [Change("bine(first, second)", end, end)])
    span = UnitPosition(17, 15), UnitPosition(17, 34)
    session.documents.change(URI, 3, [Change("", *span)])
    outcome = await ask(session, kind=Kind.INVOKED)
    assert isinstance(outcome, Silence)


async def test_newer_request_answers_the_older_at_once(session: Session) -> None:
    older = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC)
    newer = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC)
    assert older.done()
    assert older.result() == Silence(Reason.SUPERSEDED)
    assert isinstance(await newer, Proposal)


async def test_request_that_ends_before_its_work_began_has_its_reason_too(
    session: Session,
) -> None:
    answer = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC)
    session.inline.supersede(URI, Reason.CANCELLED)
    assert await answer == Silence(Reason.CANCELLED)
    assert [entry.reason for entry in session.history.entries] == [Reason.CANCELLED]


async def test_requests_in_two_documents_do_not_disturb_each_other(session: Session) -> None:
    session.documents.open("file:///somewhere/b.py", "python", 1, SOURCE)
    here = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC)
    there = session.inline.ask("file:///somewhere/b.py", CURSOR, Kind.AUTOMATIC)
    outcomes = await asyncio.gather(here, there)
    assert all(isinstance(outcome, Proposal) for outcome in outcomes)


async def test_change_while_the_answer_is_made_makes_it_stale(session: Session) -> None:
    answer = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC)
    here = UnitPosition(0, 0)
    session.documents.change(URI, 2, [Change("# above\n", here, here)])
    assert await answer == Silence(Reason.STALE_VERSION)


async def test_menu_gets_its_answer_though_something_was_typed_meanwhile(session: Session) -> None:
    answer = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC, for_menu=True)
    here = UnitPosition(CURSOR.line, CURSOR.column)
    session.documents.change(URI, 2, [Change("b", here, here)])
    assert isinstance(await answer, Proposal)


async def test_menu_gets_nothing_where_the_text_before_the_cursor_is_another(
    session: Session,
) -> None:
    answer = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC, for_menu=True)
    here = UnitPosition(0, 0)
    session.documents.change(URI, 2, [Change("# above\n", here, here)])
    assert await answer == Silence(Reason.STALE_VERSION)


async def test_shutdown_answers_what_still_runs(session: Session) -> None:
    answer = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC)
    session.shutdown()
    await session.closed()
    assert await answer == Silence(Reason.SHUTTING_DOWN)


async def test_closed_document_answers_its_request_and_is_forgotten(session: Session) -> None:
    answer = session.inline.ask(URI, CURSOR, Kind.AUTOMATIC)
    session.documents.close(URI)
    assert await answer == Silence(Reason.SUPERSEDED)
    assert await ask(session) == Silence(Reason.NOT_OPEN, URI)


async def test_document_opened_again_is_judged_by_its_new_text_and_language(
    session: Session,
) -> None:
    await ask(session)
    session.documents.open(URI, "plaintext", 2, SOURCE + "x")
    place = session.syntax.place(session.documents.snapshots()[-1], CURSOR)
    assert not place.in_comment
    assert isinstance(await ask(session, Position(0, 0), Kind.INVOKED), Silence | Proposal)


async def test_trouble_of_a_model_that_is_no_longer_asked_is_over(session: Session) -> None:
    away = Entry(URI, CURSOR, 1, Kind.AUTOMATIC, Silence(Reason.OFFLINE), "local/coder")
    session.history.add(away)
    worst = session.troubles.worst()
    assert worst is not None
    assert worst.sentence.startswith("local/coder: The model's server cannot be reached.")
    await ask(session)
    assert session.troubles.worst() is None


async def test_every_answer_is_remembered_with_its_reason(session: Session) -> None:
    await ask(session)
    await ask(session, Position(0, 2))
    reasons = [entry.reason for entry in session.history.entries]
    assert reasons == [None, Reason.MID_WORD]
