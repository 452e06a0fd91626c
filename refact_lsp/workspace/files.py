"""Which files of a workspace are its code: walked, filtered, read. Nothing here follows a link."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pathspec import GitIgnoreSpec

from refact_lsp.privacy.globs import Patterns
from refact_lsp.privacy.zone import is_secret
from refact_lsp.workspace.folders import Folder, opened, read_below

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
_NO_CODE_MARKS = ("pyvenv.cfg", "CACHEDIR.TAG")
"""A folder with one of these is an environment or a cache."""

BLOCKED = "blocked"
"""Left out because the user wants it so."""

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
    """What is left out of one folder, and why.

    `specs` are the `.gitignore` files in force, deepest first: they decide, as in git. `blocked`
    is what the user left out: patterns of paths.
    """

    specs: tuple[tuple[str, GitIgnoreSpec], ...] = ()
    blocked: Patterns = field(default_factory=lambda: Patterns(()))

    def with_file(self, content: bytes | None, relative: str) -> _Ignores:
        """Answer the rules where a file's patterns hold too, in the folder `relative`."""
        patterns = content.decode("utf-8", "replace").splitlines() if content else []
        if not patterns:
            return self
        spec = GitIgnoreSpec.from_lines(patterns)
        return replace(self, specs=((relative, spec), *self.specs))

    def ignores(self, relative: str) -> bool:
        """Say whether git would ignore a path (a folder's ends in `/`)."""
        for base, spec in self.specs:
            include = spec.check_file(relative[len(base) :]).include
            if include is not None:
                return include
        return False


def walk(root: Path, blocked: Iterable[str] = (), max_files: int = MAX_FILES) -> Found:
    """Find the files of a workspace that are its own code.

    Left out: what git ignores, version control and dependency folders, links, devices and
    sockets, the secret zone, what matches a `blocked` pattern, files over a megabyte, data and
    pictures by their suffix, and beyond `max_files` the least recently modified.
    """
    left_out: Counter[str] = Counter()
    try:
        with opened(root) as top:
            excluded = read_below(top, ".git/info/exclude", MAX_FILE_BYTES)
            ignores = _Ignores(blocked=Patterns(blocked)).with_file(excluded, "")
            files = list(_walk_folder(top, "", ignores, left_out))
    except OSError:
        return Found((), {"unreadable": 1})
    files.sort(key=lambda file: (-file.mtime_ns, file.path))
    if len(files) > max_files:
        left_out["too many files"] = len(files) - max_files
    return Found(tuple(files[:max_files]), dict(left_out))


def _walk_folder(
    folder: Folder, relative: str, ignores: _Ignores, left_out: Counter[str]
) -> Iterator[FoundFile]:
    ignores = ignores.with_file(read_below(folder, ".gitignore", MAX_FILE_BYTES), relative)
    try:
        entries = folder.entries()
    except OSError:
        left_out["unreadable"] += 1
        return
    for entry in entries:
        path = relative + entry.name
        try:
            if entry.is_dir(follow_symlinks=False):
                if reason := _reason_to_pass(folder.path / entry.name, path, ignores):
                    left_out.update([reason] if reason == BLOCKED else ())
                    continue
                yield from _walk_child(folder, entry.name, path + "/", ignores, left_out)
                continue
            reason = _reason_to_skip(entry, folder.path, path, ignores)
            if reason:
                left_out[reason] += 1
                continue
            info = entry.stat(follow_symlinks=False)
        except OSError:
            left_out["unreadable"] += 1
            continue
        yield FoundFile(path, info.st_size, info.st_mtime_ns)


def _walk_child(
    parent: Folder, name: str, relative: str, ignores: _Ignores, left_out: Counter[str]
) -> Iterator[FoundFile]:
    folder = parent.child(name)
    try:
        if not any(folder.has(mark) for mark in _NO_CODE_MARKS):
            yield from _walk_folder(folder, relative, ignores, left_out)
    finally:
        folder.close()


def _reason_to_pass(folder: Path, relative: str, ignores: _Ignores) -> str | None:
    """Answer why a folder is not looked into."""
    if folder.name in _SKIPPED_FOLDERS or relative.count("/") >= MAX_DEPTH:
        return "not code"
    if is_secret(folder / "any.py"):
        return "secret"
    if ignores.ignores(relative + "/"):
        return "ignored"
    return BLOCKED if ignores.blocked.match(folder.as_posix(), relative) else None


def _reason_to_skip(
    entry: os.DirEntry[str], folder: Path, relative: str, ignores: _Ignores
) -> str | None:
    if entry.is_symlink():
        return "link"
    if not entry.is_file(follow_symlinks=False):
        return "not a regular file"
    if not _is_text_name(entry.name.lower()):
        return "not code"
    return _forbidden(folder / entry.name, relative, ignores) or _size_reason(entry)


def _forbidden(path: Path, relative: str, ignores: _Ignores) -> str | None:
    if is_secret(path):
        return "secret"
    if ignores.ignores(relative):
        return "ignored"
    return BLOCKED if ignores.blocked.match(path.as_posix(), relative) else None


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
