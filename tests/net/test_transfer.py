"""Requests against a server that misbehaves on purpose."""

from __future__ import annotations

import asyncio
import gzip
import json
from dataclasses import replace

import pytest

from refact_lsp.config.secret import Secret
from refact_lsp.net.call import Call, Network
from refact_lsp.net.client import HttpClient
from refact_lsp.net.decode.event import Event
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.net.limits import COMPLETION, Limits
from tests.net.scripted import (
    SSE,
    Peer,
    Script,
    answering,
    ending,
    head,
    holding,
    serving,
    whole,
)

QUICK = Limits(3, 0.2, 0.2, 6, max_bytes=256 * 1024, max_line_bytes=4096, max_events=1000)
"""Deadlines that a test can wait for."""

IMPATIENT = replace(QUICK, connect_s=0.2)
"""... also for a connection, where the library is loaded already."""

PATIENT = replace(QUICK, connect_s=5, first_byte_s=5, gap_s=5, total_s=8)
"""... and those that it never meets."""


async def outcome(
    client: HttpClient, call: Call, limits: Limits = PATIENT
) -> tuple[list[Event], RequestError | None]:
    """Answer the events that came, and the error after them."""
    events: list[Event] = []
    async with client.stream(call, limits) as stream:
        try:
            async for event in stream:
                events.append(event)  # noqa: PERF401 - what came before an error is kept
        except RequestError as error:
            return events, error
    return events, None


async def failure(
    client: HttpClient, script: Script, limits: Limits = PATIENT
) -> tuple[list[str], RequestError]:
    """Answer the data that a script brought, and the error that it led to."""
    async with serving(script) as server:
        events, error = await outcome(client, Call(server.url, body=b"{}"), limits)
    assert error is not None
    return [event.data for event in events], error


async def test_stream_gives_events_as_they_come(client: HttpClient) -> None:
    go = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(SSE + b"data: a\n\n")
        await go.wait()
        await peer.send(b"data: b\n\ndata: [DONE]\n\n")

    async with serving(script) as server, client.stream(Call(server.url), PATIENT) as stream:
        assert (await anext(stream)).data == "a"
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream"
        go.set()
        assert [event.data async for event in stream] == ["b", "[DONE]"]


async def test_request_is_sent_as_it_was_given(client: HttpClient) -> None:
    async with serving(answering(whole(b"{}"))) as server:
        call = Call(server.url + "?a=b%20c", headers={"X-Title": "t"}, body=b'{"a":1}')
        await client.fetch(call)
        seen = server.requests[0]
    assert (seen.method, seen.target) == ("POST", "/v1/completions?a=b%20c")
    assert seen.body == b'{"a":1}'
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["user-agent"].startswith("refact-lsp/")
    assert seen.headers["x-title"] == "t"
    assert "cookie" not in seen.headers


async def test_cookies_of_a_server_are_not_kept(client: HttpClient) -> None:
    async with serving(answering(whole(b"{}", set_cookie="track=me; Path=/"))) as server:
        await client.fetch(Call(server.url))
        await client.fetch(Call(server.url))
        assert "cookie" not in server.requests[1].headers


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(
            "400 Bad Request", b'{"error":{"param":"top_k"}}', Kind.BAD_REQUEST, id="P1-400"
        ),
        pytest.param("401 Unauthorized", b"", Kind.AUTH, id="P2-401"),
        pytest.param("402 Payment Required", b"", Kind.NO_CREDIT, id="P3-402"),
        pytest.param("403 Forbidden", b'{"error":"region"}', Kind.FORBIDDEN, id="P4-403"),
        pytest.param(
            "404 Not Found", b'{"error":"model \'x\' not found"}', Kind.MODEL_MISSING, id="P5-404"
        ),
        pytest.param("404 Not Found", b"404 page not found", Kind.PATH_MISSING, id="P6-404"),
        pytest.param("405 Method Not Allowed", b"", Kind.NOT_AN_API, id="P7-405"),
        pytest.param("200 OK", b"<html><title>Hotel</title></html>", Kind.NOT_AN_API, id="P7-page"),
        pytest.param("408 Request Timeout", b"", Kind.SERVER_ERROR, id="P8-408"),
        pytest.param("409 Conflict", b"", Kind.SERVER_ERROR, id="P9-409"),
        pytest.param("413 Payload Too Large", b"", Kind.CONTEXT_TOO_LONG, id="P10-413"),
        pytest.param("422 Unprocessable", b'{"detail":"x"}', Kind.BAD_REQUEST, id="P11-422"),
        pytest.param("429 Too Many Requests", b"", Kind.RATE_LIMITED, id="P12-429"),
        pytest.param("500 Internal Server Error", b"", Kind.SERVER_ERROR, id="P15-500"),
        pytest.param("529 Overloaded", b"", Kind.OVERLOADED, id="P15-529"),
        pytest.param(
            "200 OK", b'{"error":{"type":"rate_limit_error"}}', Kind.RATE_LIMITED, id="P16-body"
        ),
        pytest.param(
            "503 Unavailable", b'{"error":{"message":"Loading model"}}', Kind.LOADING, id="P50-503"
        ),
    ],
)
async def test_error_answer_reaches_the_reader(
    client: HttpClient, status: str, body: bytes, kind: Kind
) -> None:
    _, error = await failure(client, answering(whole(body, status, retry_after="7")))
    assert error.kind is kind
    assert error.status in {int(status[:3]), 429}
    if error.status == 429:
        assert error.retry_after_s == 7.0


