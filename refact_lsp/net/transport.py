"""The HTTP library, set up for one way to reach a server: trust, proxy, pool, nothing else.

Imported in a thread when the first client is made, never at the start of the program.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.util import find_spec
from typing import Any
from urllib.parse import unquote, urlsplit

import httpcore
import httpx
import truststore

from refact_lsp.net.address import Address
from refact_lsp.net.call import Call, Network
from refact_lsp.net.connecting import Sockets
from refact_lsp.net.errors import AddressRefusedError, Kind, RequestError
from refact_lsp.net.exchange import CURRENT, Connection, Exchange
from refact_lsp.net.library_errors import told
from refact_lsp.net.request import headers_of
from refact_lsp.net.resolver import Resolver

logger = logging.getLogger(__name__)

CONNECTIONS = 20
KEEP_ALIVE_S = 60.0
RESET_S = 0.03
"""How long telling a server to stop may take before its connection is closed instead."""

LOCATION = "location"
"""Where a redirect leads, out of httpx's sight: it makes the next request even if told not to."""

_TALKATIVE = ("httpx", "httpcore", "hpack", "h2")
"""Their logs have URLs and headers, keys among them; they stay silent whatever the level."""


class Transport(httpx.AsyncBaseTransport):
    """A pool of connections; whatever fails below is told as `RequestError`."""

    def __init__(self, network: Network, resolver: Resolver) -> None:
        self.pool = _pool(network, resolver)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and answer the response whose body is still to come."""
        with told(str(request.url.netloc, "ascii")):
            answer = await self.pool.handle_async_request(_library_request(request))
        location = [value for name, value in answer.headers if name.lower() == b"location"]
        return httpx.Response(
            status_code=answer.status,
            headers=[each for each in answer.headers if each[0].lower() != b"location"],
            stream=_Body(answer, str(request.url.netloc, "ascii")),
            extensions={**answer.extensions, LOCATION: location[0] if location else b""},
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self.pool.aclose()

    async def close_idle(self) -> None:
        """Close the connections that nobody uses: one of them was found dead."""
        for each in self.pool.connections:
            if each.is_idle():
                await each.aclose()

    async def abandon(self, exchange: Exchange) -> None:
        """Leave a request that was answered in part, or not at all.

        HTTP/1 has closed its socket by now, except where it was cancelled between connecting and
        sending: then nobody does, and the pool keeps a place for it (httpcore 1.0.9, state `NEW`).
        On HTTP/2 the library only forgets the stream, and the server would go on: it is reset here.
        """
        if exchange.connection is None:
            self.pool.forget(exchange.made)
        else:
            await self._leave(exchange, exchange.connection)
        for each in self.pool.connections:
            holder = _innermost(each)
            if hasattr(holder, "_h2_state") and not await _reset_forgotten(holder):
                await holder.aclose()

    async def _leave(self, exchange: Exchange, connection: Connection) -> None:
        holder = self._holder(connection)
        if holder is None:
            await connection.aclose()
        elif hasattr(holder, "_h2_state"):
            is_dead = exchange.is_dead(asyncio.get_running_loop().time())
            if is_dead and not getattr(holder, "_events", None):  # nobody else waits on it
                await holder.aclose()
        elif not holder.is_idle():
            await holder.aclose()

    async def settle(self, exchange: Exchange) -> None:
        """Leave a request that was answered whole.

        Its connection stays, unless the pool has lost sight of it: that happens when the request
        that was connecting it for others is cancelled.
        """
        if exchange.connection is not None and self._holder(exchange.connection) is None:
            await exchange.connection.aclose()

    def _holder(self, connection: Connection) -> Any:  # noqa: ANN401 - a private class of the library
        """Answer the pool's object for a connection; nothing public leads from one to the other."""
        for each in self.pool.connections:
            holder = _innermost(each)
            if getattr(holder, "_network_stream", None) is connection:
                return holder
        return None


def _innermost(made: object) -> Any:  # noqa: ANN401 - a private class of the library
    """Answer what speaks the protocol, inside of what connects, inside of what tunnels."""
    while hasattr(made, "_connection"):
        made = made._connection  # noqa: SLF001 - see `_holder`
    return made


class _Pool(httpcore.AsyncConnectionPool):
    """A pool that tells a request what it makes for it."""

    def create_connection(self, origin: httpcore.Origin) -> httpcore.AsyncConnectionInterface:
        made = super().create_connection(origin)
        if exchange := CURRENT.get():
            exchange.made = made
        return made

    def forget(self, made: object) -> None:
        """Give up the place of what was made for a request that was cancelled before using it.

        A tunnel keeps it for ever otherwise (httpcore 1.0.9: it counts as connecting).
        """
        for each in self.connections:
            if each is made and not each.is_available():
                self._connections.remove(each)


