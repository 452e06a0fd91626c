"""The real llama-server behind our server's real process: completed, left, restarted, loading."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import Editor, introduced, soon
from tests.models.llama_server import NAME, LlamaServer
from tests.models.relay import relaying

ID = f"mine/{NAME}"
ADD = "def add(a, b):\n    return "
NUMBERS = "def numbers():\n    " + "".join(f"print({n})\n    " for n in range(1, 12))
PATIENCE_S = 30.0
CONTINUED = "base_provider: custom\ncompletion_wires: [openai_completions]\ntakes_suffix: false\n"
NOT_OF_USE = {None, "dropped_postprocess", "empty_model_answer", "truncated"}
"""What may come of a model of this size that is asked in a way it was not trained for."""

pytestmark = pytest.mark.xdist_group("llama")


@asynccontextmanager
async def completing(home: Path, url: str, settings: str) -> AsyncIterator[Editor]:
    """Be an editor whose user has a provider file for a llama-server."""
    folder = home / ".config" / "refact" / "providers.d"
    folder.mkdir(parents=True)
    text = f"{settings}endpoint: {url}\ncompletion_default_model: {NAME}\n"
    (folder / "mine.yaml").write_text(text)
    async with introduced("vscode", {}) as editor:
        await editor.command("refact.models")
        yield editor


def asked_at_end(editor: Editor, text: str, *, by_key: bool = True) -> lsp.InlineCompletionParams:
    params = editor.inline_params(by_key=by_key)
    line = text.count("\n")
    params.position = lsp.Position(line, len(text.rpartition("\n")[2]))
    return params


async def texts(editor: Editor, text: str) -> list[object]:
    params = asked_at_end(editor, text)
    answer = await soon(editor.client.text_document_inline_completion_async(params))
    return [each.insert_text for each in answer.items] if answer else []  # type: ignore[union-attr]


async def last(editor: Editor) -> dict[str, object]:
    told: dict[str, object] = (await editor.command("refact.explainLast", {"quiet": True}))["last"]
    return told


def is_processing(server: LlamaServer) -> bool:
    slots = httpx.get(f"{server.url}/slots", timeout=10, trust_env=False).json()
    return bool(slots[0]["is_processing"])


async def until(probe: Callable[[], bool]) -> float:
    """Wait until something is so; answer when that was, on the clock."""
    end = time.monotonic() + PATIENCE_S
    while not await asyncio.to_thread(probe):
        assert time.monotonic() < end
    return time.monotonic()


async def test_line_is_completed_where_the_prompt_was_healed(
    home: Path, llama: LlamaServer
) -> None:
    async with completing(home, llama.url, CONTINUED) as editor:
        editor.open(ADD)
        assert await texts(editor, ADD) == ["a + b"]
        told = await last(editor)
        assert told["model"] == ID


@pytest.mark.parametrize(
    ("settings", "first", "then"),
    [
        pytest.param(CONTINUED, ["/v1/completions"], ["/v1/completions"], id="going on"),
        pytest.param(
            "base_provider: custom\nfim: {mode: chat}\n",
            ["/v1/chat/completions"],
            ["/v1/chat/completions"],
            id="chat alone",
        ),
        pytest.param(
            "base_provider: llamacpp\n",
            ["/infill", "/v1/chat/completions"],
            ["/v1/chat/completions"],
            id="found out",
        ),
    ],
)
async def test_model_without_marks_is_asked_in_a_way_that_it_takes(
    home: Path, llama: LlamaServer, settings: str, first: list[str], then: list[str]
) -> None:
    async with relaying(llama.port) as relay, completing(home, relay.url, settings) as editor:
        editor.open(ADD)
        await texts(editor, ADD)
        assert (await last(editor))["reason"] in NOT_OF_USE
        assert relay.posted == first
        editor.uri = "file:///somewhere/again.py"
        editor.open(ADD, editor.uri)
        await texts(editor, ADD)
        assert relay.posted == [*first, *then]


async def test_model_with_marks_is_asked_to_fill_in(home: Path, llama_infill: LlamaServer) -> None:
    settings = "base_provider: llamacpp\n"
    async with (
        relaying(llama_infill.port) as relay,
        completing(home, relay.url, settings) as editor,
    ):
        editor.open(ADD + "\n\nprint(add(1, 2))\n")
        await texts(editor, ADD)
        assert (await last(editor))["reason"] in NOT_OF_USE
        assert relay.posted == ["/infill"]


async def test_cancelled_request_stops_the_model(home: Path, llama: LlamaServer) -> None:
    async with completing(home, llama.url, CONTINUED) as editor:
        editor.open(NUMBERS)
        sent = editor.client.protocol.send_request_async(  # type: ignore[no-untyped-call]
            lsp.TEXT_DOCUMENT_INLINE_COMPLETION, asked_at_end(editor, NUMBERS), msg_id="to-cancel"
        )
        waiting = asyncio.ensure_future(sent)
        await until(lambda: is_processing(llama))
        editor.client.cancel_request(lsp.CancelParams("to-cancel"))
        cancelled_s = time.monotonic()
        with pytest.raises(JsonRpcException):
            await soon(waiting)
        stopped_s = await until(lambda: not is_processing(llama))
        assert stopped_s - cancelled_s < 1


async def test_server_restarted_in_the_middle_answers_the_next_request(
    home: Path, llama_alone: LlamaServer
) -> None:
    llama_alone.start()
    async with completing(home, llama_alone.url, CONTINUED) as editor:
        editor.open(NUMBERS)
        running = asyncio.ensure_future(texts(editor, NUMBERS))
        await until(lambda: is_processing(llama_alone))
        await asyncio.to_thread(llama_alone.restart)
        await soon(running)
        editor.uri = "file:///somewhere/add.py"
        editor.open(ADD, editor.uri)
        assert await texts(editor, ADD) == ["a + b"]


async def test_server_that_loads_is_waited_for(home: Path, llama_alone: LlamaServer) -> None:
    async with completing(home, llama_alone.url, CONTINUED) as editor:
        editor.open(ADD)
        assert await texts(editor, ADD) == []
        assert (await last(editor))["reason"] == "offline"
        llama_alone.start(wait=False)
        seen = []
        async with asyncio.timeout(PATIENCE_S):
            while not (answer := await texts(editor, ADD)):
                seen.append((await last(editor))["reason"])
        assert answer == ["a + b"]
        assert set(seen) <= {"offline", "model_loading"}
        assert "model_loading" in seen
