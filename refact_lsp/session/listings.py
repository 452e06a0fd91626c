"""Which models the user's servers have: asked in the background, told to the configuration.

What talks to servers is imported when the user's files first name one with a list, in a thread.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from refact_lsp.config.paths import LISTS_FILE, cache_directory

if TYPE_CHECKING:  # all bring pydantic or the YAML reader with them, which the start waits not for
    from refact_lsp.config.listed import Listed
    from refact_lsp.config.load import Configuration
    from refact_lsp.config.resolve import Instance
    from refact_lsp.providers.discovery.store import Memory
    from refact_lsp.providers.model import Services

logger = logging.getLogger(__name__)

FRESH_S = 600.0
"""A list is not asked for again before this, unless the user wants it or the file changes."""

AWAY_S = 30.0
"""... and a server that did not answer is asked again after this: it may be starting."""


class Listings:
    """Keeps the lists of servers current. Touched on the event loop only, but for `listed`.

    `services` answers what servers are asked with, `on_change` is called when a list says something
    new, `now` is the time in seconds since 1970. `asks` can be switched off before the beginning:
    then only what was remembered counts.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        services: Callable[[], Services],
        on_change: Callable[[], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.asks = True
        self._folder: Path = cache_directory(environ)
        self._on_change = on_change
        self._now = now
        self._services = services
        self._reading = threading.Lock()
        self._remembered: Memory | None = None
        self._listed: Mapping[str, Listed] = {}
        self._instances: tuple[Instance, ...] = ()
        self._wanted: set[str] = set()
        self._poked = asyncio.Event()
        self._work: asyncio.Task[None] | None = None
        self._is_written = b""

    def listed(self) -> Mapping[str, Listed]:
        """Answer what servers list; in a thread, because the first time it reads a file."""
        if self._remembered is None and not os.path.lexists(self._folder / LISTS_FILE):
            return {}
        self._memory()
        return self._listed

    def problems(self) -> Mapping[str, str]:
        """Answer what is wrong with servers, a sentence each, by instance."""
        return {name: each.problem for name, each in self._listed.items() if each.problem}

    def configured(self, current: Configuration) -> None:
        """Ask the servers of these files in the background: those that are new or changed."""
        if not self.asks:
            return
        if not any(map(_has_list, current.providers.instances.values())) and self._work is None:
            return  # nothing of it is even imported
        before = {each.name: each.settings for each in self._instances}
        self._instances = tuple(filter(_has_list, current.providers.instances.values()))
        new = {each.name for each in self._instances if before.get(each.name) != each.settings}
        if new or len(before) != len(self._instances):
            self._poked.set()
        self._wanted |= {name for name in new if name in before}
        if self._work is None:
            self._work = asyncio.create_task(self._live(), name="servers")

    def ask_again(self) -> None:
        """Ask all servers now, however fresh their lists are."""
        self._wanted |= {each.name for each in self._instances}
        self._poked.set()

    def doubt(self, instance: str) -> bool:
        """Ask a server again that its list may be wrong of, unless that was just asked for.

        Answers whether it is asked.
        """
        known = self._remembered.servers.get(instance) if self._remembered else None
        if known is None or self._now() - known.asked_s < AWAY_S:
            return False
        self._wanted.add(instance)
        self._poked.set()
        return True

    def stop(self) -> None:
        """Ask no more."""
        if self._work is not None:
            self._work.cancel()

    async def _live(self) -> None:
        memory = await asyncio.to_thread(self._memory)
        memory.move_to(self._services().known)
        while True:
            self._poked.clear()
            try:
                await self._refresh(memory)
            except Exception:
                logger.exception("discovery_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._poked.wait()

    def _pause_s(self) -> float:
        return AWAY_S if any(self.problems()) else FRESH_S

    async def _refresh(self, memory: Memory) -> None:
        """Ask the servers whose lists are not fresh, and tell what is new."""
        services = self._services()
        memory.keep_only(each.name for each in self._instances)
        due = [each for each in self._instances if self._is_due(each, memory)]
        self._wanted.clear()
        if due:
            from refact_lsp.providers.discovery.discover import (  # noqa: PLC0415 - loaded by now
                discover_all,
            )

            found = await discover_all(due, services.client, services.keys, memory.known)
            memory.take(found, self._now())
            logger.info("discovery %s", [(each.instance, len(each.models)) for each in found])
        await self._keep(memory)
        listed = memory.listed()
        if listed != self._listed:
            self._listed = listed
            self._on_change()

    def _is_due(self, instance: Instance, memory: Memory) -> bool:
        from refact_lsp.config.listed import server_of  # noqa: PLC0415 - loaded by now

        known = memory.servers.get(instance.name)
        if known is None or known.url != server_of(instance.settings):
            return True
        fresh_s = AWAY_S if known.kind else FRESH_S
        is_fresh = 0 <= self._now() - known.asked_s < fresh_s
        return instance.name in self._wanted or not is_fresh

    async def _keep(self, memory: Memory) -> None:
        content = memory.as_file(self._now())
        if content == self._is_written:
            return
        from refact_lsp.providers.discovery.store import write_memory  # noqa: PLC0415 - loaded

        try:
            await asyncio.to_thread(write_memory, self._folder, content)
            self._is_written = content
        except OSError as error:
            logger.warning("discovery_not_kept %s", error.strerror)

    def _memory(self) -> Memory:
        """Read what was known when a server last ran; in a thread."""
        with self._reading:
            if self._remembered is None:
                from refact_lsp.providers.discovery.store import (  # noqa: PLC0415 - off the loop
                    read_memory,
                )

                self._remembered = read_memory(self._folder, self._now())
                self._listed = self._remembered.listed()
            return self._remembered


def _has_list(instance: Instance) -> bool:
    return not instance.off and bool(instance.settings.discovery.kind)