class _Body(httpx.AsyncByteStream):
    """The bytes of an answer as they come."""

    def __init__(self, answer: httpcore.Response, host: str) -> None:
        self._answer = answer
        self._host = host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with told(self._host):
            async for part in self._answer.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


def _library_request(request: httpx.Request) -> httpcore.Request:
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        ),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


async def _reset_forgotten(holder: Any) -> bool:  # noqa: ANN401 - a private class of the library
    """Reset the streams of a connection that nobody waits for; answer whether that worked.

    httpcore 1.0.9 only drops its own record of a stream that is closed early (`_response_closed`).
    Once h2 knows, it also accounts for what the server has sent meanwhile.
    """
    from h2.errors import ErrorCodes  # noqa: PLC0415 - an extra, there where such a connection is
    from h2.exceptions import ProtocolError  # noqa: PLC0415 - the same

    try:
        state, awaited = holder._h2_state, holder._events  # noqa: SLF001 - see above
        forgotten = [
            number
            for number, stream in state.streams.items()
            if not stream.closed and number not in awaited
        ]
        if not forgotten or holder.is_closed():
            return True
        for number in forgotten:
            with suppress(ProtocolError):  # it has ended meanwhile
                state.reset_stream(number, ErrorCodes.CANCEL)
        url = httpcore.URL(scheme="https", host="reset", port=None, target="/")
        async with asyncio.timeout(RESET_S):
            await holder._write_outgoing_data(httpcore.Request("RESET", url))  # noqa: SLF001 - see above
    except (AttributeError, TimeoutError, OSError, httpcore.NetworkError):
        return False
    return True


def request_for(
    client: httpx.AsyncClient, call: Call, address: Address, exchange: Exchange
) -> httpx.Request:
    """Make a request; raise `RequestError` for a URL that httpx reads differently than we did."""
    try:
        request = client.build_request(
            call.method,
            call.url,
            headers=headers_of(call),
            content=call.body,
            extensions={"trace": exchange.trace},
        )
    except httpx.InvalidURL:
        raise AddressRefusedError("The URL cannot be read.") from None
    if request.url.host.lower().rstrip(".") != address.host:
        raise AddressRefusedError("The URL can be read in two ways; write its host plainly.")
    return request


def build(network: Network, resolver: Resolver) -> httpx.AsyncClient:
    """Make a client; reading the system's certificates takes its time: call it in a thread."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    client = httpx.AsyncClient(
        transport=Transport(network, resolver),
        follow_redirects=False,
        trust_env=False,
        timeout=None,  # noqa: S113 - deadlines are kept around the whole request, in transfer.py
        cookies=no_cookies,
    )
    for name in list(client.headers):
        del client.headers[name]
    return client


def _pool(network: Network, resolver: Resolver) -> _Pool:
    proxy, label = _proxy(network)
    return _Pool(
        ssl_context=trusting(network),
        proxy=proxy,
        max_connections=CONNECTIONS,
        keepalive_expiry=KEEP_ALIVE_S,
        http2=network.http2 and find_spec("h2") is not None,
        network_backend=Sockets(
            resolver, proxy=label, allow_link_local=network.allow_link_local or bool(label)
        ),
    )


def trusting(network: Network) -> ssl.SSLContext:
    """Answer a TLS context with what the system trusts, and the provider's own bundle."""
    if not network.verify:
        logger.warning("certificates are not checked for a provider with `verify: false`")
        return unchecked()
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if network.ca_bundle:
        try:
            context.load_verify_locations(cafile=network.ca_bundle)
        except (OSError, ssl.SSLError) as error:
            why = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise RequestError(
                Kind.TLS, f"ca_bundle {network.ca_bundle} cannot be used: {why}."
            ) from None
    return context


def unchecked() -> ssl.SSLContext:
    """Answer a TLS context that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _proxy(network: Network) -> tuple[httpcore.Proxy | None, str]:
    """Answer the proxy for the pool, and its name for messages, without a password."""
    if not network.proxy:
        return None, ""
    try:
        parts = urlsplit(network.proxy)
        host, port = parts.hostname or "", parts.port or {"https": 443}.get(parts.scheme, 80)
    except ValueError:
        raise RequestError(Kind.PROXY, "proxy: the URL cannot be read.") from None
    if parts.scheme not in {"http", "https"} or not host:
        raise RequestError(
            Kind.PROXY, "proxy: only http:// and https:// proxies are known; SOCKS is not."
        )
    auth = (unquote(parts.username or ""), unquote(parts.password or ""))
    url = httpcore.URL(scheme=parts.scheme, host=host, port=port, target="/")
    secured = trusting(network) if parts.scheme == "https" else None
    return httpcore.Proxy(
        url, auth=auth if parts.username else None, ssl_context=secured
    ), f"{host}:{port}"
