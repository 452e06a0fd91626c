"""What servers list, in a running session: found in the background, chosen when it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from refact_lsp.completion.gate import Kind
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.config.paths import LISTS_FILE
from refact_lsp.session.history import Entry
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position
from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer
from tests.fakes.script import Script, always
from tests.providers.discovery.servers import unused_port

CODER = Model("qwen2.5-coder:7b")
OTHER = Model("codellama:7b-code")


async def until(reached: Callable[[], bool], session: Session) -> None:
    """Wait until the configuration has come to a state."""
    async with asyncio.timeout(60):
        while not reached():
            await session.configuration.settled()


def write(home: Path, text: str, name: str = "ollama") -> None:
    path = home / ".config" / "refact" / "providers.d" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
async def server() -> AsyncIterator[FakeModelServer]:
    async with FakeModelServer("ollama", always("x"), models=(CODER,)) as server:
        yield server


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    made = Session({"HOME": str(tmp_path)})
    yield made
    made.shutdown()
    await made.closed()


def completion(session: Session) -> str:
    return session.role("completion").model if session.configuration.current else ""


def is_in_use(session: Session, model: str) -> bool:
    return completion(session) == model


async def test_model_that_is_found_completes(
    session: Session, server: FakeModelServer, tmp_path: Path
) -> None:
    write(tmp_path, f"endpoint: {server.url}\n")
    session.configuration.start()
    await until(lambda: completion(session) == "ollama/qwen2.5-coder:7b", session)
    assert session.completion_model().id == "ollama/qwen2.5-coder:7b"


async def test_list_is_kept_and_not_asked_for_again_at_the_next_start(
    session: Session, server: FakeModelServer, tmp_path: Path
) -> None:
    write(tmp_path, f"endpoint: {server.url}\n")
    session.configuration.start()
    await until((tmp_path / ".cache" / "refact" / LISTS_FILE).exists, session)
    asked = len(server.exchanges)
    again = Session({"HOME": str(tmp_path)})
    again.configuration.start()
    await until(lambda: completion(again) == "ollama/qwen2.5-coder:7b", again)
    assert not [each for each in server.exchanges[asked:] if each.request.path == "/api/tags"]
    again.shutdown()
    await again.closed()


async def test_reload_asks_again(session: Session, server: FakeModelServer, tmp_path: Path) -> None:
    write(tmp_path, f"endpoint: {server.url}\n")
    session.configuration.start()
    await until(lambda: completion(session) == "ollama/qwen2.5-coder:7b", session)
    server.served = type(server.served)((Model("codellama:7b-code"),))
    session.reload()
    await until(lambda: completion(session) == "ollama/codellama:7b-code", session)


async def test_list_is_asked_for_again_where_a_model_of_it_is_missing(
    session: Session, server: FakeModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, f"endpoint: {server.url}\n")
    session.configuration.start()
    await until(lambda: completion(session) == "ollama/qwen2.5-coder:7b", session)
    server.served = type(server.served)((Model("codellama:7b-code"),))
    monkeypatch.setattr("refact_lsp.session.listings.AWAY_S", 0)
    missing = Silence(Reason.MODEL_MISSING)
    at = Position(0, 0)
    session.history.add(Entry("file:///a", at, 1, "automatic", missing, "ollama/qwen2.5-coder:7b"))
    await until(lambda: completion(session) == "ollama/codellama:7b-code", session)
    assert session.completion_model().id == "ollama/codellama:7b-code"


@pytest.fixture
async def llama(session: Session, tmp_path: Path) -> AsyncIterator[FakeModelServer]:
    """Have a server with one model that its list alone names, and this in use."""
    async with FakeModelServer("llamacpp", always("x"), models=(CODER,)) as server:
        write(tmp_path, f"endpoint: {server.url}\n", "llamacpp")
        session.configuration.start()
        await until(lambda: completion(session) == f"llamacpp/{CODER.name}", session)
        yield server


def load(server: FakeModelServer, model: Model) -> None:
    """Restart the server with another model: whatever is asked for, this one answers."""
    server.served = type(server.served)((model,))
    server.script = always(Script("x", model=model.name))


async def complete_in(session: Session, name: str) -> None:
    """Ask for a completion in a document of its own, so that no answer is there yet."""
    session.documents.open(f"file:///somewhere/{name}.py", "python", 1, "value = ")
    await session.inline.ask(f"file:///somewhere/{name}.py", Position(0, 8), Kind.INVOKED)


async def test_list_is_asked_for_again_each_time_another_model_answers(
    session: Session, llama: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refact_lsp.session.listings.AWAY_S", 0)
    for number, model in enumerate((OTHER, CODER, OTHER)):
        load(llama, model)
        await complete_in(session, f"a{number}")
        chosen = f"llamacpp/{model.name}"
        await until(partial(is_in_use, session, chosen), session)
        assert session.completion_model().id == chosen
        assert session.troubles.worst() is None


async def test_list_is_asked_for_again_where_another_model_has_nothing_to_say(
    session: Session, llama: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refact_lsp.session.listings.AWAY_S", 0)
    load(llama, OTHER)
    llama.script = always(Script("", model=OTHER.name))
    await complete_in(session, "a")
    await until(lambda: completion(session) == f"llamacpp/{OTHER.name}", session)


async def test_list_is_asked_for_once_where_another_name_always_answers(
    session: Session, llama: FakeModelServer
) -> None:
    doubted: list[str] = []

    def doubt(name: str) -> bool:
        doubted.append(name)
        return True

    session.servers.doubt = doubt
    llama.script = always(Script("x", model=OTHER.name))
    await complete_in(session, "a")
    await complete_in(session, "b")
    assert doubted == ["llamacpp"]
    trouble = session.troubles.worst()
    assert trouble is not None
    assert trouble.sentence == f"llamacpp/{CODER.name} is answered by another model: {OTHER.name}."


async def test_list_that_was_just_asked_for_is_doubted_at_a_later_answer(
    session: Session, llama: FakeModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(llama, OTHER)
    await complete_in(session, "a")
    assert completion(session) == f"llamacpp/{CODER.name}"
    monkeypatch.setattr("refact_lsp.session.listings.AWAY_S", 0)
    await complete_in(session, "b")
    await until(lambda: completion(session) == f"llamacpp/{OTHER.name}", session)


async def test_server_that_is_away_is_told_and_the_files_count(
    session: Session, tmp_path: Path
) -> None:
    port = unused_port()
    write(tmp_path, f"endpoint: http://127.0.0.1:{port}\n")
    session.configuration.start()
    await until(lambda: bool(session.listings.problems()), session)
    assert f"127.0.0.1:{port}" in session.listings.problems()["ollama"]
    assert completion(session) == "ollama/qwen2.5-coder:1.5b-base"


async def test_provider_that_is_off_is_not_asked(
    session: Session, server: FakeModelServer, tmp_path: Path
) -> None:
    write(tmp_path, f"endpoint: {server.url}\nenabled: false\n")
    session.configuration.start()
    await until(lambda: completion(session) == "embedded/workspace", session)
    session.reload()
    await session.configuration.settled()
    assert server.exchanges == []


async def test_model_in_use_stays_when_the_list_says_something_new(
    session: Session, server: FakeModelServer, tmp_path: Path
) -> None:
    write(tmp_path, f"endpoint: {server.url}\ncompletion_models: {{'qwen2.5-coder:7b': {{}}}}\n")
    write(tmp_path, "completion_model: ollama/qwen2.5-coder:7b\n", "defaults")
    session.configuration.start()
    await until(lambda: completion(session) == "ollama/qwen2.5-coder:7b", session)
    model = session.completion_model()
    server.served = type(server.served)((CODER, Model("codellama:7b-code")))
    session.reload()

    def has_come() -> bool:
        current = session.configuration.current
        return current is not None and bool(current.providers.found_ids("completion"))

    await until(has_come, session)
    assert session.completion_model() is model
