"""Which files of a workspace are its code: walked, filtered, read. Nothing here follows a link."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from pathspec import GitIgnoreSpec

from refact_lsp.privacy.zone import is_secret

MAX_FILE_BYTES = 1_000_000
MAX_FILES = 20_000
MAX_DEPTH = 40

_LONG_LINE = 2_000
"""Characters: one such line in a text of long lines on average marks it as generated."""
_LONG_AVERAGE_LINE = 200
_SNIFFED_BYTES = 8_192

_SKIPPED_FOLDERS = frozenset(
    {"node_modules", "bower_components", "__pycache__", ".venv", "venv", "site-packages"}
    | {".hg", ".svn", ".tox", ".nox", ".eggs", ".idea", ".gradle", ".terraform", ".cache"}
    | {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".next", ".nuxt"}
)
_SKIPPED_SUFFIXES = frozenset(
    {".svg", ".csv", ".tsv", ".lock", ".map", ".ipynb", ".log", ".po", ".pot", ".diff", ".patch"}
    | {".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".pdf", ".zip", ".gz", ".xz", ".tar"}
    | {".whl", ".so", ".dll", ".dylib", ".exe", ".o", ".a", ".pyc", ".class", ".jar", ".wasm"}
    | {".woff", ".woff2", ".ttf", ".eot", ".mp3", ".mp4", ".wav", ".db", ".sqlite", ".parquet"}
)
_SKIPPED_NAMES = frozenset({"package-lock.json", "pnpm-lock.yaml", "npm-shrinkwrap.json", "go.sum"})
_MINIFIED = (".min.js", ".min.css")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file worth indexing; `path` is relative to the root, with `/`."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Found:
    """Files, most recently modified first (then by path), and how many were left out and why."""

    files: tuple[FoundFile, ...]
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Ignores:
    """The `.gitignore` files in force in one folder, deepest first: they decide, as in git."""

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()

    def with_file(self, file: Path, relative: str) -> _Ignores:
        """Answer the rules where the patterns of `file` hold too, in the folder `relative`."""
        patterns = _lines(file)
        if not patterns:
            return self
        return _Ignores(((relative, GitIgnoreSpec.from_lines(patterns)), *self.specs))

    def ignores(self, relative: str) -> bool:
        """Say whether git would ignore a path (a folder's ends in `/`)."""
        for base, spec in self.specs:
            include = spec.check_file(relative[len(base) :]).include
            if include is not None:
                return include
        return False


def walk(root: Path, max_files: int = MAX_FILES) -> Found:
    """Find the files of a workspace that are its own code.

    Left out: what git ignores, version control and dependency folders, links, devices and
    sockets, the secret zone, files over a megabyte, data and pictures by their suffix, and
    beyond `max_files` the least recently modified.
    """
    root = root.resolve()
    left_out: Counter[str] = Counter()
    excluded = _Ignores().with_file(root / ".git" / "info" / "exclude", "")
    files = list(_walk_folder(root, "", excluded, left_out))
    files.sort(key=lambda file: (-file.mtime_ns, file.path))
    if len(files) > max_files:
        left_out["too many files"] = len(files) - max_files
    return Found(tuple(files[:max_files]), dict(left_out))


def _walk_folder(
    folder: Path, relative: str, ignores: _Ignores, left_out: Counter[str]
) -> Iterator[FoundFile]:
    ignores = ignores.with_file(folder / ".gitignore", relative)
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError:
        left_out["unreadable"] += 1
        return
    for entry in entries:
        path = relative + entry.name
        try:
            if entry.is_dir(follow_symlinks=False):
                if _is_own_folder(Path(entry.path), path, ignores):
                    yield from _walk_folder(Path(entry.path), path + "/", ignores, left_out)
                continue
            reason = _reason_to_skip(entry, path, ignores)
            if reason:
                left_out[reason] += 1
                continue
            info = entry.stat(follow_symlinks=False)
        except OSError:
            left_out["unreadable"] += 1
            continue
        yield FoundFile(path, info.st_size, info.st_mtime_ns)


def _is_own_folder(folder: Path, relative: str, ignores: _Ignores) -> bool:
    return (
        folder.name not in _SKIPPED_FOLDERS
        and relative.count("/") < MAX_DEPTH
        and not is_secret(folder / "any.py")
        and not ignores.ignores(relative + "/")
        and not (folder / "pyvenv.cfg").exists()
        and not (folder / "CACHEDIR.TAG").exists()
    )


def _reason_to_skip(entry: os.DirEntry[str], relative: str, ignores: _Ignores) -> str | None:
    if entry.is_symlink():
        return "link"
    if not entry.is_file(follow_symlinks=False):
        return "not a regular file"
    if not _is_text_name(entry.name.lower()):
        return "not code"
    if is_secret(PurePath(entry.path)):
        return "secret"
    return "ignored" if ignores.ignores(relative) else _size_reason(entry)


def _size_reason(entry: os.DirEntry[str]) -> str | None:
    size = entry.stat(follow_symlinks=False).st_size
    if size > MAX_FILE_BYTES:
        return "too large"
    return "empty" if size == 0 else None


def _is_text_name(name: str) -> bool:
    return (
        name not in _SKIPPED_NAMES
        and os.path.splitext(name)[1] not in _SKIPPED_SUFFIXES  # noqa: PTH122 - ten times faster
        and not name.endswith(_MINIFIED)
    )


def read_bytes(path: Path) -> bytes | None:
    """Read a file that is still a regular one, without following a link; None otherwise."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(path, flags)
    except (OSError, ValueError):
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        try:
            content = file.read(MAX_FILE_BYTES + 1)
        except OSError:
            return None
    return content if len(content) <= MAX_FILE_BYTES else None


def decode(content: bytes) -> str | None:
    """Answer a file's text; None when it is binary, not UTF-8, or machine-made."""
    if b"\0" in content[:_SNIFFED_BYTES]:
        return None
    try:
        source = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if is_machine_made(source) else source


def is_machine_made(source: str) -> bool:
    """Say whether a text has the long lines of minified or generated files."""
    lines = source.count("\n") + source.count("\r") + 1
    if len(source) <= _LONG_AVERAGE_LINE * lines:
        return False
    return max(map(len, source.splitlines()), default=0) > _LONG_LINE


def _lines(path: Path) -> list[str]:
    content = read_bytes(path)
    return content.decode("utf-8", "replace").splitlines() if content else []
