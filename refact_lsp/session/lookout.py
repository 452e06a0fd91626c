"""Looks at files on the disk once a second, for all who want to know when one has changed.

Nobody says so by itself: the files lie outside of what editors watch. One look for all costs a
third of three.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

logger = logging.getLogger(__name__)

EVERY_S = 1.0


class Lookout:
    """Looks as long as somebody watches. Touched on the event loop only."""

    def __init__(self, every_s: float = EVERY_S) -> None:
        self._every_s = every_s
        self._watched: dict[Callable[[], bool], Callable[[], None]] = {}
        self._work: asyncio.Task[None] | None = None

    def watch(self, has_changed: Callable[[], bool], tell: Callable[[], None]) -> None:
        """Have `tell` called on the loop whenever `has_changed`, called in a thread, says so."""
        self._watched[has_changed] = tell
        if self._work is None:
            self._work = asyncio.create_task(self._look_again())

    def leave(self, has_changed: Callable[[], bool]) -> None:
        """Ask no more whether this has changed."""
        self._watched.pop(has_changed, None)
        if not self._watched and self._work is not None:
            self._work.cancel()
            self._work = None

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            for has_changed in await asyncio.to_thread(_changed, tuple(self._watched)):
                if tell := self._watched.get(has_changed):
                    tell()


def _changed(watched: tuple[Callable[[], bool], ...]) -> list[Callable[[], bool]]:
    return [each for each in watched if _has_changed(each)]


def _has_changed(watched: Callable[[], bool]) -> bool:
    try:
        return watched()
    except Exception:
        logger.exception("look_failed")
        return True  # whoever watches looks closer, and says what is wrong
