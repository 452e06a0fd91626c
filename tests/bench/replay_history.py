"""A git repository's history as typing: each commit's added lines, as if written one by one."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from refact_lsp.workspace.files import decode
from refact_lsp.workspace.tokens import split

LINES_PER_FILE = 8
MIN_TOKENS = 4
TRIGGERS = ".(="

_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_COMMENT = re.compile(r"\s*(#|//|/\*|\*|--|<!--)")


class Kind(StrEnum):
    """Where on a line the cursor stands."""

    MIDDLE = "mid-line"
    TRIGGER = "after trigger"
    START = "line start"
    WORD = "inside a word"


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines `start` to `start + removed` (zero-based, before the commit) became `added`."""

    start: int
    removed: int
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One changed file of a commit; `blob` and `old_blob` are object ids, None when absent."""

    path: str
    old_blob: str | None
    blob: str | None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with one parent."""

    id: str
    time: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A cursor: the text around it, what the author wrote next on the line, what was removed."""

    path: str
    kind: Kind
    before: str
    after: str
    truth: str
    removed: str


class Repository:
    """Reads commits, trees and blobs of a repository through one long-lived git process."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._cat = subprocess.Popen(
            ["git", "-C", str(path), "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def close(self) -> None:
        """End the git process."""
        if self._cat.stdin and self._cat.stdout:
            self._cat.stdin.close()
            self._cat.stdout.close()
        self._cat.wait()

    def git(self, *arguments: str) -> str:
        """Answer a git command's output."""
        command = ["git", "-C", str(self.path), *arguments]
        answer = subprocess.run(command, check=True, capture_output=True)
        return answer.stdout.decode("utf-8", "surrogateescape")

    def source(self, blob: str) -> str | None:
        """Answer a blob's text, None when it is not one."""
        if self._cat.stdin is None or self._cat.stdout is None:
            return None
        self._cat.stdin.write(blob.encode() + b"\n")
        self._cat.stdin.flush()
        size = int(self._cat.stdout.readline().split()[-1])
        content = self._cat.stdout.read(size)
        self._cat.stdout.read(1)
        return decode(content) if size <= 1_000_000 else None

    def tree(self, commit: str) -> list[tuple[str, str]]:
        """Answer (path, blob) of a commit's files, the most recently changed paths unknown."""
        rows = self.git("ls-tree", "-r", "-z", commit).split("\0")
        return [
            (row.split("\t", 1)[1], row.split()[2]) for row in rows if row and row.startswith("100")
        ]

    def commits(self, count: int, skip: int) -> list[Commit]:
        """Answer the last `count` commits without merges before the last `skip`, oldest first."""
        log = self.git(
            "log", "--no-merges", f"-n{count}", f"--skip={skip}", "--format=%H %ct %P"
        ).split("\n")
        commits = [row.split() for row in log if len(row.split()) == 3]
        return [Commit(id_, int(at), self._changes(id_)) for id_, at, _ in reversed(commits)]

    def hunks(self, old_blob: str, blob: str) -> list[Hunk]:
        """Answer the differences between two blobs."""
        diff = self.git("diff", "-U0", "--no-color", "--no-ext-diff", old_blob, blob)
        hunks: list[Hunk] = []
        added: list[str] = []
        for line in diff.split("\n"):
            head = _HUNK.match(line)
            if head:
                start, removed = int(head[1]), int(head[2] or 1)
                added = []
                hunks.append(Hunk(start - 1 if removed else start, removed, ()))
            elif hunks and line.startswith("+"):
                added.append(line[1:])
                hunks[-1] = Hunk(hunks[-1].start, hunks[-1].removed, tuple(added))
        return hunks

    def _changes(self, commit: str) -> tuple[Change, ...]:
        rows = self.git("diff-tree", "-r", "-z", "--no-renames", "--no-commit-id", commit)
        fields = rows.split("\0")
        changes: list[Change] = []
        for meta, path in zip(fields[::2], fields[1::2], strict=False):
            mode_old, mode, old, new, _ = meta.lstrip(":").split()
            changes.append(
                Change(
                    path,
                    old if mode_old.startswith("100") else None,
                    new if mode.startswith("100") else None,
                )
            )
        return tuple(changes)


def points(repository: Repository, change: Change, dice: random.Random) -> Iterator[Point]:
    """Yield cursors in the lines that a change adds, the earlier hunks being done already."""
    if change.blob is None:
        return
    old = repository.source(change.old_blob) if change.old_blob else ""
    new = repository.source(change.blob)
    if old is None or new is None:
        return
    old_lines = old.split("\n")
    if change.old_blob:
        hunks = repository.hunks(change.old_blob, change.blob)
    else:
        hunks = [Hunk(0, 1, tuple(new.split("\n")))]
    spots = [
        (hunk, index)
        for hunk in range(len(hunks))
        for index, line in enumerate(hunks[hunk].added)
        if not _COMMENT.match(line) and _token_count(line) >= MIN_TOKENS
    ]
    for hunk, index in sorted(dice.sample(spots, min(len(spots), LINES_PER_FILE))):
        yield from _line_points(change.path, old_lines, hunks, (hunk, index), dice)


def _token_count(line: str) -> int:
    """Count tokens with the blanks between them as tokens of their own."""
    pieces = _pieces(line)
    return len(pieces) + sum(piece[0].isspace() for piece in pieces)


def _pieces(line: str) -> list[str]:
    return [piece for piece in split(line.strip()) if piece]


def _line_points(
    path: str,
    old_lines: list[str],
    hunks: list[Hunk],
    spot: tuple[int, int],
    dice: random.Random,
) -> Iterator[Point]:
    number, index = spot
    hunk = hunks[number]
    above: list[str] = []
    at = 0
    for done in hunks[:number]:
        above += [*old_lines[at : done.start], *done.added]
        at = done.start + done.removed
    above += [*old_lines[at : hunk.start], *hunk.added[:index]]
    below = old_lines[hunk.start + hunk.removed :]
    removed = "\n".join(old_lines[hunk.start : hunk.start + hunk.removed])
    line = hunk.added[index]
    before = "".join(text + "\n" for text in above)
    after = "".join("\n" + text for text in below)
    for kind, column in _columns(line, dice):
        if line[column:].strip():
            yield Point(path, kind, before + line[:column], after, line[column:].rstrip(), removed)


def _columns(line: str, dice: random.Random) -> Iterator[tuple[Kind, int]]:
    indentation = len(line) - len(line.lstrip())
    yield Kind.START, indentation
    pieces = _pieces(line)
    ends: list[int] = []
    column = indentation
    for piece in pieces:
        column += len(piece)
        ends.append(column)
    chosen = dice.randrange(1, len(pieces))
    gap = len(pieces[chosen]) - len(pieces[chosen].lstrip())
    yield Kind.MIDDLE, ends[chosen - 1] + (gap if gap and dice.random() < 0.5 else 0)
    triggers = [i for i, piece in enumerate(pieces[:-1]) if piece.strip() in TRIGGERS]
    if triggers:
        yield Kind.TRIGGER, ends[dice.choice(triggers)]
    words = [
        i
        for i, piece in enumerate(pieces)
        if len(piece.strip()) > 2 and piece.strip().isidentifier()
    ]
    if words:
        word = dice.choice(words)
        length = len(pieces[word].strip())
        yield Kind.WORD, ends[word] - length + dice.randrange(1, length)
