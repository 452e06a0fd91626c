"""Standard input and output as a protocol's own: nothing else may read or write them.

Both are moved to other descriptors before anything can print, so that a stray `print`, a library
or a child process reaches standard error instead of the client, and no child holds them open.
Reading and writing happen in threads: that works for pipes, files and terminals on every system,
leaves the descriptors' flags alone (other processes may share them), and never blocks the loop.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable

from refact_lsp.server.transport.outbox import Outbox

logger = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
MAX_WAITING_CHUNKS = 64
"""More than this unread by the server, and the client has to wait."""

_STDIN, _STDOUT, _STDERR = 0, 1, 2


def claim() -> tuple[int, int]:
    """Answer descriptors for what the client sends and reads; the standard ones lead elsewhere."""
    null = os.open(os.devnull, os.O_RDWR)
    try:
        os.fstat(_STDERR)
    except OSError:
        os.dup2(null, _STDERR)
    source, target = _moved(_STDIN, null), _moved(_STDOUT, _STDERR)
    sys.stdout = sys.stderr
    os.close(null)
    return source, target


def _moved(descriptor: int, successor: int) -> int:
    """Answer a private copy of a descriptor (not inherited), and put another in its place."""
    try:
        copy = os.dup(descriptor)
    except OSError:
        copy = os.open(os.devnull, os.O_RDWR)  # started without it: at its end from the beginning
    os.dup2(successor, descriptor)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        msvcrt.setmode(copy, os.O_BINARY)
    return copy


class ReaderThread:
    """Reads a descriptor to its end and hands the chunks to the loop."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._room = threading.BoundedSemaphore(MAX_WAITING_CHUNKS)

    def start(self) -> None:
        """Begin to read."""
        threading.Thread(target=self._run, name="client-reader", daemon=True).start()

    async def read(self) -> bytes:
        """Answer the next chunk; empty at the end."""
        chunk = await self._chunks.get()
        self._room.release()
        return chunk

    def _run(self) -> None:
        chunk = b"-"
        while chunk:
            try:
                chunk = os.read(self._descriptor, CHUNK_BYTES)
            except OSError as error:
                logger.info("input_failed %s", error)
                chunk = b""
            self._room.acquire()
            if not _post(self._loop, self._chunks.put_nowait, chunk):
                return


class WriterThread:
    """Writes what an outbox holds to a descriptor; the client may read as slowly as it likes."""

    def __init__(self, descriptor: int, on_closed: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_closed = on_closed
        self._loop = asyncio.get_running_loop()
        self._news = threading.Event()
        self._is_ending = False
        self._thread = threading.Thread(target=self._run, name="client-writer", daemon=True)
        self.outbox = Outbox(self._news.set)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def finish(self, limit_s: float) -> None:
        """Let what is left be written, as far as the client reads it within the limit."""
        self._is_ending = True
        self._news.set()
        self._thread.join(limit_s)

    def _run(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            is_last = self._is_ending
            try:
                while data := self.outbox.take():
                    _write_all(self._descriptor, data)
            except OSError as error:
                logger.info("output_failed %s", error)
                _post(self._loop, self._on_closed)
                return
            if is_last:
                return


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _post(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: object) -> bool:
    """Call something on the loop; False when the loop is closed, and nobody listens any more."""
    try:
        loop.call_soon_threadsafe(call, *arguments)
    except RuntimeError:
        return False
    return True