async def test_error_in_a_stream_comes_after_what_was_there_p16(client: HttpClient) -> None:
    stream = (
        b'data: a\n\nevent: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n'
    )
    assert (await failure(client, ending(SSE + stream)))[0] == ["a"]
    assert (await failure(client, ending(SSE + stream)))[1].kind is Kind.OVERLOADED


async def test_unknown_host_is_dns_p17(client: HttpClient) -> None:
    _, error = await outcome(client, Call("https://nowhere.test/v1"))
    assert error is not None
    assert error.kind is Kind.DNS
    assert "nowhere.test" in str(error)


async def test_name_server_that_is_away_is_a_connect_timeout_p17() -> None:
    import threading

    release = threading.Event()

    def find(host: str) -> list[str]:
        release.wait(10)
        return ["127.0.0.1"]

    client = HttpClient(find)
    await client.warm("http://127.0.0.1:1/")
    try:
        for _ in range(8):  # more than there are threads for names
            _, error = await outcome(client, Call("http://slow.test/v1"), IMPATIENT)
            assert error is not None
            assert error.kind is Kind.CONNECT_TIMEOUT
        assert await asyncio.to_thread(lambda: "the other threads are free") != ""
    finally:
        release.set()
        await client.aclose()


async def test_name_that_leads_to_the_network_itself_is_refused_t20() -> None:
    client = HttpClient(lambda _: ["10.0.0.1", "169.254.169.254"])
    _, error = await outcome(client, Call("http://rebound.test/latest/meta-data"))
    await client.aclose()
    assert error is not None
    assert error.kind is Kind.ADDRESS


async def test_nothing_listens_is_not_running_p18(client: HttpClient) -> None:
    async with serving(answering(b"")) as server:
        port = server.port
    for host in ("127.0.0.1", "localhost"):
        _, error = await outcome(client, Call(f"http://{host}:{port}/v1"))
        assert error is not None
        assert error.kind is Kind.NOT_RUNNING
        assert str(port) in str(error)


async def test_localhost_is_found_on_either_family_and_asks_no_name_server_p18(
    client: HttpClient,
) -> None:
    for host in ("127.0.0.1", "::1"):
        async with serving(answering(whole(b"{}")), host=host) as server:
            answer = await client.fetch(Call(f"http://localhost:{server.port}/"))
            assert answer.json() == {}


async def test_connection_that_is_not_taken_is_a_connect_timeout_p19(client: HttpClient) -> None:
    import socket

    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = full.getsockname()[1]
    fillers = []
    for _ in range(4):  # the queue of a server that accepts nobody is full after few
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", port))
        fillers.append(filler)
    try:
        _, error = await outcome(client, Call(f"http://127.0.0.1:{port}/"), IMPATIENT)
    finally:
        for each in (full, *fillers):
            each.close()
    assert error is not None
    assert error.kind is Kind.CONNECT_TIMEOUT


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Ty", SSE, SSE + b": ping\n\n"])
async def test_no_first_byte_ends_in_time_p20(client: HttpClient, start: bytes) -> None:
    data, error = await failure(client, holding(start), QUICK)
    assert (data, error.kind) == ([], Kind.FIRST_BYTE_TIMEOUT)


async def test_stall_keeps_what_came_p21(client: HttpClient) -> None:
    data, error = await failure(client, holding(SSE + b"data: a\n\ndata: b"), QUICK)
    assert (data, error.kind) == (["a"], Kind.STALLED)


async def test_reset_in_mid_stream_keeps_what_came_p22(client: HttpClient) -> None:
    read = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(SSE + b"data: a\n\n")
        await read.wait()
        peer.reset()

    async with serving(script) as server, client.stream(Call(server.url), PATIENT) as stream:
        assert (await anext(stream)).data == "a"
        read.set()
        with pytest.raises(RequestError) as caught:
            await anext(stream)
    assert caught.value.kind is Kind.CUT_OFF
    assert len(server.requests) == 1


