"""Which file the demonstration types into, and which of its lines.

The rule: the source file that was changed most by the newest work in the repository, at the lines
of that work: what is not committed yet, else the last commit, else the last few. Where there is no
history, the file of middle size in the folder that has most source files, at all of its lines.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from refact_lsp.cli.demo.newest_work import STEPS_BACK, Change, changed
from refact_lsp.cli.demo.places import fitting, spread
from refact_lsp.config.paths import repository_root
from refact_lsp.errors import UsageError
from refact_lsp.languages.table import Language, language_of

PACKAGE = Path(__file__).parents[1]

MAX_BYTES = 400_000
"""Of a file that a person writes."""

MAX_FILES = 20_000
"""Looked at where there is no history; enough to find the folder of a project's own code."""

FEWEST_LINES = 6
"""A change with less code in it is no demonstration: one looks further back."""

_NOT_OWN = {"node_modules", "vendor", "third_party", "target", "build", "dist", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Subject:
    """A file, its lines of text, those of them that are typed (0-based), and why these."""

    root: Path
    path: Path
    lines: tuple[str, ...]
    typed: tuple[int, ...]
    why: str

    @property
    def language_id(self) -> str:
        """The id an editor would send."""
        language = language_of("", self.path.as_uri())
        return language.id if language else "plaintext"


async def find_subject(named: Path | None, places: int) -> Subject:
    """Choose by the rule, or take the file that is named; UsageError where nothing is to type."""
    path = (named or _workspace_here()).resolve()
    if path.is_dir():
        subject = await _chosen(repository_root(path / "any") or path, places)
    else:
        subject = _named(path)
    return replace(subject, typed=tuple(spread(subject.typed, places)))


def _named(path: Path) -> Subject:
    if not path.is_file():
        what = "is no file" if path.exists() else "does not exist"
        raise UsageError(f"{path} {what}. Name a source file or a folder: refact-lsp demo FILE")
    subject = _read(path, workspace_of(path), "spread over the file")
    if subject is None or not subject.typed:
        raise UsageError(f"{path} has no line of code that can be read. Name another source file.")
    return subject


def workspace_of(path: Path) -> Path:
    """Answer the repository a file is in; without one our package, or the file's folder."""
    return repository_root(path) or (PACKAGE if path.is_relative_to(PACKAGE) else path.parent)


def _workspace_here() -> Path:
    """Answer the repository that one is in; our own package outside of any."""
    try:
        return repository_root(Path.cwd() / "any") or PACKAGE
    except OSError:  # it has been deleted, or nobody may look
        return PACKAGE


async def _chosen(root: Path, places: int) -> Subject:
    for commits in STEPS_BACK:
        change = await changed(root, commits)
        if change is None:
            break
        if subject := _most_changed(root, change, min(places, FEWEST_LINES)):
            return subject
    subject = _without_history(root)
    if subject is None:
        raise UsageError(f"{root} has no source file to type. Name one: refact-lsp demo FILE")
    return subject


def _most_changed(root: Path, change: Change, fewest: int) -> Subject | None:
    read = [
        _read(root / name, root, str(change), lines)
        for name, lines in sorted(change.lines.items())
        if language_of("", (root / name).as_uri()) and (root / name).resolve() == root / name
    ]
    enough = [each for each in read if each and len(each.typed) >= fewest]
    return max(enough, key=lambda each: len(each.typed), default=None)


def _without_history(root: Path) -> Subject | None:
    folders: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for entry in _source_files(root):
        place = (os.path.dirname(entry.path), os.path.splitext(entry.name)[1])  # noqa: PTH120, PTH122 - thousands of them
        folders[place].append((entry.stat().st_size, entry.path))
    for files in sorted(folders.values(), key=len, reverse=True):
        middle = Path(sorted(files)[len(files) // 2][1])
        subject = _read(middle, root, "of middle size among its siblings")
        if subject and subject.typed:
            return subject
    return None


def _source_files(root: Path) -> Iterator[os.DirEntry[str]]:
    left, seen = [str(root)], 0
    while left and seen < MAX_FILES:
        for entry in _entries(left.pop()):
            seen += 1
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir():
                left += [entry.path] if entry.name not in _NOT_OWN else []
            elif language_of("", Path(entry.path).as_uri()):
                yield entry


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda each: each.name)
    except OSError:  # nobody may look
        return []


def _read(
    path: Path, root: Path, why: str, eligible: Sequence[int] | None = None
) -> Subject | None:
    """Read a file, with all lines that can be typed; None where it is no text a person wrote."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return None
    lines = tuple(text.split("\n"))
    known = range(len(lines)) if eligible is None else eligible
    allowed = [each for each in known if each < len(lines)]
    typed = fitting(lines, allowed, _comment(language_of("", path.as_uri())))
    return Subject(root, path, lines, tuple(typed), why)


def _comment(language: Language | None) -> str:
    return language.line_comment if language else "#"
