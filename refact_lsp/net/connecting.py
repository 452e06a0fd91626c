"""Names, sockets and TLS under the HTTP library, with failures told apart where they happen.

Imported in a thread when the first client is made, never at the start of the program.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpcore

from refact_lsp.net.address import is_of_the_network
from refact_lsp.net.errors import AddressRefusedError, Facts, Kind, RequestError
from refact_lsp.net.exchange import CURRENT
from refact_lsp.net.resolver import Resolver

NEXT_ADDRESS_S = 0.25
"""The next address of a host is tried when this one took so long (RFC 8305)."""

_OFFLINE = frozenset({errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EHOSTDOWN})

CERTIFICATE = "certificate"
"""The code of a TLS failure that is about the server's certificate."""


class Sockets(httpcore.AsyncNetworkBackend):
    """Opens connections for one pool; `proxy` is the label of the proxy it connects to, if any."""

    def __init__(
        self, resolver: Resolver, *, proxy: str = "", allow_link_local: bool = False
    ) -> None:
        self._resolver = resolver
        self._proxy = proxy
        self._allow_link_local = allow_link_local
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 - the base class has it
        local_address: str | None = None,  # noqa: ARG002 - as above
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of a host that answers, or raise `RequestError`."""
        if exchange := CURRENT.get():
            exchange.has_connected = True
        try:
            addresses = await self._resolver.addresses(host)
            if not self._allow_link_local and any(map(is_of_the_network, addresses)):
                raise AddressRefusedError(
                    f"The name {host} leads to an address of the network itself; it is not asked."
                )
            return _noted(Stream(await self._first(addresses, port)))
        except RequestError as error:
            raise self._told(error.kind, str(error)) from None
        except (httpcore.ConnectError, httpcore.ConnectTimeout, OSError) as error:
            raise self._refused(f"{host}:{port}", error) from None

    async def _first(self, addresses: Sequence[str], port: int) -> httpcore.AsyncNetworkStream:
        if len(addresses) == 1:
            return await self._sockets.connect_tcp(addresses[0], port)
        async with _attempts() as attempts:
            for address in addresses:
                attempts.append(asyncio.create_task(self._sockets.connect_tcp(address, port)))
                await asyncio.wait(
                    attempts, timeout=NEXT_ADDRESS_S, return_when=asyncio.FIRST_COMPLETED
                )
                if (found := _taken(attempts)) is not None:
                    return found
            while any(not each.done() for each in attempts):
                running = [each for each in attempts if not each.done()]
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                if (found := _taken(attempts)) is not None:
                    return found
            return attempts[0].result()  # raises why the preferred address failed

    def _refused(self, where: str, error: Exception) -> RequestError:
        number = _errno(error)
        if number in _OFFLINE:
            return self._told(
                Kind.UNREACHABLE, f"There is no way to {where}; is this machine online?"
            )
        if number == errno.ETIMEDOUT:
            return self._told(Kind.CONNECT_TIMEOUT, f"{where} did not take the connection in time.")
        return self._told(
            Kind.NOT_RUNNING,
            f"Nothing listens at {where}. Is the server started, and the port right?",
        )

    def _told(self, kind: Kind, sentence: str) -> RequestError:
        if self._proxy:
            return RequestError(Kind.PROXY, f"The proxy cannot be used. {sentence}")
        return RequestError(kind, sentence)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109 - the base class's name
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Refuse: no URL of ours leads to such a socket."""
        raise NotImplementedError

    async def sleep(self, seconds: float) -> None:
        """Wait; the library does so between retries, which are not its to make here."""
        await asyncio.sleep(seconds)


