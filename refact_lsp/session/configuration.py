"""The user's files, live: read after the start, and again whenever one of them changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from refact_lsp.config.problems import Problem, nearest
from refact_lsp.config.watched import Look, look_at
from refact_lsp.errors import ConfigError
from refact_lsp.session.lookout import Lookout
from refact_lsp.session.uris import path_of
from refact_lsp.text.lines import Text, utf8
from refact_lsp.text.snapshot import DocumentSnapshot

if TYPE_CHECKING:  # both bring the YAML reader with them, which the start does not wait for
    from refact_lsp.config.choose import Choice
    from refact_lsp.config.listed import Listed
    from refact_lsp.config.load import Configuration

logger = logging.getLogger(__name__)

QUIET_S = 0.05
"""A file is read once it has not changed this long: a save may take several steps."""

MAX_WAITS = 20
"""A file that never comes to rest is read after so many of them."""


class LiveConfiguration:
    """What the user's files say, as of the last look at them. Touched on the event loop only.

    `current` is None until they were read for the first time, and is swapped as a whole: whatever
    is running keeps the object that it began with. `problems` follow the text of files that are
    open in the editor; what is in force comes from the disk alone. `on_change` is called after
    each reading and each change of the editor's wishes, `make_ready` in a thread before what was
    read counts. `listed` answers what servers say they have, in a thread too.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        documents: Callable[[], Sequence[DocumentSnapshot]],
        on_change: Callable[[], None],
        make_ready: Callable[[Configuration], None] = lambda _loaded: None,
        listed: Callable[[], Mapping[str, Listed]] = dict,
        lookout: Lookout | None = None,
    ) -> None:
        self.current: Configuration | None = None
        self.problems: tuple[Problem, ...] = ()
        self.roles: Mapping[str, Choice] = {}
        self.wish_problems: tuple[Problem, ...] = ()
        self._environ = dict(environ)
        self._documents = documents
        self._on_change = on_change
        self._make_ready = make_ready
        self._lookout = lookout or Lookout()
        self._listed = listed
        self._wishes: Mapping[str, str] = {}
        self._folders: tuple[Path, ...] = ()
        self._look: Look | None = None
        self._drafts: Mapping[Path, Text] = {}
        self._is_stale = False
        self._poked = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._work: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to read, and to look for changes."""
        if self._work is None:
            self._work = asyncio.create_task(self._live())
            self._lookout.watch(self._has_changed, self._poked.set)

    def stop(self) -> None:
        """Look no more; whoever waits is let go."""
        if self._work is not None:
            self._work.cancel()
            self._lookout.leave(self._has_changed)
        self._let_go(self._waiting)

    async def settled(self) -> None:
        """Wait until a look that began after this call is over, and all it found was read."""
        if self._work is None or self._work.done():
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._poked.set()
        await done

    def choice(self, role: str) -> Choice:
        """Answer which model a role has; the role by its name or one of Refact's.

        Raises ConfigError for what is no role, and before the files were read.
        """
        if self.current is None:
            raise ConfigError("Your provider files are not read yet; try again in a moment.")
        if role in self.roles:
            return self.roles[role]
        from refact_lsp.config.choose import find_role  # noqa: PLC0415 - imported with the files

        if found := find_role(role):
            return self.roles[found]
        raise ConfigError(f"No role is called {role!r}.{nearest(role, self.roles)}")

    def wish(self, models: Mapping[str, str]) -> None:
        """Take over the models that the editor's settings want for roles."""
        if models != self._wishes:
            self._wishes = dict(models)
            self._choose()
            self._on_change()

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Take the open folders: a directory in one of them may not be the user's."""
        if tuple(folders) != self._folders:
            self._folders = tuple(folders)
            self.reread()

    def touched(self, path: Path) -> None:
        """Somebody says that a file has changed: if it is one of the user's it is read at once."""
        if self._look is not None and self._look.place(path) is not None:
            self._is_stale = True
            self._poked.set()

    def reread(self) -> None:
        """Read everything anew at once."""
        self._is_stale = True
        self._poked.set()

    def typed(self, uri: str) -> None:
        """The text of an open document is another: if it is a file of the user's, check it."""
        if self._look is None or not uri.endswith((".yaml", ".yml")):
            return
        path = path_of(uri)
        if path is not None and self._look.place(path) is not None:
            self._poked.set()

    async def _live(self) -> None:
        while True:
            self._poked.clear()
            waiting, self._waiting = self._waiting, []
            try:
                await self._refresh()
            except Exception:
                logger.exception("configuration_failed")
            finally:
                self._let_go(waiting)
            await self._poked.wait()

    def _has_changed(self) -> bool:
        """Look, in a thread, whether there is something to read."""
        before = self._look
        return before is not None and look_at(self._environ, before) is not before

    async def _refresh(self) -> None:
        """Read what changed since the last time: all files anew, they are few and small."""
        is_told, self._is_stale = self._is_stale, False
        look = await asyncio.to_thread(look_at, self._environ, self._look)
        if look is not self._look and self._look is not None:
            look = await self._at_rest(look)
        has_changed = is_told or look is not self._look
        self._look = look
        drafts = self._open_texts(look)
        if not has_changed and drafts == self._drafts:
            return
        self._drafts = drafts
        loaded = await asyncio.to_thread(self._load, self.current, drafts)
        await asyncio.to_thread(self._make_ready, loaded)
        if await asyncio.to_thread(look_at, self._environ, look) is not look:
            self._is_stale = True  # what was read may be neither of the two: read once more
            self._poked.set()
        self._take(loaded)

    async def _at_rest(self, look: Look) -> Look:
        """Wait for the end of a save in several steps; answer how the directory looks then."""
        for _ in range(MAX_WAITS):
            await asyncio.sleep(QUIET_S)
            again = await asyncio.to_thread(look_at, self._environ, look)
            if again is look:
                break
            look = again
        return look

    def _open_texts(self, look: Look) -> Mapping[Path, Text]:
        drafts: dict[Path, Text] = {}
        for document in self._documents():
            path = path_of(document.uri) if document.uri.endswith((".yaml", ".yml")) else None
            if path is not None and (place := look.place(path)) is not None:
                drafts[place] = document.text
        return drafts

    def _take(self, loaded: Configuration) -> None:
        if self.current is None or not _is_same(loaded, self.current):
            self.current = loaded
            self._choose()
            logger.info("configuration problems=%d kept=%s", len(loaded.problems), loaded.kept)
        self.problems = loaded.editor_problems
        self._on_change()

    def _choose(self) -> None:
        if self.current is None:
            return
        from refact_lsp.config.choose import (  # noqa: PLC0415 - imported with the files
            choose_roles,
            read_wishes,
        )

        providers, defaults = self.current.providers, self.current.defaults
        wishes, self.wish_problems = read_wishes(self._wishes, providers)
        self.roles, _ = choose_roles(providers, defaults, wishes)

    def _load(self, before: Configuration | None, drafts: Mapping[Path, Text]) -> Configuration:
        from refact_lsp.config.load import load_configuration  # noqa: PLC0415 - off the event loop

        texts = {path: utf8(str(text)) for path, text in drafts.items()}
        return load_configuration(
            self._environ,
            before=before,
            open_texts=texts,
            listed=self._listed(),
            folders=self._folders,
        )

    @staticmethod
    def _let_go(waiting: Sequence[asyncio.Future[None]]) -> None:
        for each in waiting:
            if not each.done():
                each.set_result(None)


def _is_same(one: Configuration, other: Configuration) -> bool:
    """Whether the same is in force and the same is wrong; buffers of the editor do not count."""
    return replace(one, editor_problems=()) == replace(other, editor_problems=())
