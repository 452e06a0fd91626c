"""Folders held open, so that nothing that changes meanwhile leads out of the one at the top.

Names are looked up one by one below a folder that is open already, and no link is followed, not
even one that takes the place of a folder between two looks. Where the system cannot do that, a
file is opened by its path, and read only when its real path proves to be below the top.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

_FILE_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)
_FOLDER_FLAGS = _FILE_FLAGS | getattr(os, "O_DIRECTORY", 0)
HOLDS_FOLDERS = (
    os.open in os.supports_dir_fd
    and os.stat in os.supports_dir_fd
    and os.scandir in os.supports_fd
    and hasattr(os, "O_NOFOLLOW")
    and hasattr(os, "O_DIRECTORY")
)
"""Whether this system opens a name below an open folder."""


class Folder(Protocol):
    """A folder at or below the top. What cannot be looked at raises OSError."""

    @property
    def path(self) -> Path:
        """Its path when it was opened."""

    def entries(self) -> list[os.DirEntry[str]]:
        """Answer what is in it, sorted by name."""

    def has(self, name: str) -> bool:
        """Answer whether there is an entry of this name."""

    def child(self, name: str) -> Folder:
        """Open a folder in it; one that is a link is refused."""

    def open(self, name: str) -> int:
        """Open a file in it for reading; one that is a link is refused."""

    def close(self) -> None:
        """Let it go."""


@dataclass(frozen=True, slots=True)
class HeldFolder:
    """A folder by its descriptor."""

    path: Path
    descriptor: int

    def entries(self) -> list[os.DirEntry[str]]:
        """Answer what is in it, sorted by name."""
        with os.scandir(self.descriptor) as scan:
            return sorted(scan, key=lambda entry: entry.name)

    def has(self, name: str) -> bool:
        """Answer whether there is an entry of this name."""
        try:
            os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except (OSError, ValueError):
            return False
        return True

    def child(self, name: str) -> HeldFolder:
        """Open a folder in it."""
        opened = os.open(name, _FOLDER_FLAGS, dir_fd=self.descriptor)
        return HeldFolder(self.path / name, opened)

    def open(self, name: str) -> int:
        """Open a file in it for reading."""
        return os.open(name, _FILE_FLAGS, dir_fd=self.descriptor)

    def close(self) -> None:
        """Close its descriptor."""
        os.close(self.descriptor)


@dataclass(frozen=True, slots=True)
class NamedFolder:
    """A folder by its path, for systems that hold none open; `top` is a real path."""

    path: Path
    top: Path

    def entries(self) -> list[os.DirEntry[str]]:
        """Answer what is in it, sorted by name."""
        with os.scandir(self.path) as scan:
            return sorted(scan, key=lambda entry: entry.name)

    def has(self, name: str) -> bool:
        """Answer whether there is an entry of this name."""
        return os.path.lexists(self.path / name)

    def child(self, name: str) -> NamedFolder:
        """Name a folder in it."""
        path = self.path / name
        if not stat.S_ISDIR(path.lstat().st_mode):
            raise NotADirectoryError(str(path))
        return NamedFolder(path, self.top)

    def open(self, name: str) -> int:
        """Open a file in it for reading, and make sure that it is where its name says."""
        path = self.path / name
        descriptor = os.open(path, _FILE_FLAGS)
        try:
            real = path.resolve(strict=True)
            opened, named = os.fstat(descriptor), real.lstat()
            if real != path or not real.is_relative_to(self.top):
                raise PermissionError(f"{path} leads elsewhere")
            if not os.path.samestat(opened, named):
                raise PermissionError(f"{path} was replaced")
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def opened(root: Path, *, holds: bool = HOLDS_FOLDERS) -> Iterator[Folder]:
    """Open the folder at the top, links to it followed; OSError when it is none."""
    real = root.resolve()
    folder: Folder
    if holds:
        folder = HeldFolder(real, os.open(real, _FOLDER_FLAGS))
    else:
        folder = NamedFolder(real, real)
        if not real.is_dir():
            raise NotADirectoryError(str(real))
    try:
        yield folder
    finally:
        folder.close()


def read_below(top: Folder, relative: str, max_bytes: int) -> bytes | None:
    """Read a regular file below an open folder, without following a link anywhere on the way.

    None where there is none, or it has more than `max_bytes`.
    """
    *folders, name = PurePosixPath(relative).parts or ("",)
    if not name or ".." in (*folders, name):
        return None
    held: list[Folder] = []
    try:
        for each in folders:
            held.append((held[-1] if held else top).child(each))
        return _read(held[-1] if held else top, name, max_bytes)
    except (OSError, ValueError):
        return None
    finally:
        for folder in held:
            folder.close()


def _read(folder: Folder, name: str, max_bytes: int) -> bytes | None:
    with os.fdopen(folder.open(name), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        content = file.read(max_bytes + 1)
    return content if len(content) <= max_bytes else None
