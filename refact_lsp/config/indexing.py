"""`indexing.yaml`: what is left out of the workspace's index, and what is read besides it.

The user's file, and the workspace's own `.refact/indexing.yaml`, which may only leave out more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from refact_lsp.config.guarded_yaml import plain_value, read_yaml
from refact_lsp.config.load import read_content
from refact_lsp.config.paths import home, user_directory
from refact_lsp.config.problems import Problem


@dataclass(frozen=True, slots=True)
class IndexingRules:
    """Patterns of paths that are not indexed, and folders indexed besides the open ones."""

    blocklist: tuple[str, ...] = ()
    additional_dirs: tuple[Path, ...] = ()


def load_indexing(
    environ: Mapping[str, str], workspace: Path | None
) -> tuple[IndexingRules | None, tuple[Problem, ...]]:
    """Read the user's file, and the workspace's for what it leaves out; None when one is broken."""
    folder = home(environ)
    rules, problems = _read(user_directory(environ) / "indexing.yaml", folder)
    if workspace is None or rules is None:
        return rules, problems
    own, more = _read(workspace / ".refact" / "indexing.yaml", folder)
    if own is None:
        return None, (*problems, *more)
    return IndexingRules(rules.blocklist + own.blocklist, rules.additional_dirs), problems


def _read(path: Path, folder: Path) -> tuple[IndexingRules | None, tuple[Problem, ...]]:
    if not path.exists() and not path.is_symlink():
        return IndexingRules(), ()
    content, unread = read_content(path)
    if unread:
        return None, unread
    node, wrong = read_yaml(content, str(path))
    if node is None:
        return None, wrong
    given = plain_value(node)
    given = {} if given is None else given
    if not isinstance(given, dict):
        return None, (Problem(str(path), 1, 1, "Expected keys and values."),)
    listed = [given.get(key) or [] for key in ("blocklist", "additional_indexing_dirs")]
    if not all(isinstance(each, list) and all(isinstance(v, str) for v in each) for each in listed):
        return None, (Problem(str(path), 1, 1, "Expected lists of texts."),)
    folders = tuple(folder / each.removeprefix("~/") for each in listed[1])
    return IndexingRules(tuple(listed[0]), folders), ()
