"""The indexes of the folders an editor has open, and when they are brought up to date."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from refact_lsp.workspace.index import IndexProgress, WorkspaceIndex

logger = logging.getLogger(__name__)

MAX_FOLDERS = 8
QUIET_S = 3.0
"""Changes of files are gathered this long before the workspace is read again."""

ProgressListener = Callable[[Path, IndexProgress | None], None]
"""Called with a folder and how far reading it is; None when it has ended."""


BlockedPatterns = Callable[[Path], Awaitable[Sequence[str] | None]]
"""Answers what of a folder is not indexed, by patterns; None: nothing new of it is, now."""


async def _nothing_blocked(_root: Path) -> Sequence[str]:
    return ()


@dataclass(slots=True)
class _Folder:
    index: WorkspaceIndex
    refreshing: asyncio.Task[None] | None = None
    is_stale: bool = True


@dataclass(slots=True)
class Workspaces:
    """One index a folder; all work on them is done by tasks of this object."""

    cache_directory: Path
    on_progress: ProgressListener
    on_notice: Callable[[str], None]
    quiet_s: float = QUIET_S
    on_begin: Callable[[Path], None] = field(default=lambda _root: None)
    blocked: BlockedPatterns = field(default=_nothing_blocked)
    _folders: dict[Path, _Folder] = field(default_factory=dict)
    _wanted: list[Path] = field(default_factory=list)
    _additional: tuple[Path, ...] = ()

    def indexes(self) -> Sequence[WorkspaceIndex]:
        """The indexes of all open folders."""
        return [folder.index for folder in self._folders.values()]

    def add(self, root: Path) -> None:
        """Begin to read a folder; one inside another that is read already is covered by it."""
        if root not in self._wanted:
            self._wanted.append(root)
        self._read_what_is_wanted()

    def remove(self, root: Path) -> None:
        """Forget a folder and end the reading of it; folders inside it are read by themselves."""
        if root in self._wanted:
            self._wanted.remove(root)
        folder = self._folders.pop(root, None)
        if folder is not None:
            _end(folder)
        self._read_what_is_wanted()

    def set_additional(self, folders: Sequence[Path]) -> None:
        """Read these folders besides the open ones, and no others that were given before."""
        gone = set(self._additional).difference(folders, self._wanted)
        self._additional = tuple(folders)
        for folder in gone:
            self.remove(folder)
        self._read_what_is_wanted()

    def read_again(self) -> None:
        """Read every folder again: what is indexed is chosen by other rules."""
        for folder in self._folders.values():
            self._refresh(folder, after_s=0.0)

    def _read_what_is_wanted(self) -> None:
        for root in (*self._wanted, *self._additional):
            covered = any(root.is_relative_to(known) for known in self._folders)
            if covered or len(self._folders) >= MAX_FOLDERS or not root.is_dir():
                continue
            folder = self._folders[root] = _Folder(WorkspaceIndex(root, self.cache_directory))
            if folder.index.notice:
                self.on_notice(folder.index.notice)
            self._refresh(folder, after_s=0.0)

    def changed(self, path: Path) -> None:
        """Note that a file has changed on disk; its folder is read again soon."""
        for root, folder in self._folders.items():
            folder.index.invalidate(path)
            if path.is_relative_to(root):
                self._refresh(folder, after_s=self.quiet_s)

    def reload(self) -> int:
        """Have every folder read again now; answer how many there are."""
        for folder in self._folders.values():
            self._refresh(folder, after_s=0.0)
        return len(self._folders)

    def clear(self) -> int:
        """Forget what was learned, also on disk, and read everything anew; answer how many."""
        for folder in self._folders.values():
            _end(folder)
            folder.index.drop_segment()
        self._folders.clear()
        self._read_what_is_wanted()
        return len(self._folders)

    def close(self) -> None:
        """End all reading."""
        self._wanted.clear()
        for root in list(self._folders):
            self.remove(root)

    def _refresh(self, folder: _Folder, after_s: float) -> None:
        folder.is_stale = True
        if folder.refreshing is None or folder.refreshing.done():
            folder.refreshing = asyncio.create_task(self._keep_current(folder, after_s))

    async def _keep_current(self, folder: _Folder, after_s: float) -> None:
        root = folder.index.root
        while folder.is_stale:
            await asyncio.sleep(after_s)
            folder.is_stale = False
            self.on_begin(root)
            try:
                blocked = await self.blocked(root)
                if blocked is not None:
                    await folder.index.refresh(partial(self.on_progress, root), blocked)
            except OSError:
                logger.exception("index_failed root=%s", root)
            finally:
                self.on_progress(root, None)
            after_s = self.quiet_s


def _end(folder: _Folder) -> None:
    folder.index.close()
    if folder.refreshing is not None:
        folder.refreshing.cancel()
