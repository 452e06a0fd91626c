"""Reads `indexing.yaml`, the user's and the workspace's: what is left out of the index, and added.

The workspace's file comes with a repository: it may leave files out, and add no folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from refact_lsp.config.load import read_content
from refact_lsp.config.paths import home, may_be_there, user_directory
from refact_lsp.config.problems import Problem, Severity
from refact_lsp.config.reading import read_file
from refact_lsp.config.record import Record, setting
from refact_lsp.config.shapes import expected, refused

MAX_PATTERN_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class IndexingRules:
    """What the index leaves out (patterns as in .gitignore), and folders it reads besides."""

    blocklist: tuple[str, ...] = ()
    additional_dirs: tuple[Path, ...] = ()


def _usable(pattern: str) -> str:
    if not pattern.strip():
        refused("this pattern is empty")
    if len(pattern) > MAX_PATTERN_CHARS:
        refused(f"this pattern is longer than {MAX_PATTERN_CHARS} characters")
    return pattern


def _whole_path(path: str) -> str:
    if not path.startswith("~/") and not Path(path).is_absolute():
        expected("the whole path of a folder, or one that begins with ~/")
    return path


Patterns = Annotated[tuple[Annotated[str, AfterValidator(_usable)], ...], Field(strict=False)]
Folders = Annotated[tuple[Annotated[str, AfterValidator(_whole_path)], ...], Field(strict=False)]


class IndexingFile(Record):
    """What of a workspace is indexed, as Refact writes it."""

    blocklist: Patterns = setting(
        (), "Files and folders left out, as in .gitignore.", examples=[["target/", "*.min.js"]]
    )
    additional_indexing_dirs: Folders = setting(
        (), "Folders outside of the workspace that are read too.", examples=[["~/src/library"]]
    )


def read_indexing(
    content: bytes, file: str, *, is_workspace: bool, home_folder: Path | None = None
) -> tuple[IndexingRules | None, tuple[Problem, ...]]:
    """Read one file; None where it has an error. `home_folder` stands for a leading `~`."""
    given, problems = read_file(IndexingFile, content, file)
    if given is None or any(each.severity is Severity.ERROR for each in problems):
        return None, problems
    if not is_workspace:
        folders = tuple(_folder(each, home_folder) for each in given.additional_indexing_dirs)
        return IndexingRules(given.blocklist, folders), problems
    if given.additional_indexing_dirs:
        sentence = "A repository cannot add folders; write them into your own indexing.yaml."
        mark = given.marks["additional_indexing_dirs"]
        refusal = mark.problem(
            f"'additional_indexing_dirs' is ignored. {sentence}", Severity.WARNING
        )
        problems = (*problems, refusal)
    return IndexingRules(given.blocklist), problems


def load_indexing(
    environ: Mapping[str, str], workspace: Path | None
) -> tuple[IndexingRules | None, tuple[Problem, ...]]:
    """Read the user's file and the workspace's together; None where one of them is broken.

    A file that is not there says nothing. Whoever had rules before keeps them on None.
    """
    rules, problems = IndexingRules(), tuple[Problem, ...]()
    is_broken = False
    for path, is_workspace in indexing_files(environ, workspace):
        content, unread = read_content(path)
        found, wrong = (
            (None, unread)
            if unread
            else read_indexing(
                content, str(path), is_workspace=is_workspace, home_folder=home(environ)
            )
        )
        problems = (*problems, *wrong)
        if found is None:
            is_broken = True
            continue
        blocked = (*rules.blocklist, *found.blocklist)
        rules = IndexingRules(blocked, (*rules.additional_dirs, *found.additional_dirs))
    return None if is_broken else rules, problems


def indexing_files(
    environ: Mapping[str, str], workspace: Path | None
) -> tuple[tuple[Path, bool], ...]:
    """Answer the files that are there, each with whether it is the workspace's."""
    files = [(user_directory(environ) / "indexing.yaml", False)]
    if workspace is not None:
        files.append((workspace / ".refact" / "indexing.yaml", True))
    return tuple(each for each in files if may_be_there(each[0]))


def _folder(path: str, home_folder: Path | None) -> Path:
    if path.startswith("~/") and home_folder is not None:
        return home_folder / path[2:]
    return Path(path)
