"""Certificates that are not trusted, and proxies of every mood."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import ssl
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from refact_lsp.net.call import Call, Network
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Kind
from tests.net.conftest import server_context
from tests.net.scripted import Peer, Script, answering, serving, whole
from tests.net.test_transfer import PATIENT, outcome


async def test_certificate_of_the_provider_s_bundle_is_trusted_p33(
    client: HttpClient, tls: ssl.SSLContext, ca_bundle: str
) -> None:
    async with serving(answering(whole(b"{}")), context=tls) as server:
        for host in ("127.0.0.1", "model.test"):
            call = Call(f"https://{host}:{server.port}/", network=Network(ca_bundle=ca_bundle))
            assert (await client.fetch(call)).status == 200


async def test_certificate_that_the_system_trusts_is_trusted_p33(
    client: HttpClient, tls: ssl.SSLContext, ca_bundle: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", ca_bundle)
    async with serving(answering(whole(b"{}")), context=tls) as server:
        assert (await client.fetch(Call(server.url))).status == 200


async def test_certificate_of_an_interceptor_names_its_issuer_and_the_way_out_p33(
    client: HttpClient, tls: ssl.SSLContext
) -> None:
    async with serving(answering(whole(b"{}")), context=tls) as server:
        _, error = await outcome(client, Call(server.url, headers={"x-api-key": "k1234567"}))
        assert error is not None
        assert error.kind is Kind.TLS
        assert "Test Interception" in str(error)
        assert "ca_bundle" in str(error)
        assert server.requests == []


def certificates(authority: trustme.CA) -> dict[str, ssl.SSLContext]:
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    old = server_context(authority.issue_cert("127.0.0.1"))
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    return {
        "expired": server_context(
            authority.issue_cert(
                "127.0.0.1", not_before=past, not_after=past + dt.timedelta(days=1)
            )
        ),
        "wrong host": server_context(authority.issue_cert("elsewhere.test")),
        "old protocol": old,
    }


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
@pytest.mark.parametrize(
    ("what", "word"),
    [
        pytest.param("expired", "expired", id="P33-expired"),
        pytest.param("wrong host", "mismatch", id="P33-wrong-host"),
        pytest.param("old protocol", "TLS", id="P33-old-protocol"),
    ],
)
async def test_certificate_that_is_wrong_is_told(
    client: HttpClient, authority: trustme.CA, ca_bundle: str, what: str, word: str
) -> None:
    context = certificates(authority)[what]
    async with serving(answering(whole(b"{}")), context=context) as server:
        _, error = await outcome(client, Call(server.url, network=Network(ca_bundle=ca_bundle)))
        assert error is not None
        assert error.kind is Kind.TLS
        assert word in str(error)
        assert server.requests == []


async def test_server_without_tls_is_told_p33(client: HttpClient) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.read(1)
        await peer.send(whole(b"", "400 Bad Request"))

    async with serving(script) as server:
        _, error = await outcome(client, Call(f"https://127.0.0.1:{server.port}/"))
    assert error is not None
    assert error.kind is Kind.TLS
    assert "http://" in str(error)


async def test_handshake_that_is_cut_is_told_p33(client: HttpClient) -> None:
    async def script(peer: Peer) -> None:
        await peer.reader.read(1)
        peer.reset()

    async with serving(script) as server:
        _, error = await outcome(client, Call(f"https://127.0.0.1:{server.port}/"))
    assert error is not None
    assert error.kind is Kind.TLS


async def test_verify_false_takes_any_certificate_and_is_loud_p33(
    client: HttpClient, tls: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(answering(whole(b"{}")), context=tls) as server:
        call = Call(server.url, network=Network(verify=False))
        assert (await client.fetch(call)).status == 200
        _, error = await outcome(client, Call(server.url))
    assert error is not None
    assert error.kind is Kind.TLS
    assert "verify: false" in caplog.text


@pytest.mark.parametrize("content", [None, "", "no certificate"])
async def test_ca_bundle_that_cannot_be_used_is_told_and_may_be_mended_p33(
    client: HttpClient, tls: ssl.SSLContext, ca_bundle: str, tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content)
    async with serving(answering(whole(b"{}")), context=tls) as server:
        call = Call(server.url, network=Network(ca_bundle=str(bundle)))
        _, error = await outcome(client, call)
        assert error is not None
        assert error.kind is Kind.TLS
        assert "ca.pem" in str(error)
        await asyncio.to_thread(
            bundle.write_bytes, await asyncio.to_thread(Path(ca_bundle).read_bytes)
        )
        assert (await client.fetch(call)).status == 200


def connecting(port: int, seen: list[str]) -> Script:
    """Play an HTTP proxy that leads every tunnel to one port of this machine."""

    async def script(peer: Peer) -> None:
        head = await peer.head()
        seen.append(f"{head.method} {head.target} {head.headers.get('proxy-authorization', '')}")
        await peer.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            await asyncio.gather(pump(peer.reader, writer), pump(reader, peer.writer))
        finally:
            writer.close()

    return script


async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()


async def test_proxy_leads_to_the_server_p34(
    client: HttpClient, tls: ssl.SSLContext, ca_bundle: str
) -> None:
    seen: list[str] = []
    async with (
        serving(answering(whole(b"{}")), context=tls) as server,
        serving(connecting(server.port, seen)) as proxy,
    ):
        network = Network(proxy=f"http://me:p%40ss@127.0.0.1:{proxy.port}", ca_bundle=ca_bundle)
        call = Call("https://model.test/v1", headers={"Authorization": "Bearer k"}, network=network)
        assert (await client.fetch(call)).status == 200
        assert "p%40ss" not in repr(network)
        assert "authorization" not in proxy.requests[0].headers
    pair = base64.b64encode(b"me:p@ss").decode()
    assert seen == [f"CONNECT model.test:443 Basic {pair}"]


async def test_proxy_behind_which_a_certificate_is_not_trusted_names_the_issuer_p34(
    client: HttpClient, tls: ssl.SSLContext
) -> None:
    async with (
        serving(answering(whole(b"{}")), context=tls) as server,
        serving(connecting(server.port, [])) as proxy,
    ):
        network = Network(proxy=f"http://127.0.0.1:{proxy.port}")
        _, error = await outcome(client, Call("https://model.test/v1", network=network))
    assert error is not None
    assert error.kind is Kind.TLS
    assert "Test Interception" in str(error)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        pytest.param("407 Proxy Authentication Required", "user name", id="P34-407"),
        pytest.param("502 Bad Gateway", "502", id="P34-502"),
        pytest.param("403 Forbidden", "403", id="P34-403"),
    ],
)
async def test_proxy_that_refuses_is_told(client: HttpClient, status: str, word: str) -> None:
    async with serving(answering(whole(b"", status))) as proxy:
        network = Network(proxy=f"http://me:secret-word@127.0.0.1:{proxy.port}")
        _, error = await outcome(client, Call("https://api.test/v1", network=network))
    assert error is not None
    assert error.kind is Kind.PROXY
    assert word in str(error)
    assert "secret-word" not in str(error)


@pytest.mark.parametrize(
    "proxy",
    [
        pytest.param("http://127.0.0.1:1", id="P34-refused"),
        pytest.param("socks5://127.0.0.1:1080", id="P34-socks"),
        pytest.param("http://nowhere.test:3128", id="P34-unknown"),
        pytest.param("http://[::1", id="P34-malformed"),
        pytest.param("http://127.0.0.1:99999", id="P34-port"),
        pytest.param("127.0.0.1:3128", id="P34-no-scheme"),
    ],
)
async def test_proxy_that_cannot_be_used_is_told(client: HttpClient, proxy: str) -> None:
    call = Call("https://api.test/v1", network=Network(proxy=proxy))
    _, error = await outcome(client, call)
    assert error is not None
    assert error.kind is Kind.PROXY


async def test_this_machine_is_never_reached_through_a_proxy_p34(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(answering(whole(b"{}"))) as server, serving(answering(b"")) as proxy:
        network = Network(proxy=f"http://127.0.0.1:{proxy.port}")
        for host in ("127.0.0.1", "localhost"):
            await client.fetch(Call(f"http://{host}:{server.port}/", network=network))
        assert proxy.peers == []


async def test_proxies_of_the_environment_are_not_asked_p34(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(answering(whole(b"{}"))) as server, serving(answering(b"")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        await client.fetch(Call(f"http://model.test:{server.port}/"))
        assert proxy.peers == []


async def test_cancel_while_a_proxy_connects_closes_the_socket_e4(client: HttpClient) -> None:
    asked = asyncio.Event()

    async def script(peer: Peer) -> None:
        await peer.head()
        asked.set()
        await peer.until_closed()

    async with serving(script) as proxy:
        network = Network(proxy=f"http://127.0.0.1:{proxy.port}")
        stream = client.stream(Call("https://api.test/v1", network=network), PATIENT)
        await asked.wait()
        await stream.aclose()
        await (await proxy.peer()).closed.wait()


@pytest.mark.parametrize("http2", [True, False])
async def test_cancels_at_every_moment_leave_no_tunnel_behind_e4(
    client: HttpClient,
    authority: trustme.CA,
    ca_bundle: str,
    http2: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Whatever step a request is cancelled at, the pool has room for the next one."""
    tls = server_context(authority.issue_cert("model.test"))
    async with (
        serving(answering(whole(b"{}")), context=tls) as server,
        serving(connecting(server.port, [])) as proxy,
    ):
        network = Network(proxy=f"http://127.0.0.1:{proxy.port}", ca_bundle=ca_bundle, http2=http2)
        call = Call("https://model.test/", network=network)
        assert (await client.fetch(call)).status == 200
        for steps in [*range(30)] * 2:
            closing = replace(call, headers={"Connection": "close"})
            streams = [client.stream(closing, PATIENT) for _ in range(2)]
            for _ in range(steps):
                await asyncio.sleep(0)
            for stream in streams:
                await stream.aclose()
        assert (await client.fetch(call)).status == 200
        for peer in proxy.peers[:-1]:
            await peer.closed.wait()
