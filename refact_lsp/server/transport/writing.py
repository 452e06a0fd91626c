"""Writes messages to a descriptor, without blocking the loop or changing the descriptor's flags.

What fits at once is written by whoever puts it into the outbox; a thread writes the rest, as slowly
as the client reads.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import socket
import stat
import threading
from collections.abc import Callable

from refact_lsp.server.transport.outbox import Outbox
from refact_lsp.server.transport.posting import post

logger = logging.getLogger(__name__)

AT_ONCE_BYTES = 64 * 1024
"""A longer message is not written on the event loop."""


class Writer:
    """Writes what its outbox holds; `on_closed` is called on the loop when nobody reads."""

    def __init__(self, descriptor: int, on_closed: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_closed = on_closed
        self._loop = asyncio.get_running_loop()
        self._at_once = at_once(descriptor)
        self._writing = threading.Lock()
        self._rest = b""
        self._news = threading.Event()
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="client-writer", daemon=True)
        self.outbox = Outbox(self._take_note)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def finish(self, limit_s: float) -> None:
        """Let what is left be written, as far as the client reads it within the limit."""
        self._is_ending = True
        self._news.set()
        self._thread.join(limit_s)
        self._at_once.close()

    def _take_note(self) -> None:
        """Write what waits, as far as that goes at once; the thread does the rest."""
        if not self._writing.acquire(blocking=False):
            self._news.set()
            return
        try:
            while not self._rest and (data := self.outbox.take()):
                self._rest = data[self._at_once.write(data) :]
        finally:
            self._writing.release()
        if self._rest:
            self._news.set()

    def _run(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            is_last = self._is_ending
            try:
                with self._writing:
                    self._write_all()
            except OSError as error:
                logger.info("output_failed %s", error)
                post(self._loop, self._on_closed)
                return
            if is_last:
                return

    def _write_all(self) -> None:
        while data := self._rest or self.outbox.take():
            self._rest = b""
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]


def at_once(descriptor: int) -> AtOnce:
    """Answer how to write to a descriptor without waiting."""
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISSOCK(mode) and hasattr(socket, "MSG_DONTWAIT"):
        return ToSocket(descriptor)
    if stat.S_ISFIFO(mode) and hasattr(select, "poll"):
        return ToPipe(descriptor)
    return AtOnce()


class AtOnce:
    """Writes nothing: for files and terminals, which cannot be asked whether they take it."""

    def write(self, data: bytes) -> int:  # noqa: ARG002 - for those that do
        """Answer how many bytes could be written without waiting; failures are left to others."""
        return 0

    def close(self) -> None:
        """Write no more."""


class ToSocket(AtOnce):
    """Writes as much as the socket takes."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=os.dup(descriptor))

    def write(self, data: bytes) -> int:
        """Answer how many bytes the socket took."""
        try:
            return self._socket.send(data[:AT_ONCE_BYTES], socket.MSG_DONTWAIT)
        except OSError:
            return 0

    def close(self) -> None:
        """Let go of the socket; the descriptor stays open."""
        self._socket.close()


class ToPipe(AtOnce):
    """Writes short messages to a pipe that has room: so many bytes never wait then (POSIX)."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._room = select.poll()
        self._room.register(descriptor, select.POLLOUT)

    def write(self, data: bytes) -> int:
        """Answer how many bytes were written: all or none."""
        has_room = self._room.poll(0) == [(self._descriptor, select.POLLOUT)]
        if len(data) > select.PIPE_BUF or not has_room:
            return 0
        try:
            return os.write(self._descriptor, data)
        except OSError:
            return 0
