"""Reads the policies in force, and what git says of a file: the edge of this package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from refact_lsp.config.load import read_content
from refact_lsp.config.paths import home, repository_root, user_directory
from refact_lsp.config.problems import Problem
from refact_lsp.privacy.gate import Repository
from refact_lsp.privacy.policy import CLOSED, Policy
from refact_lsp.privacy.policy_file import read_policy

Read = tuple[Policy, tuple[Problem, ...]]

_URL = re.compile(r"^\s*(?:push)?url\s*=\s*(\S+)", re.MULTILINE | re.IGNORECASE)
_GIT_DIRECTORY = re.compile(r"gitdir:\s*(.+?)\s*\Z")


def load_policy(environ: Mapping[str, str], workspace: Path | None) -> Read:
    """Read `privacy.yaml` of the user, narrowed by the workspace's own; a broken one is CLOSED."""
    folder = str(home(environ))
    policy, problems = _policy_in(user_directory(environ) / "privacy.yaml", folder)
    if workspace is None:
        return policy, problems
    narrower, more = _policy_in(workspace / ".refact" / "privacy.yaml", folder)
    return policy.narrowed_by(narrower), (*problems, *more)


def repository_of(path: Path) -> tuple[Repository | None, tuple[Problem, ...]]:
    """Answer the git repository around a file, with the URLs of its remotes.

    Read from its `config` file, without running git. A problem means that rules by remote cannot
    be applied, so nothing of it may be sent to a hosted destination.
    """
    root = repository_root(path)
    if root is None:
        return None, ()
    content, unread = read_content(_git_directory(root) / "config")
    if unread:
        return Repository(root), unread
    remotes = _URL.findall(content.decode("utf-8", "replace"))
    return Repository(root, tuple(dict.fromkeys(remotes))), ()


def _policy_in(path: Path, home_folder: str) -> Read:
    if not path.exists() and not path.is_symlink():
        return Policy(), ()
    content, unread = read_content(path)
    if unread:
        return CLOSED, unread
    return read_policy(content, str(path), home=home_folder)


def _git_directory(root: Path) -> Path:
    """Answer where a repository's `config` is, also for a worktree, whose `.git` is a file."""
    git = root / ".git"
    if git.is_dir():
        return git
    content, _ = read_content(git)
    named = _GIT_DIRECTORY.search(content.decode("utf-8", "replace"))
    own = (root / named[1]) if named else git
    common, unread = read_content(own / "commondir")
    return own if unread else own / common.decode("utf-8", "replace").strip()
