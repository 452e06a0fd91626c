"""Files of a repository that look as if they chose where something is sent, and do not: told once.

Providers, keys and the models of roles are read from the user's own directory alone.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from refact_lsp.config.paths import home, real_path, user_directory
from refact_lsp.privacy.load import policy_of_folder, read_policy_file

NAMES = ("providers.d", "defaults.yaml", "bring-your-own-key.yaml")
OWN_FILES_ONLY = "are read from your own files only (~/.config/refact/providers.d)"
ONLY_NARROWS = "`send_to: '*'` changes nothing here: a repository may only narrow what is sent."


class UnreadFiles:
    """Looks into each folder once, in a thread, and tells what of it is not read."""

    def __init__(self, environ: Mapping[str, str], tell: Callable[[str], None]) -> None:
        self._environ = environ
        self._tell = tell
        self._seen: set[Path] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def look(self, folders: Sequence[Path]) -> None:
        """Look into folders that are new."""
        new = [each for each in folders if each not in self._seen]
        self._seen.update(new)
        if new:
            task = asyncio.create_task(self._look(new))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def stop(self) -> None:
        """End all work."""
        for task in self._tasks:
            task.cancel()

    async def _look(self, folders: Sequence[Path]) -> None:
        for each in folders:
            for sentence in await asyncio.to_thread(_sentences, self._environ, each):
                self._tell(sentence)


def _sentences(environ: Mapping[str, str], folder: Path) -> list[str]:
    try:
        return [*_of_providers(environ, folder / ".refact"), *_of_policy(environ, folder)]
    except (OSError, ValueError):  # nobody may look: then nobody reads it either
        return []


def _of_providers(environ: Mapping[str, str], folder: Path) -> Iterator[str]:
    if real_path(folder) == real_path(user_directory(environ)):
        return
    found = [name for name in NAMES if os.path.lexists(folder / name)]
    if found:
        names = " and ".join(str(folder / name) for name in found)
        yield f"Not read: {names}. Providers, keys and models {OWN_FILES_ONLY}."


def _of_policy(environ: Mapping[str, str], folder: Path) -> Iterator[str]:
    path = policy_of_folder(folder)
    policy, _ = read_policy_file(path, os.fspath(home(environ)))
    for rule in policy.rules if policy else ():
        if rule.send_to.is_everyone:
            yield f"{path}:{rule.line}: {ONLY_NARROWS}"
            return
