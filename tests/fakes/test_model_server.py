"""The fake server's pace, faults and records, seen by a client on a real socket."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from tests.fakes.model_server import FakeModelServer, running
from tests.fakes.script import (
    Cut,
    Drip,
    FailsInStream,
    Garbage,
    Instead,
    Script,
    ScriptFunction,
    Shape,
    Stall,
    always,
    every_nth_fails,
    in_turn,
    loading,
)
from tests.models.recordings import NO_TLS

BODY = {"model": "fake-coder", "prompt": "def f():\n    return", "stream": True}
WHOLE = BODY | {"stream": False}
SAID = Script("one two three\n")
OPENAI = "/v1/completions"


@asynccontextmanager
async def served(
    script: ScriptFunction | Script, family: str = "openai", **options: Any
) -> AsyncIterator[tuple[FakeModelServer, httpx.AsyncClient]]:
    chosen = always(script) if isinstance(script, Script) else script
    async with FakeModelServer(family, chosen, **options) as server:
        client = httpx.AsyncClient(base_url=server.url, verify=NO_TLS, trust_env=False, timeout=10)
        async with client:
            yield server, client


async def receive(client: httpx.AsyncClient, into: bytearray, timeout_s: float = 10) -> None:
    """Keep what comes of a stream, also when it breaks."""
    async with client.stream("POST", OPENAI, json=BODY, timeout=timeout_s) as answer:
        async for each in answer.aiter_raw():
            into += each


def texts(body: bytes) -> str:
    """The text of a whole stream of completions."""
    events = [each[6:] for each in body.split(b"\n\n") if each.startswith(b"data: {")]
    return "".join(json.loads(each)["choices"][0]["text"] for each in events)


async def test_tokens_come_at_the_pace_that_is_told() -> None:
    async with served(SAID.but(first_token_s=0.15, tokens_per_s=20)) as (_server, client):
        started = time.monotonic()
        async with client.stream("POST", OPENAI, json=BODY) as answer:
            times = [time.monotonic() - started async for _ in answer.aiter_raw()]
    assert times[0] >= 0.15
    assert times[-1] >= 0.15 + 3 / 20


async def test_whole_answer_takes_as_long_as_its_tokens_would() -> None:
    async with served(SAID.but(first_token_s=0.1, tokens_per_s=20)) as (_server, client):
        started = time.monotonic()
        await client.post(OPENAI, json=WHOLE)
    assert time.monotonic() - started >= 0.1 + 3 / 20


async def test_stop_sequence_ends_the_answer_and_is_not_in_it() -> None:
    async with served(SAID) as (_server, client):
        answer = (await client.post(OPENAI, json=WHOLE | {"stop": ["thr"]})).json()
    assert answer["choices"][0] == {
        "index": 0,
        "text": "one two ",
        "logprobs": None,
        "finish_reason": "stop",
    }


async def test_disobedient_server_heeds_no_limit() -> None:
    async with served(SAID.but(obeys=False)) as (_server, client):
        asked = WHOLE | {"stop": ["two"], "max_tokens": 1}
        answer = (await client.post(OPENAI, json=asked)).json()
    assert answer["choices"][0]["text"] == "one two three\n"


async def test_request_is_recorded() -> None:
    async with served(SAID) as (server, client):
        await client.post(f"{OPENAI}?api-version=1", json=WHOLE, headers={"X-Team": "blue"})
        (exchange,) = server.generations
    request = exchange.request
    assert (request.method, request.path, request.query) == ("POST", OPENAI, "api-version=1")
    assert (request.headers["x-team"], request.json()) == ("blue", WHOLE)
    assert exchange.left_after_s is None
    assert exchange.sent.tokens == 4


async def test_client_that_leaves_is_noticed_at_once() -> None:
    async with served(SAID.but(first_token_s=60)) as (server, client):
        asking = asyncio.create_task(client.post(OPENAI, json=BODY))
        (exchange,) = await server.received(1)
        asking.cancel()
        async with asyncio.timeout(2):
            await exchange.ended.wait()
    assert exchange.left_after_s is not None
    assert exchange.left_after_s < 2
    assert exchange.sent.tokens == 0


async def test_connection_is_kept_for_the_next_request() -> None:
    async with served(SAID) as (server, client):
        for _ in range(3):
            await client.post(OPENAI, json=BODY)
    assert server.connections == 1


async def test_stalled_server_keeps_the_connection_and_says_no_more() -> None:
    async with served(SAID.but(fault=Stall(after_tokens=2))) as (server, client):
        received = bytearray()
        with pytest.raises(httpx.ReadTimeout):
            await receive(client, received, timeout_s=1)
        await server.exchanges[0].ended.wait()
    assert texts(bytes(received)) == "one two"
    assert server.exchanges[0].left_after_s is not None


async def test_stalled_server_may_give_not_even_a_head() -> None:
    async with served(SAID.but(fault=Stall())) as (_server, client):
        with pytest.raises(httpx.ReadTimeout):
            await client.post(OPENAI, json=BODY, timeout=0.2)


@pytest.mark.parametrize(
    ("reset", "error"), [(False, httpx.RemoteProtocolError), (True, httpx.ReadError)]
)
async def test_answer_is_cut_after_so_many_bytes(
    *, reset: bool, error: type[httpx.TransportError]
) -> None:
    received = bytearray()
    script = SAID.but(fault=Cut(200, reset=reset), tokens_per_s=50)
    async with served(script) as (_server, client):
        with pytest.raises(error):
            await receive(client, received)
    assert len(received) <= 200
    assert received or reset


async def test_garbage_lies_between_the_tokens() -> None:
    async with served(SAID.but(fault=Garbage(b"data: {not json\n\n", 1))) as (_server, client):
        body = (await client.post(OPENAI, json=BODY)).content
    assert body.index(b'"one"') < body.index(b"{not json") < body.index(b'" two"')


async def test_error_in_a_stream_ends_it() -> None:
    fault = FailsInStream("out of memory", 1)
    async with served(SAID.but(fault=fault), "ollama") as (_server, client):
        body = (await client.post("/api/generate", json=BODY)).text
    assert body.splitlines()[1:] == ['{"error":"out of memory"}']


async def test_dripping_server_takes_its_time_for_each_byte() -> None:
    async with served(SAID.but(fault=Drip(2000))) as (_server, client):
        started = time.monotonic()
        answer = await client.post(OPENAI, json=WHOLE)
    assert time.monotonic() - started >= len(answer.content) / 2000


@pytest.mark.parametrize(
    "fault",
    [
        Instead(402, {"error": {"message": "no credit", "code": "insufficient_quota"}}),
        Instead(302, b"", (("location", "http://example.invalid/"),)),
        Instead(200, "<html><title>Log in</title></html>", (), "text/html"),
    ],
    ids=lambda each: str(each.status),
)
async def test_anything_may_be_said_instead(fault: Instead) -> None:
    async with served(Script(fault=fault)) as (_server, client):
        answer = await client.post(OPENAI, json=BODY)
    assert (answer.status_code, answer.headers["content-type"]) == (
        fault.status,
        fault.content_type,
    )
    assert [answer.headers.get(name) for name, _ in fault.headers] == [
        value for _, value in fault.headers
    ]


async def test_refusal_may_come_before_the_body_is_read() -> None:
    async with served(SAID) as (server, client):
        server.refusal_before_body = Instead(413, {"error": "too large"})
        answer = await client.post(OPENAI, json=BODY)
    assert (answer.status_code, server.exchanges[0].request.body) == (413, b"")


async def test_server_loads_for_so_many_requests() -> None:
    async with served(loading(2, always(SAID)), "llamacpp") as (_server, client):
        statuses = [(await client.get("/health")).status_code for _ in range(2)]
        statuses.append((await client.post(OPENAI, json=WHOLE)).status_code)
    assert statuses == [503, 503, 200]


async def test_every_third_generation_fails_and_questions_do_not_count() -> None:
    async with served(every_nth_fails(3, always(SAID))) as (_server, client):
        statuses = []
        for _ in range(6):
            await client.get("/v1/models")
            statuses.append((await client.post(OPENAI, json=WHOLE)).status_code)
    assert statuses == [200, 200, 500, 200, 200, 500]


async def test_scripts_come_in_turn_and_the_last_stays() -> None:
    async with served(in_turn(Script("a"), Script("b"))) as (_server, client):
        said = [
            (await client.post(OPENAI, json=WHOLE)).json()["choices"][0]["text"] for _ in range(3)
        ]
    assert said == ["a", "b", "b"]


async def test_pieces_may_fall_inside_characters() -> None:
    script = Script("é" * 40, shape=Shape(piece_bytes=7))
    async with (
        served(script) as (_server, client),
        client.stream("POST", OPENAI, json=BODY) as answer,
    ):
        pieces = [each async for each in answer.aiter_raw()]
    assert texts(b"".join(pieces)) == "é" * 40
    assert any(not _decodes(each) for each in pieces)


@pytest.mark.parametrize(
    ("shape", "sign"),
    [
        (Shape(line_end="\r\n"), b"\r\n\r\ndata: "),
        (Shape(line_end="\r"), b"\r\rdata: "),
        (Shape(comments=True), b": still here\n\ndata: "),
        (Shape(byte_order_mark=True), b"\xef\xbb\xbfdata: "),
    ],
)
async def test_stream_is_shaped(shape: Shape, sign: bytes) -> None:
    async with served(SAID.but(shape=shape)) as (_server, client):
        assert sign in (await client.post(OPENAI, json=BODY)).content


async def test_end_mark_may_be_missing() -> None:
    async with served(SAID.but(shape=Shape(ends_with_done=False))) as (_server, client):
        assert b"[DONE]" not in (await client.post(OPENAI, json=BODY)).content


async def test_answer_may_name_another_model_and_tell_no_usage() -> None:
    async with served(SAID.but(model="other", reports_usage=False)) as (_server, client):
        answer = (await client.post(OPENAI, json=WHOLE)).json()
    assert (answer["model"], "usage" in answer) == ("other", False)


async def test_server_comes_back_on_the_same_port() -> None:
    async with served(SAID) as (server, client):
        await client.post(OPENAI, json=WHOLE)
        await server.stop()
        with pytest.raises(httpx.TransportError):
            await client.post(OPENAI, json=WHOLE)
        await server.start()
        assert (await client.post(OPENAI, json=WHOLE)).status_code == 200


async def test_server_speaks_tls() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trust)
    async with (
        FakeModelServer("openai", always(SAID), tls=context) as server,
        httpx.AsyncClient(verify=trust, trust_env=False) as client,
    ):
        answer = await client.post(f"{server.url}{OPENAI}", json=BODY)
    assert texts(answer.content) == "one two three\n"


def test_server_runs_beside_a_test_without_an_event_loop() -> None:
    with running("ollama", always(SAID)) as server:
        answer = httpx.post(
            f"{server.url}/api/generate", json=WHOLE, verify=NO_TLS, trust_env=False
        )
    assert answer.json()["response"] == "one two three\n"
    assert server.generations[0].request.json() == WHOLE


def test_server_runs_as_a_process_and_writes_down_what_it_heard(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    with process("--family", "ollama", "--text", "return 1", "--record", str(record)) as url:
        answer = httpx.post(f"{url}{OPENAI}", json=WHOLE, verify=NO_TLS, trust_env=False)
    assert answer.json()["choices"][0]["text"] == "return 1"
    (heard,) = [json.loads(each) for each in record.read_text().splitlines()]
    assert (heard["path"], json.loads(heard["body"])) == (OPENAI, WHOLE)


def test_server_replays_as_a_process(tmp_path: Path) -> None:
    holes = tmp_path / "holes.json"
    text = "def first():\n    return 1\n\n\ndef second():\n    return 2\n"
    start = text.index("    return 2")
    record = {"path": "a.py", "text": text, "start": start, "end": len(text)}
    holes.write_text(json.dumps([record]))
    with process("--replay", str(holes)) as url:
        body = WHOLE | {"prompt": text[:start] + "    ret"}
        answer = httpx.post(f"{url}{OPENAI}", json=body, verify=NO_TLS, trust_env=False)
    assert answer.json()["choices"][0]["text"] == "urn 2\n"


@contextmanager
def process(*options: str) -> Iterator[str]:
    """A server in a process of its own; gives its URL."""
    command = [sys.executable, "-m", "tests.fakes.model_server", *options]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as server:
        assert server.stdout is not None
        yield str(json.loads(server.stdout.readline())["url"])
        server.communicate()
    assert server.returncode == 0


def _decodes(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
