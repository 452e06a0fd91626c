"""Connections: kept, closed meanwhile, over HTTP/2, and given up."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import replace
from statistics import median

import h2.errors
import h2.events
import h2.exceptions
import pytest
import trustme

from refact_lsp.config.secret import Secret
from refact_lsp.net.call import Call, Network
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Kind, RequestError
from tests.net.conftest import server_context
from tests.net.http2_peer import Http2Peer
from tests.net.scripted import SSE, Peer, answering, holding, serving, whole
from tests.net.test_transfer import PATIENT, QUICK, outcome

CLOSED_WITHIN_S = 0.05
BUSY_S = 0.5
"""... where one time is measured, on a machine that may be busy with other tests."""


@pytest.fixture(scope="session")
def tls_h2(authority: trustme.CA) -> ssl.SSLContext:
    """Answer the TLS context of a server that prefers HTTP/2."""
    return server_context(authority.issue_cert("127.0.0.1"), protocols=("h2", "http/1.1"))


@pytest.fixture
def network(ca_bundle: str) -> Network:
    return Network(ca_bundle=ca_bundle)


async def answer_once(peer: Peer) -> None:
    await peer.request()
    await peer.send(whole(b'{"a":1}'))


async def test_connection_is_kept_for_the_next_request(client: HttpClient) -> None:
    async with serving(answering(whole(b"{}"))) as server:
        for _ in range(3):
            await client.fetch(Call(server.url))
        assert len(server.peers) == 1


async def test_connection_closed_meanwhile_is_asked_once_more_p35(client: HttpClient) -> None:
    async def closing_at_the_next(peer: Peer) -> None:
        await answer_once(peer)
        await peer.request()  # ... and closes without a word

    async with serving(closing_at_the_next, answering(whole(b'{"b":2}'))) as server:
        call = Call(server.url, body=b"{}")
        assert (await client.fetch(call)).json() == {"a": 1}
        assert (await client.fetch(call)).json() == {"b": 2}
        assert len(server.peers) == 2


async def test_connection_reset_meanwhile_is_asked_once_more_p35(client: HttpClient) -> None:
    async def resetting(peer: Peer) -> None:
        await answer_once(peer)
        await peer.request()
        peer.reset()

    async with serving(resetting, answering(whole(b'{"b":2}'))) as server:
        await client.fetch(Call(server.url))
        assert (await client.fetch(Call(server.url))).json() == {"b": 2}


async def test_connection_left_out_of_step_is_asked_once_more_p35(client: HttpClient) -> None:
    async with serving(answering(whole(b'{"a":1}'))) as server:  # also to HEAD, which has no body
        await client.warm(server.url)
        assert (await client.fetch(Call(server.url))).json() == {"a": 1}


async def test_fresh_connection_that_closes_is_not_asked_again_p35(client: HttpClient) -> None:
    async def closing(peer: Peer) -> None:
        await peer.request()

    async with serving(closing) as server:
        _, error = await outcome(client, Call(server.url))
        assert error is not None
        assert error.kind is Kind.CUT_OFF
        assert len(server.requests) == 1


async def test_server_that_always_closes_is_asked_twice_at_most_p35(client: HttpClient) -> None:
    async def closing_at_the_next(peer: Peer) -> None:
        await answer_once(peer)
        await peer.request()

    async def closing(peer: Peer) -> None:
        await peer.request()

    async with serving(closing_at_the_next, closing) as server:
        await client.fetch(Call(server.url))
        with pytest.raises(RequestError):
            await client.fetch(Call(server.url))
        assert len(server.requests) == 3


async def test_warm_opens_a_connection_and_sends_no_key(client: HttpClient) -> None:
    async with serving(answering(whole(b"", "404 Not Found"))) as server:
        assert await client.warm(server.url + "?key=k1234567") is None
        assert [(seen.method, seen.target) for seen in server.requests] == [("HEAD", "/")]
        with pytest.raises(RequestError):
            await client.fetch(Call(server.url))
        assert len(server.peers) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "file:///etc/passwd", "http://[::1", ""])
async def test_warm_answers_what_stands_in_the_way(client: HttpClient, url: str) -> None:
    found = await client.warm(url)
    assert found is not None
    assert found.kind in {Kind.NOT_RUNNING, Kind.ADDRESS}


async def closed_after(client: HttpClient, call: Call, *, number: int = 0, read: int = 0) -> float:
    """Cancel a stream once the server waits (and some events came); answer when it saw the end."""
    stream = client.stream(call, PATIENT)
    for _ in range(read):
        await anext(stream)
    loop = asyncio.get_running_loop()
    start = loop.time()
    await stream.aclose()
    assert loop.time() - start < BUSY_S
    return start


async def test_cancel_in_headers_closes_the_socket_e4(client: HttpClient) -> None:
    asked = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        asked.set()
        await peer.until_closed()

    async with serving(script) as server:
        stream = client.stream(Call(server.url), PATIENT)
        await asked.wait()
        start = asyncio.get_running_loop().time()
        await stream.aclose()
        peer = await server.peer()
        await peer.closed.wait()
        assert peer.closed_at - start < BUSY_S


async def test_cancel_in_the_body_closes_the_socket_e4(client: HttpClient) -> None:
    took: list[float] = []
    async with serving(holding(SSE + b"data: a\n\n")) as server:
        for number in range(50):
            start = await closed_after(client, Call(server.url), read=1)
            peer = await server.peer(number)
            await peer.closed.wait()
            took.append(peer.closed_at - start)
    assert sorted(took)[-6] < CLOSED_WITHIN_S
    assert median(took) < CLOSED_WITHIN_S / 5


async def test_cancel_in_tls_closes_the_socket_e4(client: HttpClient) -> None:
    greeted = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.reader.read(1)  # the client's greeting, which nobody answers
        greeted.set()
        await peer.until_closed()

    async with serving(script) as server:
        call = Call(f"https://127.0.0.1:{server.port}/")
        stream = client.stream(call, PATIENT)
        await greeted.wait()
        start = asyncio.get_running_loop().time()
        await stream.aclose()
        peer = await server.peer()
        await peer.closed.wait()
        assert peer.closed_at - start < BUSY_S


async def test_cancel_in_name_look_up_returns_at_once_e4() -> None:
    import threading

    asked, release = threading.Event(), threading.Event()

    def find(host: str) -> list[str]:
        asked.set()
        release.wait(10)
        return ["127.0.0.1"]

    client = HttpClient(find)
    stream = client.stream(Call("http://slow.test/"), PATIENT)
    await asyncio.to_thread(asked.wait, 10)
    start = asyncio.get_running_loop().time()
    await stream.aclose()
    assert asyncio.get_running_loop().time() - start < BUSY_S
    release.set()
    await client.aclose()


async def test_cancel_while_another_task_reads_ends_its_reading_e4(client: HttpClient) -> None:
    async with serving(holding(SSE + b"data: a\n\n")) as server:
        stream = client.stream(Call(server.url), PATIENT)
        await anext(stream)

        async def read() -> Kind:
            try:
                await anext(stream)
            except RequestError as error:
                return error.kind
            raise AssertionError

        reading = asyncio.create_task(read())
        await asyncio.sleep(0)
        await stream.aclose()
        assert await reading is Kind.CANCELLED
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_cancel_of_the_reader_closes_with_its_block_e4(client: HttpClient) -> None:
    async with serving(holding(SSE + b"data: a\n\n")) as server:
        came = asyncio.Event()

        async def read() -> None:
            async with client.stream(Call(server.url), PATIENT) as stream:
                async for _ in stream:
                    came.set()

        reading = asyncio.create_task(read())
        await came.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        await (await server.peer()).closed.wait()


async def test_cancel_of_a_fetch_closes_the_socket_e4(client: HttpClient) -> None:
    asked = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.request()
        asked.set()
        await peer.until_closed()

    async with serving(script) as server:
        fetching = asyncio.create_task(client.fetch(Call(server.url)))
        await asked.wait()
        fetching.cancel()
        await (await server.peer()).closed.wait()
        with pytest.raises(asyncio.CancelledError):
            await fetching


async def test_cancels_at_every_moment_leave_no_connection_behind_e4(client: HttpClient) -> None:
    """Whatever step a request is cancelled at, its socket is closed and the pool has room."""
    async with serving(holding(SSE + b"data: a\n\n")) as server:
        await client.warm("http://127.0.0.1:1/")  # the library is there
        for steps in range(60):
            stream = client.stream(Call(server.url), PATIENT)
            for _ in range(steps):
                await asyncio.sleep(0)
            await stream.aclose()
        events = []
        async with client.stream(Call(server.url), PATIENT) as stream:
            events.append(await anext(stream))
        for peer in list(server.peers):
            await peer.closed.wait()
        assert [event.data for event in events] == ["a"]
        assert len(server.peers) > 20  # more than the pool has places


async def test_closing_the_client_ends_all_streams(client: HttpClient) -> None:
    async with serving(holding(SSE + b"data: a\n\n")) as server:
        streams = [client.stream(Call(server.url), PATIENT) for _ in range(3)]
        for stream in streams:
            await anext(stream)
        await client.aclose()
        for number in range(3):
            await (await server.peer(number)).closed.wait()


async def test_http2_is_spoken_and_two_streams_share_a_connection(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    async def script(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        first, second = await h2_peer.request(), await h2_peer.request()
        await h2_peer.begin(second, b"data: second\n\n")
        await h2_peer.begin(first, b"data: first\n\n")
        await h2_peer.data(first, b"", is_last=True)
        await h2_peer.data(second, b"", is_last=True)
        await peer.until_closed()

    async with serving(script, context=tls_h2) as server:
        call = Call(server.url, body=b"{}", secrets=(Secret("k1234567"),), network=network)
        streams = [client.stream(call, PATIENT) for _ in range(2)]
        datas = [[event.data async for event in stream] for stream in streams]
        assert datas == [["first"], ["second"]]
        assert len(server.peers) == 1


async def test_http2_cancel_resets_the_stream_and_keeps_the_connection_e4(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    resets: list[float] = []
    ready = asyncio.Event()

    async def script(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        for has_head in (True, False):
            stream_id = await h2_peer.request()
            if has_head:
                await h2_peer.begin(stream_id, b"data: a\n\n")
            ready.set()
            reset = await h2_peer.until(h2.events.StreamReset)
            resets.append(asyncio.get_running_loop().time())
            assert reset.stream_id == stream_id
            assert reset.error_code == h2.errors.ErrorCodes.CANCEL
        stream_id = await h2_peer.request()
        await h2_peer.begin(stream_id, b"data: c\n\n")
        await h2_peer.data(stream_id, b"", is_last=True)
        await peer.until_closed()

    async with serving(script, context=tls_h2) as server:
        call = Call(server.url, body=b"{}", network=network)
        starts: list[float] = []
        for has_head in (True, False):
            stream = client.stream(call, PATIENT)
            if has_head:
                assert (await anext(stream)).data == "a"
            await ready.wait()
            ready.clear()
            starts.append(asyncio.get_running_loop().time())
            await stream.aclose()
        events, error = await outcome(client, call)
        assert ([event.data for event in events], error) == (["c"], None)
        assert len(server.peers) == 1
    assert all(b - a < BUSY_S for a, b in zip(starts, resets, strict=True))


async def test_http2_data_of_cancelled_streams_does_not_choke_the_connection(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    """What still comes for a stream that was reset is accounted for, 20 MB of it and more."""
    flood = b"data: " + b"x" * 3994 + b"\n\n"

    async def script(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        for _ in range(12):
            stream_id = await h2_peer.request()
            await h2_peer.begin(stream_id, b"data: a\n\n")
            for _ in range(480):  # 1.9 MB, written before the reset is read
                h2_peer.h2.send_data(stream_id, flood)
            await h2_peer.flush()
            await h2_peer.until(h2.events.StreamReset)
        stream_id = await h2_peer.request()
        await h2_peer.begin(stream_id, b"data: end\n\n")
        await h2_peer.data(stream_id, b"", is_last=True)
        await peer.until_closed()

    async with serving(script, context=tls_h2) as server:
        call = Call(server.url, body=b"{}", network=network)
        for _ in range(12):
            stream = client.stream(call, PATIENT)
            assert (await anext(stream)).data == "a"
            await stream.aclose()
        events, error = await outcome(client, call)
        assert ([event.data for event in events], error) == (["end"], None)
        assert len(server.peers) == 1


async def test_http2_cancels_at_every_moment_leave_the_connection_usable_e4(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    async def script(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        while True:
            stream_id = await h2_peer.request()
            with suppress(h2.exceptions.ProtocolError):  # it has been reset meanwhile
                await h2_peer.begin(stream_id, b"data: a\n\n")

    async with serving(script, context=tls_h2) as server:
        call = Call(server.url, body=b"{}", network=network)
        kept = client.stream(call, replace(PATIENT, gap_s=8))
        assert (await anext(kept)).data == "a"
        for steps in range(150):
            stream = client.stream(call, PATIENT)
            for _ in range(steps):
                await asyncio.sleep(0)
            await stream.aclose()
        last = client.stream(call, PATIENT)
        assert (await anext(last)).data == "a"
        assert len(server.peers) == 1
        await kept.aclose()
        await last.aclose()


async def test_http2_goaway_is_asked_once_more_p35(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    async def leaving(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        stream_id = await h2_peer.request()
        await h2_peer.begin(stream_id, b"data: a\n\n")
        await h2_peer.data(stream_id, b"", is_last=True)
        await h2_peer.request()
        h2_peer.h2.close_connection(last_stream_id=stream_id)
        await h2_peer.flush()

    async def staying(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        stream_id = await h2_peer.request()
        await h2_peer.begin(stream_id, b"data: b\n\n")
        await h2_peer.data(stream_id, b"", is_last=True)
        await peer.until_closed()

    async with serving(leaving, staying, context=tls_h2) as server:
        call = Call(server.url, body=b"{}", network=network)
        assert [event.data for event in (await outcome(client, call))[0]] == ["a"]
        events, error = await outcome(client, call)
        assert ([event.data for event in events], error) == (["b"], None)


async def test_http2_refused_stream_is_asked_once_more_p35(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    async def script(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        stream_id = await h2_peer.request()
        h2_peer.h2.reset_stream(stream_id, h2.errors.ErrorCodes.REFUSED_STREAM)
        await h2_peer.flush()
        stream_id = await h2_peer.request()
        await h2_peer.begin(stream_id, b"data: b\n\n")
        await h2_peer.data(stream_id, b"", is_last=True)
        await peer.until_closed()

    async with serving(script, context=tls_h2) as server:
        events, error = await outcome(client, Call(server.url, body=b"{}", network=network))
        assert ([event.data for event in events], error) == (["b"], None)


async def test_http2_reset_in_mid_stream_keeps_what_came_p35(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    async def script(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        stream_id = await h2_peer.request()
        await h2_peer.begin(stream_id, b"data: a\n\n")
        h2_peer.h2.reset_stream(stream_id, h2.errors.ErrorCodes.INTERNAL_ERROR)
        await h2_peer.flush()
        await peer.until_closed()

    async with serving(script, context=tls_h2) as server:
        events, error = await outcome(client, Call(server.url, body=b"{}", network=network))
        assert [event.data for event in events] == ["a"]
        assert error is not None
        assert error.kind is Kind.CUT_OFF


async def test_http2_connection_that_died_silently_is_not_used_again_p35(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    async def falling_silent(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        stream_id = await h2_peer.request()
        await h2_peer.begin(stream_id, b"data: a\n\n")
        await h2_peer.data(stream_id, b"", is_last=True)
        await peer.until_closed()

    async def answering_again(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        stream_id = await h2_peer.request()
        await h2_peer.begin(stream_id, b"data: b\n\n")
        await h2_peer.data(stream_id, b"", is_last=True)
        await peer.until_closed()

    async with serving(falling_silent, answering_again, context=tls_h2) as server:
        call = Call(server.url, body=b"{}", network=network)
        await outcome(client, call)
        _, error = await outcome(client, call, replace(QUICK, connect_s=5))
        assert error is not None
        assert error.kind is Kind.FIRST_BYTE_TIMEOUT
        events, _ = await outcome(client, call)
        assert [event.data for event in events] == ["b"]


async def test_http2_connection_on_which_others_wait_is_kept(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    go = asyncio.Event()

    async def script(peer: Peer) -> None:
        h2_peer = Http2Peer(peer)
        first = await h2_peer.request()
        await h2_peer.request()  # the one that is late
        await go.wait()
        await h2_peer.begin(first, b"data: a\n\n")
        await h2_peer.data(first, b"", is_last=True)
        await peer.until_closed()

    async with serving(script, context=tls_h2) as server:
        call = Call(server.url, body=b"{}", network=network)
        async with client.stream(call, PATIENT) as waiting:
            _, error = await outcome(client, call, QUICK)
            assert error is not None
            assert error.kind is Kind.FIRST_BYTE_TIMEOUT
            go.set()
            assert [event.data async for event in waiting] == ["a"]
        assert len(server.peers) == 1


async def test_http1_is_spoken_where_http2_is_switched_off(
    client: HttpClient, network: Network, tls_h2: ssl.SSLContext
) -> None:
    async with serving(answering(whole(b"{}")), context=tls_h2) as server:
        call = Call(server.url, network=replace(network, http2=False))
        assert (await client.fetch(call)).json() == {}
