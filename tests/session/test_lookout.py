from __future__ import annotations

import asyncio

import pytest

from refact_lsp.session.lookout import Lookout


class Watched:
    """A thing that says when it has changed, and notes when it was told of."""

    def __init__(self) -> None:
        self.is_changed = False
        self.looks = 0
        self.looked = asyncio.Event()
        self.told = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def has_changed(self) -> bool:
        self.looks += 1
        self._loop.call_soon_threadsafe(self.looked.set)
        return self.is_changed


async def test_who_watches_is_told_of_a_change_and_of_nothing_else() -> None:
    lookout, quiet, changing = Lookout(0.001), Watched(), Watched()
    lookout.watch(quiet.has_changed, quiet.told.set)
    lookout.watch(changing.has_changed, changing.told.set)
    await changing.looked.wait()
    assert not changing.told.is_set()
    changing.is_changed = True
    await changing.told.wait()
    lookout.leave(quiet.has_changed)
    lookout.leave(changing.has_changed)
    assert not quiet.told.is_set()


async def test_look_that_fails_counts_as_a_change_and_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    lookout, told, other = Lookout(0.001), asyncio.Event(), Watched()
    other.is_changed = True

    def fail() -> bool:
        raise OSError("gone")

    lookout.watch(fail, told.set)
    lookout.watch(other.has_changed, other.told.set)
    await told.wait()
    await other.told.wait()
    lookout.leave(fail)
    lookout.leave(other.has_changed)
    assert "look_failed" in caplog.text


async def test_nothing_is_looked_at_once_nobody_watches() -> None:
    lookout, watched = Lookout(0.001), Watched()
    lookout.watch(watched.has_changed, watched.told.set)
    await watched.looked.wait()
    lookout.leave(watched.has_changed)
    await asyncio.to_thread(int)  # a look that had begun is over by now: threads take turns
    looks = watched.looks
    other = Watched()
    lookout.watch(other.has_changed, other.told.set)
    await other.looked.wait()
    lookout.leave(other.has_changed)
    assert watched.looks == looks
