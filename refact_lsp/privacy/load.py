"""Reads the policies in force, and what git says of a file: the edge of this package.

What reads YAML is imported where a policy is read: most people have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from refact_lsp.config.paths import (
    git_files,
    home,
    may_be_there,
    repository_root,
    user_directory,
)
from refact_lsp.config.problems import Problem
from refact_lsp.privacy.gate import Repository
from refact_lsp.privacy.git_config import Entry, included, read_entries, remote_urls
from refact_lsp.privacy.names import below_home
from refact_lsp.privacy.policy import CLOSED, Policy

_GIT_DIRECTORY = re.compile(r"gitdir:\s*(.+?)\s*\Z")


MAX_GIT_FILE_BYTES = 1_000_000
MAX_GIT_FILES = 20
"""More files than this are read of no repository, whatever includes what."""

POLICY_NAME = "privacy.yaml"


def policy_of_user(environ: Mapping[str, str]) -> Path:
    """Answer where the user's policy is; it need not exist."""
    return user_directory(environ) / POLICY_NAME


def policy_of_folder(folder: Path) -> Path:
    """Answer where a workspace or a repository may narrow the user's policy."""
    return folder / ".refact" / POLICY_NAME


def load_policy(environ: Mapping[str, str], *folders: Path) -> tuple[Policy, tuple[Problem, ...]]:
    """Read the user's policy, narrowed by those of folders; one that is broken is CLOSED."""
    policy = Policy()
    problems: list[Problem] = []
    for path in dict.fromkeys((policy_of_user(environ), *map(policy_of_folder, folders))):
        read, wrong = read_policy_file(path, str(home(environ)))
        policy = policy.narrowed_by(CLOSED if read is None else read)
        problems += wrong
    return policy, tuple(problems)


def read_policy_file(path: Path, home_folder: str) -> tuple[Policy | None, tuple[Problem, ...]]:
    """Read one policy, empty where there is no file; None, and what is wrong, when it is broken.

    `home_folder` stands for `~` in patterns.
    """
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return Policy(), ()
    except (OSError, ValueError) as error:
        return None, (Problem(str(path), 0, 0, f"It cannot be looked at: {_why(error)}."),)
    from refact_lsp.config.load import read_content  # noqa: PLC0415 - see above
    from refact_lsp.privacy.policy_file import read_policy  # noqa: PLC0415 - see above

    content, unread = read_content(path)
    if unread:
        return None, unread
    source = below_home(str(path), home_folder)
    policy, problems = read_policy(content, str(path), source=source, home=home_folder)
    return None if problems else policy, problems


def _why(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or "its name is no name of a file"


def repository_of(path: Path) -> tuple[Repository | None, tuple[Problem, ...]]:
    """Answer the git repository around a file, with the URLs of its remotes.

    Read from its configuration and the user's, without running git. A problem means that rules by
    remote cannot be applied, so nothing of it may be sent to a hosted destination.
    """
    root = repository_root(path)
    if root is None:
        return None, ()
    own, shared = _git_directories(root)
    file = shared / "config"
    if _entries_of(file) is None:
        return Repository(root), (Problem(str(file), 0, 0, "It cannot be read."),)
    entries, problems = _git_entries((*git_files(), file, own / "config.worktree"))
    return Repository(root, remote_urls(entries)), problems


def _git_entries(files: Iterable[Path]) -> tuple[list[Entry], tuple[Problem, ...]]:
    """Read git's files and those that they include; one that is not there says nothing."""
    waiting, entries = [*files], list[Entry]()
    problems: list[Problem] = []
    seen: set[Path] = set()
    while waiting and len(seen) < MAX_GIT_FILES:
        file = waiting.pop(0)
        if file in seen or not may_be_there(file):
            continue
        seen.add(file)
        found = _entries_of(file)
        if found is None:
            problems.append(Problem(str(file), 0, 0, "It cannot be read."))
            continue
        entries += found
        waiting += [file.parent / _expanded(each) for each in included(found)]
    if waiting:
        sentence = f"It includes more than {MAX_GIT_FILES} files; the rest is not read."
        problems.append(Problem(str(waiting[0]), 0, 0, sentence))
    return entries, tuple(problems)


def _entries_of(file: Path) -> tuple[Entry, ...] | None:
    """Read one of git's files, anew where its times, its size or its inode are others."""
    try:
        seen = file.stat()
    except (OSError, ValueError):
        return None
    return _entries_as_of(file, (seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino))


@lru_cache(maxsize=256)
def _entries_as_of(file: Path, _stamp: tuple[int, ...]) -> tuple[Entry, ...] | None:
    content = _git_file(file)
    return None if content is None else tuple(read_entries(content))


def _expanded(path: str) -> Path:
    try:
        return Path(path).expanduser() if path.startswith("~/") else Path(path)
    except RuntimeError:  # nobody knows a home
        return Path(path)


def _git_directories(root: Path) -> tuple[Path, Path]:
    """Answer git's directory of a tree, and the one it shares with others; mostly they are one."""
    git = root / ".git"
    if git.is_dir():
        return git, git
    named = _GIT_DIRECTORY.search(_git_file(git) or "")
    own = (root / named[1]) if named else git
    common = _git_file(own / "commondir")
    return own, own if common is None else own / common.strip()


def _git_file(path: Path) -> str | None:
    """Answer a small file of git's; None for anything that is no readable, regular file."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_GIT_FILE_BYTES:
            return None
        return path.read_text("utf-8", "replace")
    except (OSError, ValueError):
        return None
