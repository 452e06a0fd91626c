"""One request from its first byte to its last: its deadlines, its budget, its failures."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol, cast

from refact_lsp.net.address import Address
from refact_lsp.net.answer_errors import ErrorAnswer, error_of_answer
from refact_lsp.net.call import Call
from refact_lsp.net.decode.inflate import Inflate
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.net.exchange import CURRENT, Exchange, Stage
from refact_lsp.net.issuer import presented_issuer
from refact_lsp.net.limits import Budget, Limits
from refact_lsp.net.pools import Pools
from refact_lsp.net.request import check_call, is_proxied, redirect_error

if TYPE_CHECKING:
    import httpx  # for types alone: the program starts without it

    from refact_lsp.net.transport import Transport  # ... and without this

ERROR_BODY_BYTES = 64 * 1024
_STALE = frozenset({Kind.CUT_OFF, Kind.PROTOCOL})
"""How a connection ends that was fit for use before: closed, or left in the middle of something."""

_TICK_S = 0.002
"""The event loop's clock is no finer."""


class Receiver(Protocol):
    """What takes an answer in."""

    def head(self, address: Address, status: int, headers: Mapping[str, str]) -> None:
        """Take status and headers (names in lower case) of a good answer."""

    async def take(self, data: bytes) -> bool:
        """Take bytes of the body, and answer whether data was among them."""

    async def finish(self) -> None:
        """Take note that no more comes; called also where the answer broke off."""