async def dripping(peer: Peer, drop: bytes) -> None:
    await peer.request()
    await peer.send(SSE + b"data: a\n\n")
    while not peer.writer.is_closing():
        await peer.send(drop)
        await asyncio.sleep(0.02)  # what a slow server does; nothing waits for this


async def test_drip_of_comments_is_no_data_p23(client: HttpClient) -> None:
    data, error = await failure(client, lambda peer: dripping(peer, b": ping\n\n"), QUICK)
    assert (data, error.kind) == (["a"], Kind.STALLED)


async def test_drip_of_data_meets_the_total_deadline_p23(client: HttpClient) -> None:
    limits = replace(QUICK, total_s=0.4)
    data, error = await failure(client, lambda peer: dripping(peer, b"data: b\n\n"), limits)
    assert error.kind is Kind.TOTAL_DEADLINE
    assert len(data) > 2


async def test_stream_without_its_end_gives_all_and_marks_the_cut_p24(client: HttpClient) -> None:
    async with serving(ending(SSE + b"data: a\n\ndata: {")) as server:
        events, error = await outcome(client, Call(server.url))
    assert events == [Event("a"), Event("{", is_cut=True)]
    assert error is None


async def test_chunk_that_is_cut_gives_what_came_p24(client: HttpClient) -> None:
    start = head(content_type="text/event-stream", transfer_encoding="chunked")
    data, error = await failure(client, ending(start + b"ff\r\ndata: a\n\ndata: b\n"))
    assert (data, error.kind) == (["a", "b"], Kind.CUT_OFF)


async def test_bytes_that_are_no_utf_8_are_flagged_p25(client: HttpClient) -> None:
    async with serving(ending(SSE + b"\xef\xbb\xbfdata: \xc3\n\ndata: \xc3\xa9\n\n")) as server:
        events, _ = await outcome(client, Call(server.url))
    assert [(event.data, event.is_flawed) for event in events] == [("\ufffd", True), ("é", False)]


async def test_ndjson_is_read_though_sse_was_expected_p28(client: HttpClient) -> None:
    body = b'{"response":"a","done":false}\n{"done":true}\n'
    async with serving(answering(whole(body, content_type="application/x-ndjson"))) as server:
        events, _ = await outcome(client, Call(server.url))
    assert [event.data for event in events] == ['{"response":"a","done":false}', '{"done":true}']


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(b"data: " + b"x" * 5000 + b"\n\n", id="P30-long-line"),
        pytest.param(b"data: " + b"x" * 5000, id="P30-endless-line"),
        pytest.param(b"data: x\n\n" * 1001, id="P30-many-events"),
        pytest.param((b"data: " + b"x" * 1000 + b"\n\n") * 300, id="P30-many-bytes"),
    ],
)
async def test_answer_beyond_its_budget_is_ended(client: HttpClient, stream: bytes) -> None:
    _, error = await failure(client, holding(SSE + stream))
    assert error.kind is Kind.TOO_MUCH


async def test_compressed_answer_is_taken_p31(client: HttpClient) -> None:
    body = gzip.compress(b"data: a\n\n")
    async with serving(answering(whole(body, content_encoding="gzip"))) as server:
        events, error = await outcome(client, Call(server.url))
    assert (events, error) == ([Event("a")], None)


async def test_compressed_bomb_is_ended_p31(client: HttpClient) -> None:
    bomb = gzip.compress(b"data: x\n" * 4_000_000)
    _, error = await failure(client, answering(whole(bomb, content_encoding="gzip")))
    assert error.kind is Kind.TOO_MUCH


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_not_followed_p32(client: HttpClient, status: int) -> None:
    async with serving(answering(whole(b"{}"))) as sink:
        target = f"http://127.0.0.1:{sink.port}/steal?token=abc"
        async with serving(answering(whole(b"", f"{status} Moved", location=target))) as server:
            call = Call(
                server.url,
                headers={"Authorization": "Bearer k1234567", "x-api-key": "k1234567"},
                body=b"my code",
                secrets=(Secret("k1234567"),),
            )
            _, error = await outcome(client, call)
        assert error is not None
        assert error.kind is Kind.REDIRECT
        assert f"127.0.0.1:{sink.port}" in str(error)
        assert "abc" not in str(error)
        assert sink.peers == []


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "", "/again", "http://[::1", "//evil.test/x"]
)
async def test_redirect_of_every_kind_is_refused_p32(client: HttpClient, location: str) -> None:
    _, error = await failure(client, answering(whole(b"", "302 Found", location=location)))
    assert error.kind is Kind.REDIRECT


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        pytest.param(head(X="a" * 1_000_000), Kind.PROTOCOL, id="P46-huge-header"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200_000, Kind.PROTOCOL, id="P46-endless-headers"
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.0\r\n\r\n", Kind.PROTOCOL, id="P46-no-http"),
        pytest.param(b"", Kind.CUT_OFF, id="P46-nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-", Kind.CUT_OFF, id="P46-half-a-head"),
    ],
)
async def test_head_that_is_none_is_told(client: HttpClient, answer: bytes, kind: Kind) -> None:
    _, error = await failure(client, ending(answer))
    assert error.kind is kind


