"""What the user's files say of indexing, kept current while the server runs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from refact_lsp.config.paths import user_directory, workspace_around_user_directory
from refact_lsp.config.problems import Problem
from refact_lsp.session.guard.gate import PrivacyGate
from refact_lsp.session.guard.policies import Stamp, stamp_of
from refact_lsp.session.lookout import Lookout

FILE_NAME = "indexing.yaml"
NOT_READ = "Nothing new is indexed until it is mended."


class Indexing:
    """Answers what of a folder is not indexed: by `indexing.yaml`, and by the privacy policies.

    A broken file leaves what was good before; without that nothing new is indexed. `on_change` is
    called when folders should be read again, `on_folders` with the folders read besides.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        privacy: PrivacyGate,
        tell: Callable[[str], None] = lambda _sentence: None,
        lookout: Lookout | None = None,
    ) -> None:
        self.problems: tuple[Problem, ...] = ()
        self.on_change: Callable[[], None] = lambda: None
        self.on_folders: Callable[[Sequence[Path]], None] = lambda _folders: None
        self._environ = environ
        self._privacy = privacy
        self._tell = tell
        self._user_file = user_directory(environ) / FILE_NAME
        self._stamps: dict[Path, Stamp] = {}
        self._blocklists: dict[Path, tuple[str, ...]] = {}
        self._used: dict[Path, tuple[str, ...] | None] = {}
        self._additional: tuple[Path, ...] = ()
        self._look_now = asyncio.Event()
        self._lookout = lookout or Lookout()
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look at the files; does nothing the second time."""
        if self._watching is None:
            self._watching = asyncio.create_task(self._watch())
            self._lookout.watch(self._has_changed, self._look_now.set)

    def stop(self) -> None:
        """End all work."""
        if self._watching is not None:
            self._watching.cancel()
            self._lookout.leave(self._has_changed)

    def saved(self, path: Path) -> None:
        """Note that a file was written; ours is read at once."""
        if path.name == FILE_NAME:
            self._look_now.set()

    def policies_changed(self) -> None:
        """Have read again what other policies leave out other files of."""
        if any(self._patterns(root) != used for root, used in self._used.items()):
            self.on_change()

    async def blocked(self, root: Path) -> tuple[str, ...] | None:
        """Answer what of a folder is not indexed; None: nothing new of it is, now."""
        self.start()
        await self._privacy.loaded()
        await self._read(root)
        self._used[root] = self._patterns(root)
        return self._used[root]

    def _patterns(self, root: Path) -> tuple[str, ...] | None:
        private = self._privacy.blocked_patterns(root)
        own = self._blocklists.get(root)
        return None if private is None or own is None else own + private

    async def _read(self, root: Path | None) -> None:
        own = [] if root is None else [root / ".refact" / FILE_NAME]
        files, folders = (self._user_file, *own), self._privacy.folders
        read = await asyncio.to_thread(_read, self._environ, root, files, folders)
        self._stamps.update(read.stamps)
        if read.problems != self.problems and read.problems:
            self._tell(f"{read.problems[0]} {NOT_READ}")
        self.problems = read.problems
        if read.blocklist is not None and root is not None:
            self._blocklists[root] = read.blocklist
        if read.blocklist is not None and read.additional != self._additional:
            self._additional = read.additional
            self.on_folders(self._additional)

    async def _watch(self) -> None:
        await self._read(None)
        while True:
            await self._look_now.wait()
            self._look_now.clear()
            if await asyncio.to_thread(self._has_changed):
                await self._read(None)
                self.on_change()

    def _has_changed(self) -> bool:
        """Look, in a thread, whether there is something to read."""
        before = dict(self._stamps)
        return _stamps(before) != before


@dataclass(frozen=True, slots=True)
class _Read:
    """What the files of one folder say; `blocklist` is None when one is broken."""

    stamps: Mapping[Path, Stamp]
    blocklist: tuple[str, ...] | None = ()
    additional: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()


def _read(
    environ: Mapping[str, str], root: Path | None, files: Sequence[Path], folders: Sequence[Path]
) -> _Read:
    """Read the files of one folder, in a thread; what reads YAML is imported when there is any.

    A user's directory that lies in an open folder may be a repository's: it adds no folder.
    """
    stamps = _stamps(files)
    if not any(map(os.path.lexists, files)):
        return _Read(stamps)
    from refact_lsp.config.indexing import load_indexing  # noqa: PLC0415 - see above

    rules, problems = load_indexing(environ, root)
    if rules is None:
        return _Read(stamps, None, problems=problems)
    is_users = workspace_around_user_directory(environ, folders) is None
    additional = rules.additional_dirs if is_users else ()
    return _Read(stamps, rules.blocklist, additional, problems)


def _stamps(files: Iterable[Path]) -> dict[Path, Stamp]:
    return {file: stamp_of(file) for file in files}