class Transfer:
    """Carries one call out; everything that fails is a `RequestError`."""

    def __init__(self, call: Call, limits: Limits, pools: Pools) -> None:
        self._call = call
        self._limits = limits
        self._pools = pools
        self._exchange = Exchange(self._sent)
        self._timer = asyncio.timeout(None)
        self._end = self._late_at = 0.0

    async def run(self, receiver: Receiver) -> None:
        """Ask, and give the answer to `receiver`; cancelling this closes the socket at once."""
        try:
            await self._run(check_call(self._call), receiver)
        except RequestError as error:
            failure = error
        else:
            return
        failure.__cause__ = failure.__context__ = None  # what the library says quotes what was sent
        raise failure

    async def _run(self, address: Address, receiver: Receiver) -> None:
        self._end = asyncio.get_running_loop().time() + self._limits.total_s
        try:
            async with self._timer:
                self._allow(self._limits.connect_s)
                await self._exchange_all(address, receiver)
        except TimeoutError:
            raise self._late(address) from None
        except RequestError as error:
            raise await self._explained(error, address) from None

    async def _exchange_all(self, address: Address, receiver: Receiver) -> None:
        client = await self._pools.client(self._call.network, address)
        response = await self._send(client, address)
        try:
            await self._receive(response, address, receiver)
        except BaseException:
            await response.aclose()
            await self._abandon(client)
            raise
        await response.aclose()
        await _transport(client).settle(self._exchange)

    async def _abandon(self, client: httpx.AsyncClient) -> None:
        self._exchange.is_late = self._timer.expired()
        await _transport(client).abandon(self._exchange)

    async def _send(self, client: httpx.AsyncClient, address: Address) -> httpx.Response:
        """Send; once more where an open connection turns out to be closed, or out of step."""
        try:
            return await self._attempt(client, address)
        except RequestError as error:
            is_refused = error.facts.code == "refused_stream"
            is_stale = error.kind in _STALE and not self._exchange.has_connected
            if not (is_stale or is_refused):
                raise
        if not is_refused:
            await _transport(client).close_idle()
        self._allow(self._limits.connect_s)
        return await self._attempt(client, address)

    async def _attempt(self, client: httpx.AsyncClient, address: Address) -> httpx.Response:
        self._exchange = Exchange(self._sent)
        from refact_lsp.net.transport import request_for  # noqa: PLC0415 - loaded by now, off the loop

        token = CURRENT.set(self._exchange)
        try:
            request = request_for(client, self._call, address, self._exchange)
            return await client.send(request, stream=True)
        except BaseException:
            await self._abandon(client)
            raise
        finally:
            CURRENT.reset(token)

    async def _receive(
        self, response: httpx.Response, address: Address, receiver: Receiver
    ) -> None:
        headers = {name.lower(): value for name, value in response.headers.items()}
        status = response.status_code
        if 300 <= status < 400:
            location = bytes(response.extensions.get("location", b"")).decode("latin-1")
            raise redirect_error(address, status, location)
        if not 200 <= status < 300:
            body = await _error_body(response, headers)
            answer = ErrorAnswer(address.label, address.path, status, headers, body)
            raise error_of_answer(answer, self._call.revealed(), time.time())
        receiver.head(address, status, headers)
        await self._read_body(response, receiver, _inflate(headers))
        await receiver.finish()

    async def _read_body(
        self, response: httpx.Response, receiver: Receiver, inflate: Inflate | None
    ) -> None:
        budget = Budget(self._limits)
        try:
            async for raw in response.aiter_raw():
                data = inflate.feed(raw) if inflate else raw
                budget.take(len(data))
                self._set(self._end)  # what the reader takes is not the server's time
                if await receiver.take(data):
                    self._exchange.stage = Stage.STREAMING
                    self._allow(self._limits.gap_s)
                else:
                    self._set(self._late_at)
        except RequestError as error:
            if error.kind is Kind.CUT_OFF:
                await receiver.finish()
            raise

    def _sent(self) -> None:
        self._allow(self._limits.first_byte_s)

    def _allow(self, wait_s: float) -> None:
        """Set the deadline of what comes next; never later than the end of all."""
        self._late_at = min(asyncio.get_running_loop().time() + wait_s, self._end)
        self._set(self._late_at)

    def _set(self, when: float) -> None:
        if not self._timer.expired():
            self._timer.reschedule(when)

    def _late(self, address: Address) -> RequestError:
        host, limits = address.label, self._limits
        if asyncio.get_running_loop().time() >= self._end - _TICK_S:
            kind, said = Kind.TOTAL_DEADLINE, f"had not ended its answer after {limits.total_s:g}"
        elif self._exchange.stage is Stage.CONNECTING:
            kind = Kind.PROXY if is_proxied(self._call, address) else Kind.CONNECT_TIMEOUT
            said = f"did not take the connection within {limits.connect_s:g}"
        elif self._exchange.stage is Stage.WAITING:
            kind = Kind.FIRST_BYTE_TIMEOUT
            said = f"had not begun to answer after {limits.first_byte_s:g}"
        else:
            kind, said = Kind.STALLED, f"fell silent within its answer for {limits.gap_s:g}"
        return RequestError(kind, f"{host} {said} s.")

    async def _explained(self, failure: RequestError, address: Address) -> RequestError:
        """Name the issuer of a certificate that is not trusted, and what to do about it."""
        if failure.kind is not Kind.TLS or failure.facts.code != "certificate":
            return failure
        way = self._call.network.proxy if is_proxied(self._call, address) else ""
        issuer = await presented_issuer(address, way)
        signed = f" It was issued by {issuer}." if issuer else ""
        return RequestError(
            Kind.TLS,
            f"{failure}{signed} If that is your company's, or your own, write `ca_bundle: FILE.pem`"
            " with that issuer's certificate into this provider's file.",
            failure.facts,
        )


def _transport(client: httpx.AsyncClient) -> Transport:
    return cast("Transport", client._transport)  # noqa: SLF001 - we made it, and httpx has no name for it


def _inflate(headers: Mapping[str, str]) -> Inflate | None:
    encoding = headers.get("content-encoding", "identity").strip().lower()
    return None if encoding in {"", "identity"} else Inflate(encoding)


async def _error_body(response: httpx.Response, headers: Mapping[str, str]) -> bytes:
    """Answer the beginning of an error's body; what came of one that broke off will do."""
    body = bytearray()
    try:
        inflate = _inflate(headers)
        async for raw in response.aiter_raw():
            body += inflate.feed(raw) if inflate else raw
            if len(body) >= ERROR_BODY_BYTES:
                break
    except RequestError:
        pass  # the status is known, which says more than how its body ended
    return bytes(body[:ERROR_BODY_BYTES])
