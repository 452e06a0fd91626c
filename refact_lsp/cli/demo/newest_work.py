"""Which lines of a repository were changed last, as git has it."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from refact_lsp import processes
from refact_lsp.processes import Stream

STEPS_BACK = (0, 1, 2, 4, 8, 16, 32)
"""How many commits are looked at, fewest first; 0 is what is not committed yet."""

LIMIT_S = 3.0
"""For one question; a repository that takes longer is shown as one without a history."""

_SAFE = (
    *("-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "--no-optional-locks"),
    *("diff", "--unified=0", "--diff-filter=AM", "--no-color", "--no-ext-diff", "--no-textconv"),
    *("--ignore-submodules", "--src-prefix=a/", "--dst-prefix=b/", "--find-renames"),
)
"""Runs no diff program or monitor, and writes a form that no configuration changes."""

_FILE = re.compile(r"\+\+\+ b/([^\t]+)\t?")
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class Change:
    """Lines (0-based, as they now are) by file, changed since so many commits ago."""

    commits: int
    lines: Mapping[str, tuple[int, ...]]

    def __str__(self) -> str:
        match self.commits:
            case 0:
                return "changed and not yet committed"
            case 1:
                return "changed by the last commit"
            case _:
                return f"changed in the last {self.commits} commits"


async def changed(root: Path, commits: int) -> Change | None:
    """Answer what changed since then; None without git, and before the history begins."""
    try:
        process = await processes.start(
            ("git", "-C", str(root), *_SAFE, f"HEAD~{commits}", "--"),
            environ=_environment(),
            streams=(Stream.NOTHING, Stream.PIPE, Stream.NOTHING),
        )
    except OSError:
        return None
    try:
        async with asyncio.timeout(LIMIT_S):
            printed, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        return None
    finally:
        process.close()
    if process.returncode != 0:
        return None
    return Change(commits, read_diff(printed.decode("utf-8", "replace")))


def read_diff(text: str) -> dict[str, tuple[int, ...]]:
    """Answer the lines that a diff without context adds, by file."""
    lines: dict[str, tuple[int, ...]] = {}
    name, content = "", 0
    for line in text.split("\n"):
        if content and line[:1] in {"+", "-"}:  # may look like anything
            content -= 1
        elif line.startswith("+++ "):
            found = _FILE.fullmatch(line)
            name = found[1] if found else ""  # a name in quotes is not worth reading
        elif hunk := _HUNK.match(line):
            gone, start, added = int(hunk[1] or 1), int(hunk[2]) - 1, int(hunk[3] or 1)
            content = gone + added
            if name:
                lines[name] = (*lines.get(name, ()), *range(start, start + added))
    return lines


def _environment() -> dict[str, str]:
    """Answer ours without git's own variables: a hook sets them for another repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
