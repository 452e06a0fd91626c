"""What waits to be written to a client: a queue that a slow reader cannot make endless.

Answers are never dropped; log and status messages are, oldest first, once too much waits.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

BOUND_BYTES = 4 * 1024 * 1024
"""Above this, what can be missed is dropped."""

HIGH_WATER_BYTES = 64 * 1024 * 1024
"""Above this, nothing more is read from the client until it reads."""


class Outbox:
    """Messages in order; put from any thread, taken by one writer, which `wake` wakes."""

    def __init__(self, wake: Callable[[], None], bound_bytes: int = BOUND_BYTES) -> None:
        self._wake = wake
        self._bound_bytes = bound_bytes
        self._lock = threading.Lock()
        self._waiting: deque[tuple[bytes, bool]] = deque()
        self._bytes = 0
        self.dropped = 0

    @property
    def waiting_bytes(self) -> int:
        """How much has not been taken yet."""
        return self._bytes

    def put(self, data: bytes, *, droppable: bool = False) -> None:
        """Queue one message."""
        with self._lock:
            if self._bytes + len(data) > self._bound_bytes:
                self._drop()
            if droppable and self._bytes + len(data) > self._bound_bytes:
                self.dropped += 1
                return
            self._waiting.append((data, droppable))
            self._bytes += len(data)
        self._wake()

    def take(self) -> bytes | None:
        """Answer the next message; None when nothing waits."""
        with self._lock:
            if not self._waiting:
                return None
            data, _ = self._waiting.popleft()
            self._bytes -= len(data)
            return data

    def _drop(self) -> None:
        kept = deque(entry for entry in self._waiting if not entry[1])
        self.dropped += len(self._waiting) - len(kept)
        self._waiting = kept
        self._bytes = sum(len(data) for data, _ in kept)