async def test_hundred_headers_are_taken_p46(client: HttpClient) -> None:
    fields = {f"x_{number}": "y" for number in range(100)}
    async with serving(answering(whole(b"{}", **fields))) as server:
        answer = await client.fetch(Call(server.url))
    assert answer.headers["x-99"] == "y"


async def test_slow_loris_headers_meet_the_deadline_p46(client: HttpClient) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(b"HTTP/1.1 200 OK\r\n")
        while not peer.writer.is_closing():
            await peer.send(b"X-A: b\r\n")
            await asyncio.sleep(0.02)  # what a slow server does; nothing waits for this

    _, error = await failure(client, script, QUICK)
    assert error.kind is Kind.FIRST_BYTE_TIMEOUT


async def test_error_before_the_request_was_read_is_shown_p47(client: HttpClient) -> None:
    async def script(peer: Peer) -> None:
        await peer.head()
        body = json.dumps({"error": {"message": "The prompt is too long by 3 MB."}}).encode()
        await peer.send(whole(body, "413 Payload Too Large", connection="close"))

    async with serving(script) as server:
        call = Call(server.url, body=b"x" * 3_000_000)
        _, error = await outcome(client, call)
    assert error is not None
    assert error.kind is Kind.CONTEXT_TOO_LONG
    assert "by 3 MB" in str(error)


async def test_error_whose_body_breaks_off_keeps_its_status_p47(client: HttpClient) -> None:
    answer = head("401 Unauthorized", content_length="1000") + b'{"error":"wrong'
    _, error = await failure(client, ending(answer))
    assert error.kind is Kind.AUTH


@pytest.mark.parametrize(
    "value", ["Bearer a\nb", "Bearer a\r\nX: y", " padded", "schlüssel", "\ufeffkey"]
)
async def test_key_that_cannot_be_sent_is_told_p48(client: HttpClient, value: str) -> None:
    async with serving(answering(whole(b"{}"))) as server:
        _, error = await outcome(client, Call(server.url, headers={"Authorization": value}))
        assert error is not None
        assert error.kind is Kind.AUTH
        assert value.strip() not in str(error)
        assert server.peers == []


async def test_plain_http_with_a_key_is_refused_before_any_name_is_asked_t3() -> None:
    asked: list[str] = []

    def find(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    client = HttpClient(find)
    call = Call("http://api.test/v1", secrets=(Secret("k1234567"),))
    _, error = await outcome(client, call)
    assert error is not None
    assert error.kind is Kind.ADDRESS
    _, allowed = await outcome(
        client, replace(call, network=Network(allow_insecure=True), url="http://api.test:1/"), QUICK
    )
    assert allowed is not None
    assert allowed.kind is Kind.NOT_RUNNING
    assert asked == ["api.test"]
    await client.aclose()


async def test_fetch_of_what_is_no_json_says_so(client: HttpClient) -> None:
    async with serving(answering(whole(b"hello"))) as server:
        answer = await client.fetch(Call(server.url, method="GET"))
        with pytest.raises(RequestError) as caught:
            answer.json()
    assert caught.value.kind is Kind.PROTOCOL


async def test_slow_reader_is_not_taken_for_a_stalled_server(client: HttpClient) -> None:
    async def script(peer: Peer) -> None:
        await peer.request()
        await peer.send(SSE)
        for _ in range(200):
            await peer.send(b"data: a\n\n")

    async with serving(script) as server, client.stream(Call(server.url), QUICK) as stream:
        first = await anext(stream)
        await asyncio.sleep(QUICK.gap_s * 2)  # the reader's own time is what this is about
        rest = [event async for event in stream]
    assert [first, *rest] == [Event("a")] * 200


async def test_presets_are_those_of_the_design() -> None:
    assert (COMPLETION.connect_s, COMPLETION.first_byte_s, COMPLETION.gap_s) == (3, 5, 2)
    assert COMPLETION.total_s == 10
