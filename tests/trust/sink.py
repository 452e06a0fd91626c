"""A server that nobody may reach: it counts who comes, over IPv4 and IPv6, and says nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Sink:
    """Listens on one port of both loopback addresses; `reached` holds the first bytes of each."""

    def __init__(self) -> None:
        self.reached: list[bytes] = []
        self._came = threading.Condition()
        first = socket.create_server(("127.0.0.1", 0))
        self.port: int = first.getsockname()[1]
        self._sockets = [first]
        with suppress(OSError):  # a machine without IPv6, or the port is taken there
            self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for each in self._sockets:
            threading.Thread(target=self._accept, args=(each,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for(self, count: int, limit_s: float = 10.0) -> set[bytes]:
        """Wait until so many have come, and answer what they said."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.reached) >= count, limit_s)
        return set(self.reached)

    def close(self) -> None:
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):  # closed at the end of the test
            while True:
                connection, _ = listening.accept()
                with connection:
                    connection.settimeout(2)
                    data = b""
                    with suppress(OSError):
                        data = connection.recv(65_536)
                with self._came:
                    self.reached.append(data)
                    self._came.notify_all()


@contextmanager
def sinking() -> Iterator[Sink]:
    sink = Sink()
    try:
        yield sink
    finally:
        sink.close()
