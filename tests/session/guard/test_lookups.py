from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

from refact_lsp.session.guard.lookups import FRESH_S, Lookups
from refact_lsp.session.guard.whereabouts import Key, Whereabouts

KEY: Key = (Path("/p/a.py"), True)
OTHER: Key = (Path("/p/b.py"), True)


class Disk:
    """Looks documents up when it is let; a clock that only the test moves."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.real = Path("/p/a.py")
        self.asked: list[tuple[Key, ...]] = []
        self.found: list[Key] = []
        self.may_go = threading.Event()
        self.news = asyncio.Event()
        self.begun = asyncio.Event()
        self.loop = asyncio.get_running_loop()
        self.lookups = Lookups(self._look_up, self._found, lambda: self.now_s)
        self.working = asyncio.create_task(self.lookups.work())

    def _look_up(self, keys: Sequence[Key]) -> list[Whereabouts]:
        self.asked.append(tuple(keys))
        self.loop.call_soon_threadsafe(self.begun.set)
        self.may_go.wait(20)
        return [Whereabouts(path, self.real) for path, _ in keys]

    def _found(self, keys: Sequence[Key]) -> None:
        self.found += keys
        self.news.set()

    async def tells(self) -> None:
        await asyncio.wait_for(self.news.wait(), 20)
        self.news.clear()


async def test_documents_wanted_together_are_looked_up_together_and_once() -> None:
    disk = Disk()
    disk.may_go.set()
    for key in (KEY, OTHER, KEY):
        assert disk.lookups.get(key) is None
    await disk.tells()
    assert disk.asked == [(KEY, OTHER)]
    assert disk.lookups.get(KEY) is not None
    disk.working.cancel()


async def test_old_knowledge_counts_and_the_first_is_kept() -> None:
    disk = Disk()
    disk.may_go.set()
    disk.lookups.want(KEY)
    await disk.tells()
    disk.now_s, disk.real = FRESH_S + 1, Path("/elsewhere")
    known = disk.lookups.get(KEY)
    assert known is not None
    assert known.now.real == Path("/p/a.py")
    await disk.tells()
    known = disk.lookups.get(KEY)
    assert known is not None
    assert (known.first.real, known.now.real) == (Path("/p/a.py"), Path("/elsewhere"))
    disk.working.cancel()


async def test_document_closed_while_it_is_looked_up_is_not_remembered() -> None:
    disk = Disk()
    disk.lookups.want(KEY)
    disk.lookups.want(OTHER)
    await disk.begun.wait()
    disk.lookups.forget(KEY)
    disk.may_go.set()
    await disk.tells()
    assert disk.found == [OTHER]
    assert disk.lookups.peek(KEY) is None
    disk.working.cancel()
