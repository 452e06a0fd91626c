"""Where a document really is: its path with links followed, its repository, what stands there.

All of it waits for the disk, so it runs in threads; what it answers is immutable.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from refact_lsp.privacy.gate import ALLOWED, Item, Repository, Verdict
from refact_lsp.privacy.load import repository_of
from refact_lsp.session.uris import path_of

WORKSPACE = "workspace"
"""The source of verdicts about where a file really is."""

Key = tuple[Path, bool]
"""A document by the path in its URI, and whether that is one of this machine."""

UNTITLED: Key = (Path("untitled"), False)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of a document.

    `path` is the one that the URI names, `real` the same with links followed. `repository` is that
    of `real`, None outside of one; `is_unsure` when git's own file could not be read, so that
    rules by remote cannot be applied. A document of another scheme than `file:` is known by the
    path in its URI, and `is_local` is False.
    """

    path: Path
    real: Path
    repository: Repository | None = None
    is_unsure: bool = False
    is_local: bool = True

    def item(self) -> Item:
        """Answer the document as the gate judges it, without its text."""
        return Item(self.path, self.real, self.repository)

    def folders(self, open_folders: Iterable[Path]) -> tuple[Path, ...]:
        """Answer the folders whose policies concern it: open ones around it, its repository."""
        around = [
            each
            for each in open_folders
            if self.path.is_relative_to(each) or self.real.is_relative_to(each)
        ]
        own = [Path(self.repository.root)] if self.repository else []
        return tuple(dict.fromkeys((*around, *own)))


@lru_cache(maxsize=1_024)
def key_of(uri: str) -> Key:
    """Answer how a document is known; one whose URI has no path is `UNTITLED`."""
    if (path := path_of(uri)) is not None:
        return path, True
    try:
        name = unquote(urlsplit(uri).path)
    except ValueError:
        return UNTITLED
    return (Path(name), False) if name else UNTITLED


def find(key: Key) -> Whereabouts:
    """Look a document up on the disk; what is not there is taken by its name.

    That of another scheme may have a file here all the same (`git:`, a cell of a notebook).
    """
    path, is_local = key
    if "\0" in str(path):
        return Whereabouts(path, path, is_unsure=True, is_local=is_local)
    if not path.is_absolute():
        return Whereabouts(path, path, is_local=is_local)
    real = _real(path)
    try:
        repository, problems = repository_of(real)
    except OSError:
        return Whereabouts(path, real, is_unsure=True, is_local=is_local)
    real = path if real == path else real
    return Whereabouts(path, real, repository, bool(problems), is_local)


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path


def is_in_place(now: Whereabouts, opened: Whereabouts, folders: Sequence[Path]) -> Verdict:
    """Answer whether a document is still where it may be sent from, looking at the disk.

    Its real path lies in an open folder, or it is the very file that the editor named; and it is
    a regular file, or there is none. `opened` is what was found when it was opened.
    """
    if not now.is_local:
        return ALLOWED
    if now.path != opened.path:
        return _refused("it is another document now")
    inside = any(now.real.is_relative_to(_real(folder)) for folder in folders)
    is_named_inside = any(now.path.is_relative_to(folder) for folder in folders)
    is_linked = now.real != _real(now.path.parent) / now.path.name
    if not inside and (is_named_inside or is_linked):
        return _refused("a link leads out of the workspace")
    if not inside and now.real != opened.real:
        return _refused("it has been moved by a link since it was opened")
    return _regular(now)


def _regular(now: Whereabouts) -> Verdict:
    """Open the real file without following a link, and compare it with what the name leads to."""
    flags = getattr(os, "O_PATH", os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        before = os.lstat(now.real)
        if not stat.S_ISREG(before.st_mode):
            return _refused("it is no regular file")
        descriptor = os.open(now.real, flags | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return ALLOWED if _real(now.path) == now.real else _refused("it is being replaced")
    except (OSError, ValueError):
        return _refused("it cannot be looked at")
    try:
        opened, named = os.fstat(descriptor), now.path.stat()
    except OSError:
        return _refused("it is being replaced")
    finally:
        os.close(descriptor)
    is_same = os.path.samestat(opened, named) and os.path.samestat(opened, before)
    return ALLOWED if is_same else _refused("it is being replaced")


def with_real(at: Whereabouts, other: Whereabouts) -> Whereabouts:
    """Answer a document as judged under the real path that another look found."""
    is_unsure = at.is_unsure or other.is_unsure
    return replace(at, real=other.real, repository=other.repository, is_unsure=is_unsure)


def _refused(why: str) -> Verdict:
    return Verdict(allowed=False, rule=why, source=WORKSPACE)
