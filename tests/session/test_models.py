"""Which model answers, and what of an earlier one's answers is still shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from refact_lsp.completion.candidate import Proposal
from refact_lsp.completion.gate import Kind
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position
from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer
from tests.fakes.script import Script, always

CODER = Model("qwen2.5-coder")
URI = "file:///somewhere/a.py"
AT = Position(0, 8)


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    made = Session({"HOME": str(tmp_path)})
    made.documents.open(URI, "python", 1, "value = ")
    yield made
    made.shutdown()
    await made.closed()


async def point(session: Session, home: Path, server: FakeModelServer) -> None:
    """Let the provider's file lead to a server, and wait until that counts."""
    path = home / ".config" / "refact" / "providers.d" / "mine.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f"base_provider: custom\nendpoint: {server.url}\ncompletion_default_model: {CODER.name}\n"
    )
    session.configuration.start()
    session.configuration.reread()
    await session.configuration.settled()


async def suggested(session: Session) -> str:
    outcome = await session.inline.ask(URI, AT, Kind.INVOKED)
    assert isinstance(outcome, Proposal), outcome
    return outcome.candidates[0].text


async def test_answer_of_another_server_is_not_shown_for_a_model_of_the_same_id(
    session: Session, tmp_path: Path
) -> None:
    async with (
        FakeModelServer("openai", always("old_answer"), models=(CODER,)) as old,
        FakeModelServer("openai", always("new_answer"), models=(CODER,)) as new,
    ):
        await point(session, tmp_path, old)
        assert await suggested(session) == "old_answer"
        model = session.completion_model()
        await point(session, tmp_path, new)
        assert await suggested(session) == "new_answer"
        assert session.completion_model().id == model.id
        assert len(old.generations) == 1


async def test_question_at_work_at_another_server_is_not_taken_over(
    session: Session, tmp_path: Path
) -> None:
    slow = Script("old_answer", first_token_s=60)
    async with (
        FakeModelServer("openai", always(slow), models=(CODER,)) as old,
        FakeModelServer("openai", always("new_answer"), models=(CODER,)) as new,
    ):
        await point(session, tmp_path, old)
        asked = session.inline.ask(URI, AT, Kind.INVOKED)
        async with asyncio.timeout(30):
            while not old.generations:
                await session.configuration.settled()
        await point(session, tmp_path, new)
        assert await suggested(session) == "new_answer"
        assert asked.done()


async def test_answer_is_kept_while_the_model_stays(session: Session, tmp_path: Path) -> None:
    async with FakeModelServer("openai", always("answer"), models=(CODER,)) as server:
        await point(session, tmp_path, server)
        assert await suggested(session) == "answer"
        await point(session, tmp_path, server)
        assert await suggested(session) == "answer"
        assert len(server.generations) == 1
