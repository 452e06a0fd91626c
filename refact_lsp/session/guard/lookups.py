"""Where the documents are, as far as it is known: looked up in a thread, many at a time."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refact_lsp.session.guard.whereabouts import Key, Whereabouts

FRESH_S = 5.0
"""Older knowledge still counts, and is looked up again when somebody asks for it."""

MAX_KNOWN = 8_192


@dataclass(frozen=True, slots=True)
class Known:
    """Where a document is now, and where it was when it was first looked up."""

    now: Whereabouts
    first: Whereabouts
    found_s: float


class Lookups:
    """Remembers where documents are; `look_up` runs in a thread.

    `on_found` is called with the documents of which something else is known than before.
    """

    def __init__(
        self,
        look_up: Callable[[Sequence[Key]], list[Whereabouts]],
        on_found: Callable[[Sequence[Key]], None],
        clock: Callable[[], float],
    ) -> None:
        self._look_up = look_up
        self._on_found = on_found
        self._clock = clock
        self._known: OrderedDict[Key, Known] = OrderedDict()
        self._wanted: dict[Key, None] = {}
        self._in_work: set[Key] = set()
        self._is_wanted = asyncio.Event()

    def get(self, key: Key) -> Known | None:
        """Answer what is known; has it looked up where that is nothing, or old."""
        known = self._known.get(key)
        if known is None or self._clock() - known.found_s > FRESH_S:
            self.want(key)
        return known

    def peek(self, key: Key) -> Known | None:
        """Answer what is known, and leave it at that."""
        return self._known.get(key)

    def want(self, key: Key) -> None:
        """Have a document looked up soon."""
        self._wanted[key] = None
        self._is_wanted.set()

    def forget(self, key: Key) -> None:
        """Know nothing of a document any more, also of what is being looked up."""
        self._known.pop(key, None)
        self._wanted.pop(key, None)
        self._in_work.discard(key)

    def learn(self, found: Sequence[tuple[Key, Whereabouts]]) -> None:
        """Take what was found."""
        others: list[Key] = []
        for key, at in found:
            known = self._known.pop(key, None)
            self._known[key] = Known(at, known.first if known else at, self._clock())
            if known is None or known.now != at:
                others.append(key)
        while len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        if others:
            self._on_found(others)

    async def work(self) -> None:
        """Look up what is wanted, for ever."""
        while True:
            await self._is_wanted.wait()
            self._is_wanted.clear()
            wanted, self._wanted = tuple(self._wanted), {}
            self._in_work = set(wanted)
            found = await asyncio.to_thread(self._look_up, wanted)
            pairs = zip(wanted, found, strict=True)
            self.learn([(key, at) for key, at in pairs if key in self._in_work])
            self._in_work.clear()
