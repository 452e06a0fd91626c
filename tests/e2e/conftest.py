"""A typed client against the real process, introduced as a recorded editor introduces itself."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Mapping
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter
from pytest_lsp import LanguageClient, make_test_lsp_client

from refact_lsp.server.profiles import profile_of
from refact_lsp.session.client import Profile
from refact_lsp.text.positions import Encoding, units

RECORDED = Path(__file__).parents[1] / "clients"
CLIENTS = tuple(sorted(path.stem for path in RECORDED.glob("*.json")))

PATIENCE_S = 60.0
"""How long anything that is awaited may take on a busy machine."""
Answer = TypeVar("Answer")

FUNCTION = """\
def {name}(first_value, second_value):
    print("about to compute the total", first_value)
    total = compute_the_total("\U0001f600é", first_value, second_value)
    return total


"""
WORD = "first_"
TYPED = f'    total = compute_the_total("\U0001f600é", {WORD}'
WANTED = "value, second_value)"
SOURCE = "".join(FUNCTION.format(name=name) for name in ("alpha", "beta", "gamma", "delta"))
SOURCE += "".join(FUNCTION.format(name="omega").splitlines(keepends=True)[:2]) + TYPED + "\n"
LINE = SOURCE.count("\n") - 1


async def soon(answer: Awaitable[Answer]) -> Answer:
    """Wait for an answer, not forever: a test that hangs says nothing."""
    async with asyncio.timeout(PATIENCE_S):  # no task of its own: it would begin a turn later
        return await answer


async def gone(client: LanguageClient) -> None:
    """Let nothing of the server be left; where a test has failed nobody told it to end."""
    server = client._server
    if server is not None and server.returncode is None:
        server.kill()
    await soon(client.stop())  # type: ignore[no-untyped-call]  # pytest-lsp's own; it waits


@dataclass
class Editor:
    """One editor with one document open, counting columns as that editor does."""

    client: LanguageClient
    profile: Profile
    encoding: Encoding
    result: lsp.InitializeResult
    uri: str = "file:///somewhere/sample.py"
    version: int = 1
    messages: list[str] = field(default_factory=list)

    def open(self, text: str = SOURCE, uri: str | None = None) -> None:
        item = lsp.TextDocumentItem(uri or self.uri, "python", self.version, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def position(self, line: int = LINE, before: str = TYPED) -> lsp.Position:
        return lsp.Position(line, units(before, self.encoding))

    def insert(self, text: str, line: int = LINE, before: str = TYPED) -> None:
        self.version += 1
        here = lsp.Range(self.position(line, before), self.position(line, before))
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri),
                [lsp.TextDocumentContentChangePartial(here, text)],
            )
        )

    def inline_params(
        self, before: str = TYPED, *, by_key: bool = False
    ) -> lsp.InlineCompletionParams:
        kinds = lsp.InlineCompletionTriggerKind
        kind = kinds.Invoked if by_key else kinds.Automatic
        document = lsp.TextDocumentIdentifier(self.uri)
        context = lsp.InlineCompletionContext(kind)
        return lsp.InlineCompletionParams(context, document, self.position(before=before))

    async def inline(
        self, before: str = TYPED, *, by_key: bool = False
    ) -> lsp.InlineCompletionList | None:
        params = self.inline_params(before, by_key=by_key)
        answer = await soon(self.client.text_document_inline_completion_async(params))
        assert not isinstance(answer, list), "items come in a list object"
        return answer  # type: ignore[return-value]

    async def command(self, name: str, *arguments: object) -> Any:
        params = lsp.ExecuteCommandParams(name, list(arguments))
        return await soon(self.client.workspace_execute_command_async(params))

    async def raw(self, method: str, params: object) -> object:
        """Send what the typed client would refuse to send; answer the result."""
        protocol = self.client.protocol
        answer: Future[object] = Future()
        protocol._request_futures["raw"] = answer
        body = json.dumps({"jsonrpc": "2.0", "id": "raw", "method": method, "params": params})
        assert protocol.writer is not None
        protocol.writer.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        return await soon(asyncio.wrap_future(answer))

    async def last_reason(self) -> str | None:
        answer = await self.command("refact.explainLast", {"quiet": True})
        reason: str | None = answer["last"]["reason"]
        return reason


def recorded(name: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = json.loads((RECORDED / f"{name}.json").read_text())
    return loaded


@pytest.fixture(params=CLIENTS)
def client_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def options() -> dict[str, object]:
    """Answer the `initializationOptions`; a test may parametrize them."""
    return {}


@pytest.fixture
async def editor(client_name: str, options: dict[str, object]) -> AsyncIterator[Editor]:
    async with introduced(client_name, options) as ready:
        ready.open()
        yield ready


@asynccontextmanager
async def introduced(client_name: str, options: dict[str, object]) -> AsyncIterator[Editor]:
    """Start a server, and be to it the editor of that name, with nothing open."""
    said = recorded(client_name)
    params = get_converter().structure({**said, "processId": None}, lsp.InitializeParams)
    params.initialization_options = options
    client = make_test_lsp_client()
    await client.start_io(sys.executable, "-m", "refact_lsp", "serve", "--stdio")
    try:
        result = await asyncio.wait_for(client.initialize_session(params), 20)
        profile = profile_of(said["clientInfo"]["name"], said["capabilities"])
        encoding = Encoding(result.capabilities.position_encoding or "utf-16")
        yield Editor(client, profile, encoding, result)
        await asyncio.wait_for(client.shutdown_session(), 10)
    finally:
        await gone(client)
