"""Writes the user's YAML files: whole or not at all, for the user's eyes only, one at a time.

A change goes into a new file beside the old one, which then takes its place; whoever reads sees
the one or the other. A lock that all our processes take keeps two changes from losing each other.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from refact_lsp.config.editing import Change, edited, read_mapping
from refact_lsp.config.guarded_yaml import MAX_BYTES
from refact_lsp.config.paths import user_directory
from refact_lsp.errors import ConfigError

LOCK_NAME = ".refact-lsp.lock"
LOCK_LIMIT_S = 10.0

Edit = Callable[[Mapping[str, Any]], Iterable[Change]]
"""Answers the changes to make to a file that says this now; called under the lock."""

_OWN = 0o600
_OWN_FOLDER = 0o700
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)  # Windows has none
_BINARY = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a file; `narrowed_from` is its mode where others could read it before."""

    path: Path
    is_new: bool
    is_changed: bool
    narrowed_from: int = 0


def folder_for_writing(environ: Mapping[str, str]) -> Path:
    """Answer `providers.d` of the user's directory; ConfigError where there is no home for it."""
    if not any(environ.get(name) for name in ("REFACT_CONFIG_DIR", "HOME", "USERPROFILE")):
        try:
            Path.home()
        except RuntimeError:
            sentence = "There is no home directory to write into; set HOME or REFACT_CONFIG_DIR."
            raise ConfigError(sentence) from None
    return user_directory(environ) / "providers.d"


def change_file(path: Path, edit: Edit, *, schema: str = "") -> Written:
    """Change a YAML file of the user's, or begin it; every byte that is not meant stays.

    `schema` is the path of its JSON Schema where one is known; a new file names it in its first
    line. ConfigError in one sentence where it cannot be done, and then nothing has changed.
    """
    with _translated(path), _locked(path.parent):
        before, mode = _read(path)
        content = before or b""
        if before is None and schema:
            content = f"# yaml-language-server: $schema={schema}\n".encode()
        after = edited(content, edit(read_mapping(content, str(path))), str(path))
        if len(after) > MAX_BYTES:
            raise ConfigError(f"{path} would be larger than {MAX_BYTES // 1024} KB.")
        narrowed = mode if mode & 0o077 else 0
        if after != before or narrowed:
            _replace(path, after)
        return Written(path, before is None, after != before, narrowed)


def set_aside(path: Path, folder: Path, now: datetime) -> Path:
    """Move a file out of the way into `folder`, under its name and the time; answer where it is."""
    with _translated(path), _locked(path.parent):
        _refuse_link(path)
        _make_folder(folder)
        target = folder / f"{path.stem}-{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}{path.suffix}"
        path.chmod(_OWN)
        path.rename(target)
        _sync_folder(folder)
        return target


@contextlib.contextmanager
def _translated(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigError(f"{path} cannot be written: {why}. Nothing was changed.") from error


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only where somebody changes a file

    _make_folder(folder)
    try:
        with FileLock(folder / LOCK_NAME, timeout=LOCK_LIMIT_S, mode=_OWN):
            yield
    except Timeout:
        sentence = f"Another program holds {folder / LOCK_NAME}; try again when it has finished."
        raise ConfigError(sentence) from None


def _make_folder(folder: Path) -> None:
    """Make a folder and those above it for the user alone; what exists keeps its mode."""
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(mode=_OWN_FOLDER)


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        sentence = f"{path} is a link to {path.readlink()}; links are not written through."
        raise ConfigError(f"{sentence} Change that file itself, or put a file in the link's place.")


def _read(path: Path) -> tuple[bytes | None, int]:
    """Answer a file's content and mode; None and 0 where there is none yet."""
    _refuse_link(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | _NOFOLLOW | _BINARY | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        return None, 0
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor, opened without links
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise ConfigError(f"{path} is no regular file; it is not written.")
        return stream.read(MAX_BYTES + 1), stat.S_IMODE(mode)


def _replace(path: Path, content: bytes) -> None:
    _clear_leftovers(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | _BINARY
    descriptor = os.open(temporary, flags, _OWN)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - see above
            stream.write(content)
            stream.flush()
            _keep_owner(path, descriptor)
            os.fsync(descriptor)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _clear_leftovers(path: Path) -> None:
    """Take away what a process left that was killed while it wrote; the lock is ours."""
    for each in path.parent.glob(f".{path.name}.*.tmp"):
        each.unlink(missing_ok=True)


def _keep_owner(path: Path, descriptor: int) -> None:
    """Leave the file to its owner where another user (an administrator) changes it."""
    with contextlib.suppress(OSError, AttributeError):  # a new file; not allowed; Windows
        owner = path.stat()
        if (owner.st_uid, owner.st_gid) != (os.getuid(), os.getgid()):
            os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _sync_folder(folder: Path) -> None:
    """Have the folder's new entry on the disk; some systems cannot, and need not."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
