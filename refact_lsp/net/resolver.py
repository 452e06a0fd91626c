"""Names into addresses, in threads of its own and once at a time for each name.

The default executor is not used: a name server that is away would fill it with waiting threads,
and the rest of the program stands still. A waiter that is cancelled goes at once; its look-up
goes on for the next one.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from refact_lsp.net.address import read_ip
from refact_lsp.net.errors import Kind, RequestError

logger = logging.getLogger(__name__)

_THREADS = 4
_LOOPBACK = ("127.0.0.1", "::1")

LookUp = Callable[[str], Sequence[str]]


def look_up(host: str) -> Sequence[str]:
    """Ask the system for a host's addresses, in its order of preference; it may take long."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class Resolver:
    """Answers addresses; `look_up` runs in a thread."""

    __slots__ = ("_executor", "_look_up", "_running")

    def __init__(self, find: LookUp = look_up) -> None:
        self._look_up = find
        self._executor: ThreadPoolExecutor | None = None
        self._running: dict[str, asyncio.Future[Sequence[str]]] = {}

    async def addresses(self, host: str) -> Sequence[str]:
        """Answer a host's addresses, or raise `RequestError`; `localhost` asks nobody."""
        if host.rstrip(".").lower() == "localhost":
            return _LOOPBACK
        if (found := read_ip(host)) is not None:
            return (str(found),)
        try:
            return await asyncio.shield(self._look(host))
        except (OSError, UnicodeError) as error:
            raise _not_found(host, error) from None

    def _look(self, host: str) -> asyncio.Future[Sequence[str]]:
        running = self._running.get(host)
        if running is None:
            if self._executor is None:
                self._executor = ThreadPoolExecutor(_THREADS, "names")
            loop = asyncio.get_running_loop()
            running = loop.run_in_executor(self._executor, self._look_up, host)
            self._running[host] = running
            running.add_done_callback(lambda done: self._done(host, done))
        return running

    def _done(self, host: str, done: asyncio.Future[Sequence[str]]) -> None:
        self._running.pop(host, None)
        if not done.cancelled() and done.exception() is not None:
            logger.debug("name look-up failed host=%s", host)

    def close(self) -> None:
        """Let go of the threads; one that waits for a name server ends by itself."""
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None


def _not_found(host: str, error: Exception) -> RequestError:
    code = error.args[0] if error.args and isinstance(error, socket.gaierror) else 0
    if code in {socket.EAI_AGAIN, socket.EAI_FAIL}:
        sentence = f"The name {host} cannot be looked up now; is this machine online?"
    else:
        sentence = f"There is no host {host}. Check the spelling of the URL."
    return RequestError(Kind.DNS, sentence)
