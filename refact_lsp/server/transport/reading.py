"""Reads a descriptor to its end, in chunks, without blocking the loop or changing its flags.

Other processes may share the descriptor, so it stays as it is. A pipe or a socket is read when the
system says that something is there, which costs a tenth of what a thread does; files and terminals,
and whatever else cannot be asked about that, are read in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import threading
from typing import Protocol

from refact_lsp.server.transport.posting import post

logger = logging.getLogger(__name__)

CHUNK_BYTES = 256 * 1024
MAX_WAITING_CHUNKS = 64
"""More than this unread by the server, and the client has to wait."""


class Reader(Protocol):
    """Answers what comes from a descriptor."""

    def start(self) -> None:
        """Begin to read."""

    async def read(self) -> bytes:
        """Answer the next chunk; empty at the end."""


def reader_of(descriptor: int) -> Reader:
    """Answer the best way to read a descriptor here; on the event loop."""
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(descriptor, int)
        except (NotImplementedError, OSError):  # Windows
            return ReaderThread(descriptor)
        loop.remove_reader(descriptor)
        return PolledReader(descriptor)
    return ReaderThread(descriptor)


class PolledReader:
    """Reads on the event loop when something is there."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._is_full = False

    def start(self) -> None:
        """Begin to read."""
        self._loop.add_reader(self._descriptor, self._take)

    async def read(self) -> bytes:
        """Answer the next chunk; empty at the end."""
        chunk = await self._chunks.get()
        if self._is_full:
            self._is_full = False
            self.start()
        return chunk

    def _take(self) -> None:
        chunk = _read(self._descriptor)
        self._chunks.put_nowait(chunk)
        self._is_full = bool(chunk) and self._chunks.qsize() >= MAX_WAITING_CHUNKS
        if self._is_full or not chunk:
            self._loop.remove_reader(self._descriptor)


class ReaderThread:
    """Reads in a thread and hands the chunks to the loop."""

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
            chunk = _read(self._descriptor)
            self._room.acquire()
            if not post(self._loop, self._chunks.put_nowait, chunk):
                return


def _read(descriptor: int) -> bytes:
    """Answer what is there, nothing at the end or where reading fails."""
    try:
        return os.read(descriptor, CHUNK_BYTES)
    except OSError as error:
        logger.info("input_failed %s", error)
        return b""
