"""Which file the demonstration types into, and which of its lines.

The rule: the source file that was changed most by the newest work in the repository, at the lines
of that work: what is not committed yet, else the last commit, else the last few. Where there is no
history, the file of middle size in the folder that has most source files, at all of its lines.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from refact_lsp.cli.demo_git import STEPS_BACK, changed
from refact_lsp.cli.demo_places import choose
from refact_lsp.config.paths import repository_root
from refact_lsp.errors import UsageError
from refact_lsp.languages.table import Language, language_of

PACKAGE = Path(__file__).parents[1]

MAX_BYTES = 400_000
"""Of a file that a person writes."""

MAX_FILES = 20_000
"""Looked at where there is no history; enough to find the folder of a project's own code."""

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
        return await _chosen(repository_root(path / "any") or path, places)
    if not path.is_file():
        what = "is no file" if path.exists() else "does not exist"
        raise UsageError(f"{path} {what}. Name a source file or a folder: refact-lsp demo FILE")
    subject = _subject(path, workspace_of(path), None, (places, "spread over the file"))
    if subject is None or not subject.typed:
        raise UsageError(f"{path} has no line of code to type. Name another source file.")
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
        subjects = [
            _subject(root / name, root, lines, (places, str(change)))
            for name, lines in change.lines.items()
            if language_of("", (root / name).as_uri())
        ]
        enough = [each for each in subjects if each and len(each.typed) >= min(places, 6)]
        if enough:
            return max(enough, key=lambda each: (len(change.lines[_name(each)]), _name(each)))
    subject = _without_history(root, places)
    if subject is None:
        raise UsageError(f"{root} has no source file to type. Name one: refact-lsp demo FILE")
    return subject


def _name(subject: Subject) -> str:
    return subject.path.relative_to(subject.root).as_posix()


def _without_history(root: Path, places: int) -> Subject | None:
    folders: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for entry in _source_files(root):
        place = (os.path.dirname(entry.path), os.path.splitext(entry.name)[1])  # noqa: PTH120, PTH122 - thousands of them
        folders[place].append((entry.stat().st_size, entry.path))
    for files in sorted(folders.values(), key=len, reverse=True):
        middle = sorted(files)[len(files) // 2][1]
        subject = _subject(Path(middle), root, None, (places, "of middle size among its siblings"))
        if subject and subject.typed:
            return subject
    return None


def _source_files(root: Path) -> Iterator[os.DirEntry[str]]:
    left, seen = [str(root)], 0
    while left and seen < MAX_FILES:
        with os.scandir(left.pop()) as entries:
            for entry in sorted(entries, key=lambda each: each.name):
                seen += 1
                if entry.name.startswith(".") or entry.is_symlink():
                    continue
                if entry.is_dir():
                    left += [entry.path] if entry.name not in _NOT_OWN else []
                elif language_of("", Path(entry.path).as_uri()):
                    yield entry


def _subject(
    path: Path, root: Path, eligible: Sequence[int] | None, wanted: tuple[int, str]
) -> Subject | None:
    """Read a file; None where it cannot be read, or is no text that a person wrote."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    lines = tuple(text.split("\n"))
    allowed = [each for each in eligible or range(len(lines)) if each < len(lines)]
    typed = choose(lines, allowed, wanted[0], _comment(language_of("", path.as_uri())))
    return Subject(root, path, lines, tuple(typed), wanted[1])


def _comment(language: Language | None) -> str:
    return language.line_comment if language else "#"