class Stream(httpcore.AsyncNetworkStream):
    """The bytes of one connection; it tells the request that writes which one it is.

    Over HTTP/2 many requests write to it. A write is then finished even if its request is
    cancelled: half of a TLS record or frame would end the connection for all of them (anyio 4.16
    may drop what TLS has encrypted already).
    """

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self.read_bytes = 0
        tls = inner.get_extra_info("ssl_object")
        self._is_shared = tls is not None and tls.selected_alpn_protocol() == "h2"
        self._writing: asyncio.Task[None] | None = None

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the base class's name
        """Read some bytes; none mean the end."""
        data = await self._inner.read(max_bytes, timeout)
        self.read_bytes += len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the base class's name
        """Write bytes on behalf of the request whose context this is."""
        if exchange := CURRENT.get():
            exchange.uses(self)
        if not self._is_shared:
            await self._inner.write(buffer, timeout)
            return
        while self._writing is not None and not self._writing.done():
            await asyncio.wait([self._writing])
        self._writing = asyncio.create_task(self._inner.write(buffer, timeout))
        self._writing.add_done_callback(_looked_at)
        await asyncio.shield(self._writing)

    async def aclose(self) -> None:
        """Close the socket."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the base class's name
    ) -> httpcore.AsyncNetworkStream:
        """Begin TLS, or raise `RequestError`; a socket is never left open by a failure."""
        try:
            return _noted(
                Stream(await self._inner.start_tls(ssl_context, server_hostname, timeout))
            )
        except (httpcore.ConnectError, httpcore.ConnectTimeout, OSError) as error:
            await self.aclose()
            raise _tls_error(server_hostname or "the server", error) from None
        except BaseException:  # cancelled: the library would leave the socket open
            await self.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the base class's type
        """Answer what the connection below knows."""
        return self._inner.get_extra_info(info)


def _looked_at(task: asyncio.Task[None]) -> None:
    """Look at how a write ended that nobody may be waiting for any more."""
    if not task.cancelled():
        task.exception()


def _noted(stream: Stream) -> Stream:
    """Tell the request that made a connection: cancelled now, it has nobody else to close it."""
    if exchange := CURRENT.get():
        exchange.uses(stream)
    return stream


@asynccontextmanager
async def _attempts() -> AsyncIterator[list[asyncio.Task[httpcore.AsyncNetworkStream]]]:
    """Give a list of attempts; those left in it at the end are given up, late ones closed."""
    attempts: list[asyncio.Task[httpcore.AsyncNetworkStream]] = []
    try:
        yield attempts
    finally:
        for each in attempts:
            each.cancel()
        for made in await asyncio.gather(*attempts, return_exceptions=True):
            if isinstance(made, httpcore.AsyncNetworkStream):
                await made.aclose()


def _taken(
    attempts: list[asyncio.Task[httpcore.AsyncNetworkStream]],
) -> httpcore.AsyncNetworkStream | None:
    """Take the first connection that was made out of the list."""
    for each in attempts:
        if each.done() and each.exception() is None:
            attempts.remove(each)
            return each.result()
    return None


def _causes(error: BaseException) -> list[BaseException]:
    """Answer an exception and all that led to it, without the groups around them."""
    found: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or each in found:
            continue
        found.append(each)
        waiting += [each.__cause__, each.__context__]
        waiting += [arg for arg in each.args if isinstance(arg, BaseException)]
        if isinstance(each, BaseExceptionGroup):
            waiting += each.exceptions
    return found


def _errno(error: BaseException) -> int:
    numbers = [
        each.errno
        for each in _causes(error)
        if isinstance(each, OSError) and each.errno is not None
    ]
    return next((each for each in numbers if each > 0), 0)


def _tls_error(host: str, error: Exception) -> RequestError:
    causes = _causes(error)
    for each in causes:
        if isinstance(each, ssl.SSLCertVerificationError):
            reason = each.verify_message or "it is not trusted"
            return RequestError(
                Kind.TLS,
                f"The certificate of {host} cannot be trusted: {reason}.",
                Facts(code=CERTIFICATE, server_text=reason),
            )
    reasons = [each.reason or "" for each in causes if isinstance(each, ssl.SSLError)]
    return RequestError(Kind.TLS, _tls_sentence(host, " ".join(reasons)), Facts(code="handshake"))


def _tls_sentence(host: str, reason: str) -> str:
    if "WRONG_VERSION_NUMBER" in reason or "RECORD_LAYER" in reason or "HTTP_REQUEST" in reason:
        return f"{host} does not speak TLS at that port. Should the URL begin with http://?"
    if "PROTOCOL_VERSION" in reason or "UNSUPPORTED_PROTOCOL" in reason:
        return f"{host} speaks only versions of TLS that are no longer safe."
    told = f": {reason.replace('_', ' ').lower()}" if reason else ""
    return f"{host} did not agree on TLS{told}."
