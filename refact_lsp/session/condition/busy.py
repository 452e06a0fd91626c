"""What takes long right now, and whether it has taken long enough to be shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable

SLOW_S = 0.3
"""Work that ends sooner is not worth a sign on the screen."""


class Busy:
    """Work under way, by name; each counts after a while of its own."""

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._waiting: dict[Hashable, asyncio.TimerHandle] = {}
        self._shown: set[Hashable] = set()

    def __bool__(self) -> bool:
        """Tell whether something takes long."""
        return bool(self._shown)

    def begin(self, name: Hashable, after_s: float = SLOW_S) -> None:
        """Note that work has begun; it counts after `after_s`, at once where that is 0."""
        if name in self._waiting or name in self._shown:
            return
        if after_s > 0:
            later = asyncio.get_running_loop().call_later(after_s, self._show, name)
            self._waiting[name] = later
        else:
            self._show(name)

    def end(self, name: Hashable) -> None:
        """Note that work has ended."""
        waiting = self._waiting.pop(name, None)
        if waiting is not None:
            waiting.cancel()
        if name in self._shown:
            self._shown.discard(name)
            self._on_change()

    def stop(self) -> None:
        """Forget all work, and tell nobody."""
        for waiting in self._waiting.values():
            waiting.cancel()
        self._waiting.clear()
        self._shown.clear()

    def _show(self, name: Hashable) -> None:
        self._waiting.pop(name, None)
        self._shown.add(name)
        self._on_change()
