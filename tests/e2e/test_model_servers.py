"""Completion from a model behind a server: from a provider file to the editor, for real."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import SOURCE, TYPED, WANTED, Editor
from tests.fakes.family import Model
from tests.fakes.model_server import Exchange, FakeModelServer
from tests.fakes.script import Refusal, Script, always

CODER = "qwen2.5-coder"
ID = f"mine/{CODER}"
SECRET = "gh" + "p_" + "a1b2C3d4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
TOLERATED_S = 0.5
"""A busy machine is late; the aim is a tenth of it."""

pytestmark = pytest.mark.parametrize("client_name", ["vscode"], indirect=True)


@pytest.fixture
def providers(home: Path) -> Path:
    folder = home / ".config" / "refact" / "providers.d"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
async def server(providers: Path) -> AsyncIterator[FakeModelServer]:
    async with FakeModelServer("openai", always(WANTED), models=(Model(CODER),)) as serving:
        point(providers, serving)
        yield serving


@pytest.fixture
async def ready(server: FakeModelServer, editor: Editor) -> Editor:
    await editor.command("refact.models")  # answers once the files were read
    return editor


def point(providers: Path, server: FakeModelServer) -> None:
    """Let the provider's file lead to a server."""
    (providers / "mine.yaml").write_text(
        f"base_provider: custom\nendpoint: {server.url}\ncompletion_default_model: {CODER}\n"
    )


def texts(answer: lsp.InlineCompletionList | None) -> list[object]:
    return [] if answer is None else [each.insert_text for each in answer.items]


async def left(exchange: Exchange) -> float:
    """Wait until the client has left before the end; answer when, on the clock."""
    await asyncio.wait_for(exchange.ended.wait(), 10)
    assert exchange.left_after_s is not None
    return exchange.came_s + exchange.left_after_s


async def test_models_text_is_suggested_and_explained(
    server: FakeModelServer, ready: Editor
) -> None:
    assert texts(await ready.inline()) == [WANTED]
    (asked,) = server.generations
    assert asked.request.path == "/v1/completions"
    assert "compute_the_total" in str(asked.request.json()["prompt"])
    last = (await ready.command("refact.explainLast", {"quiet": True}))["last"]
    assert last["model"] == ID
    assert last["sentence"].startswith(f"Suggested by {ID} in ")
    assert last["stages_ms"]["model"] > 0


async def test_typing_along_asks_no_more(server: FakeModelServer, ready: Editor) -> None:
    assert texts(await ready.inline()) == [WANTED]
    ready.insert("val")
    assert texts(await ready.inline(TYPED + "val")) == [WANTED.removeprefix("val")]
    assert len(server.generations) == 1


async def test_keys_typed_while_the_model_thinks_make_one_request(
    server: FakeModelServer, ready: Editor
) -> None:
    server.script = always(Script(WANTED, first_token_s=0.4))
    waiting = [asyncio.ensure_future(ready.inline())]
    await server.received(1)
    for typed, key in (("", "v"), ("v", "a"), ("va", "l")):
        ready.insert(key, before=TYPED + typed)
        waiting.append(asyncio.ensure_future(ready.inline(TYPED + typed + key)))
        await asyncio.sleep(0)
    answers = [texts(await each) for each in waiting]
    assert answers == [[], [], [], [WANTED.removeprefix("val")]]
    assert len(server.generations) == 1


async def test_keys_that_go_another_way_close_the_first_question(
    server: FakeModelServer, ready: Editor
) -> None:
    server.script = always(Script(WANTED + " " + "and on " * 50, tokens_per_s=20))
    first = asyncio.ensure_future(ready.inline())
    (exchange,) = await server.received(1)
    server.script = always("x)")
    ready.insert("?")
    second = await ready.inline(TYPED + "?")
    assert texts(await first) == []
    assert texts(second) == ["x)"]
    await left(exchange)
    assert len(server.generations) == 2


async def test_cancelled_request_closes_its_connection(
    server: FakeModelServer, ready: Editor, record_property: Callable[[str, object], None]
) -> None:
    server.script = always(Script("value" * 400, tokens=("value",) * 400, tokens_per_s=50))
    sent = ready.client.protocol.send_request_async(  # type: ignore[no-untyped-call]
        lsp.TEXT_DOCUMENT_INLINE_COMPLETION, ready.inline_params(), msg_id="to-cancel"
    )
    waiting = asyncio.ensure_future(sent)
    (exchange,) = await server.received(1)
    ready.client.cancel_request(lsp.CancelParams("to-cancel"))
    cancelled_s = time.monotonic()
    with pytest.raises(JsonRpcException):
        await asyncio.wait_for(waiting, 5)
    took_s = await left(exchange) - cancelled_s
    record_property("cancel_to_close_ms", round(took_s * 1000))
    assert took_s < TOLERATED_S


async def test_changed_file_counts_for_the_next_request_and_not_for_the_running_one(
    server: FakeModelServer, ready: Editor, providers: Path
) -> None:
    server.script = always(Script(WANTED, first_token_s=0.6))
    running = asyncio.ensure_future(ready.inline())
    await server.received(1)
    async with FakeModelServer("openai", always("other)"), models=(Model(CODER),)) as other:
        point(providers, other)
        await ready.command("refact.reload")
        await ready.command("refact.models")
        assert not running.done()
        assert texts(await running) == [WANTED]
        ready.insert(" +", before=TYPED)
        assert texts(await ready.inline(TYPED + " +")) == ["other)"]
        assert (len(server.generations), len(other.generations)) == (1, 1)


async def test_file_in_the_secret_zone_is_never_sent(
    server: FakeModelServer, ready: Editor
) -> None:
    ready.uri = "file:///somewhere/.env"
    ready.open(SOURCE, ready.uri)
    assert texts(await ready.inline(by_key=True)) == []
    assert await ready.last_reason() == "privacy_zone"
    assert server.generations == []


async def test_secret_in_the_text_is_never_sent(server: FakeModelServer, ready: Editor) -> None:
    ready.uri = "file:///somewhere/other.py"
    ready.open(f'KEY = "{SECRET}"\n{SOURCE}', ready.uri)
    params = ready.inline_params(by_key=True)
    params.position.line += 1
    answer = await ready.client.text_document_inline_completion_async(params)
    assert isinstance(answer, lsp.InlineCompletionList)
    assert not answer.items
    assert await ready.last_reason() == "secret_in_text"
    assert server.generations == []


@pytest.mark.parametrize("options", [{"status": True}])
async def test_status_is_busy_while_a_slow_model_is_waited_for(
    server: FakeModelServer, ready: Editor, options: dict[str, object]
) -> None:
    seen: list[bool] = []
    ready.client.feature("didChangeStatus")(lambda params: seen.append(params.busy))
    server.script = always(Script(WANTED, first_token_s=0.8))
    assert texts(await ready.inline()) == [WANTED]
    await ready.command("refact.explainLast", {"quiet": True})
    assert seen[-2:] == [True, False]


async def test_refused_key_is_told_once_and_asked_with_once(
    server: FakeModelServer, ready: Editor
) -> None:
    server.script = always(Script(fault=Refusal(401, "wrong key")))
    for _ in range(20):
        assert texts(await ready.inline()) == []
    assert len(server.generations) == 1
    assert await ready.last_reason() == "auth_failed"
    shown = [each.message for each in ready.client.messages]
    assert len([each for each in shown if "key" in each]) == 1
