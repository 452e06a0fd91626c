"""The user's directory as seen from outside: which files it has, and when each was changed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp.config.paths import real_path, user_directory

Stamp = tuple[str, tuple[int, ...]]
"""A path, and the numbers that change with what it holds; one number is why it cannot be seen."""


def is_user_file(name: str) -> bool:
    """Answer whether a file of this name is read; swap files and backups of editors are not."""
    return name.endswith((".yaml", ".yml")) and not name.startswith(".")


@dataclass(frozen=True, slots=True)
class Look:
    """The user's directory at one moment; equal while nothing in it has changed.

    `places` leads from every spelling of a file or folder that is known to the one that we use:
    an editor may have opened the target of a link.
    """

    folder: Path
    stamps: tuple[Stamp, ...]
    places: Mapping[Path, Path] = field(default_factory=dict, compare=False)

    def place(self, path: Path) -> Path | None:
        """Answer one of the user's files (it need not exist yet) as we call it, or None."""
        if path in self.places:
            return self.places[path]
        parent = self.places.get(path.parent)
        return parent / path.name if parent and is_user_file(path.name) else None


def look_at(environ: Mapping[str, str], before: Look | None = None) -> Look:
    """Look at the directory and its `providers.d`; answers `before` itself if nothing changed.

    A replaced file is seen by its inode, one written with an older date by its change time.
    """
    folder = user_directory(environ)
    folders = (folder, folder / "providers.d")
    now = Look(folder, tuple(stamp for each in folders for stamp in _stamps(each)))
    if now == before:
        return before
    paths = [*folders, *(Path(name) for name, _ in now.stamps)]
    places = {spelling: path for path in paths for spelling in (real_path(path), path)}
    return Look(now.folder, now.stamps, places)


def _stamps(folder: Path) -> Iterator[Stamp]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(each.name for each in entries if is_user_file(each.name))
    except OSError as error:
        yield str(folder), (error.errno or 0,)
        return
    for name in names:
        path = folder / name
        try:
            found = path.stat()
        except OSError as error:
            yield str(path), (error.errno or 0,)
        else:
            times = found.st_mtime_ns, found.st_ctime_ns
            yield str(path), (*times, found.st_size, found.st_ino, found.st_dev, found.st_mode)
