"""Figures of the real process, measured over stdio as an editor would see them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from refact_lsp.cli.client import Json, ServerClient, started
from tests.bench.figures import Figure, at_most, timing
from tests.bench.texts import python_source

URI = "file:///bench/large.py"
MIB = 1024 * 1024


async def start_up(root: Path, runs: int = 20) -> list[Figure]:
    """Time from starting the process to the answer of `initialize`."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        async with _client(root):
            times.append((time.perf_counter() - began) * 1000)
    return [timing("start to `initialize` answer", times, p50=700, p95=1000)]


async def work_per_completion(root: Path, rounds: int = 300) -> list[Figure]:
    """What a completion costs us in a file of 1 MB, by the server's own marks."""
    rng = random.Random(7)
    source = python_source(MIB)
    lines = source.split("\n")
    stages: list[dict[str, float]] = []
    reused: list[float] = []
    async with _client(root) as client:
        _open(client, URI, source)
        await _settle(client)
        for version in range(2, rounds + 2):
            line = rng.randrange(len(lines) - 1)
            _insert(client, line, len(lines[line]), "x", version)
            lines[line] += "x"
            _, entry = await _complete(client, line, len(lines[line]))
            stages.append(entry["stages_ms"])
        reused = await _typed_along(client, rounds + 2)
    own = [
        each["total"] - sum(_took(each, stage) for stage in ("delay", "context", "model"))
        for each in stages
    ]
    return [
        timing("own work per completion, 1 MB file", own, p50=5, p99=20),
        timing("... what else the loop did first", [_took(each, "delay") for each in stages]),
        timing("... its context", [_took(each, "context") for each in stages], p50=15, p99=30),
        timing("... its embedded engine", [_took(each, "model") for each in stages], p50=5, p95=15),
        timing("answer from reuse, on the wire", reused, p99=5),
    ]


async def _typed_along(client: ServerClient, version: int) -> list[float]:
    """Type the text of a suggestion; time the answers that come from reuse."""
    uri = "file:///bench/along.py"
    known = "".join(f"    result_{n} = compute_the_value(first, second, third)\n" for n in range(9))
    _open(client, uri, f"def f(first, second, third):\n{known}    result_9 = \n")
    rest, times = "compute_the_value(first, second, third)", []
    for typed in range(len(rest)):
        if typed:
            _insert(client, 10, 14 + typed, rest[typed], version + typed, uri)
        took, entry = await _complete(client, 10, 15 + typed, uri, by_key=True)
        if "kept from before" in entry["sentence"]:
            times.append(took)
    return times or [float("inf")]


async def memory(root: Path, documents: int = 5000) -> list[Figure]:
    """Resident memory of an idle server, and with many open documents of 10 KB."""
    text = python_source(10_240)
    async with _client(root) as client:
        await _settle(client)
        idle = _rss_mib(client)
        for number in range(documents):
            _open(client, f"file:///bench/many/{number}.py", f"# {number}\n{text}")
            if number % 100 == 0:
                await _settle(client)
        await _settle(client)
        full = _rss_mib(client)
    return [
        at_most("memory: idle", idle, 75, "MB"),
        at_most(f"memory: {documents:,} documents of 10 KB", full, 160, "MB"),
    ]


async def cancel_storm(root: Path, pairs: int = 1000) -> list[Figure]:
    """Ask and cancel at once, many times; every request must be answered."""
    async with _client(root) as client:
        _open(client, URI, python_source(100_000))
        await _settle(client)
        began = time.perf_counter()
        waiting = []
        for _ in range(pairs):
            task = asyncio.create_task(_ask(client, 10, 4, URI))
            await asyncio.sleep(0)
            client.notify("$/cancelRequest", {"id": client.last_id})
            waiting.append(task)
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        took = time.perf_counter() - began
    return [at_most(f"cancel storm of {len(answers):,}, all answered", took, 1, "s")]


@asynccontextmanager
async def _client(root: Path) -> AsyncIterator[ServerClient]:
    async with started(root, lambda value: None) as client:  # noqa: ARG005 (called with it)
        yield client


async def _settle(client: ServerClient) -> None:
    """Wait until all that was sent before is done."""
    await _explain(client)


async def _explain(client: ServerClient) -> Json:
    arguments = [{"quiet": True}]
    params = {"command": "refact.explainLast", "arguments": arguments}
    return await client.request("workspace/executeCommand", params)


async def _ask(
    client: ServerClient, line: int, column: int, uri: str, *, by_key: bool = False
) -> Json:
    params = {
        "textDocument": {"uri": uri},
        "position": {"line": line, "character": column},
        "context": {"triggerKind": 1 if by_key else 2},
    }
    return await client.request("textDocument/inlineCompletion", params)


async def _complete(
    client: ServerClient, line: int, column: int, uri: str = URI, *, by_key: bool = False
) -> tuple[float, Json]:
    """Ask; answer the time on the wire in ms, and the server's own account."""
    began = time.perf_counter()
    await _ask(client, line, column, uri, by_key=by_key)
    took = (time.perf_counter() - began) * 1000
    return took, (await _explain(client))["last"]


def _open(client: ServerClient, uri: str, text: str) -> None:
    item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})


def _insert(
    client: ServerClient, line: int, column: int, text: str, version: int, uri: str = URI
) -> None:
    here = {"line": line, "character": column}
    change = {"range": {"start": here, "end": here}, "text": text}
    params = {"textDocument": {"uri": uri, "version": version}, "contentChanges": [change]}
    client.notify("textDocument/didChange", params)


def _took(stages: dict[str, float], stage: str) -> float:
    """Answer how long one stage took; the marks are times from the request's start."""
    if stage not in stages:
        return 0.0
    names = list(stages)
    at = names.index(stage)
    return stages[stage] - (stages[names[at - 1]] if at else 0.0)


def _rss_mib(client: ServerClient) -> float:
    rss: int = psutil.Process(client.process_id).memory_info().rss
    return rss / MIB
