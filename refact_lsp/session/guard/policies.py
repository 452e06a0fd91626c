"""The policy files in force: read again when they change, the last good one while one is broken.

All of it waits for the disk, so it runs in threads; what it answers is immutable.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp.config.paths import home
from refact_lsp.config.problems import Problem
from refact_lsp.privacy.load import policy_of_folder, read_policy_file
from refact_lsp.privacy.policy import CLOSED, Policy
from refact_lsp.session.guard.whereabouts import Whereabouts

SETTLED_S = 0.5
"""A changed file holds together with what it said before until it has been at rest this long."""

Stamp = tuple[int, ...]


def stamp_of(path: Path) -> Stamp:
    """Answer what changes with a file's content, as far as the file system tells; () without it."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return ()
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev)


def combined(at: Whereabouts, files: Iterable[Path], held: Mapping[Path, Policy]) -> Policy | None:
    """Answer all that narrows what may be done with a document; None where a file is unread."""
    policy = CLOSED if at.is_unsure else Policy()
    for file in files:
        if file not in held:
            return None
        policy = policy.narrowed_by(held[file])
    return policy


@dataclass(slots=True)
class _File:
    """One policy file: what it says now and, until that has settled, what it said before."""

    stamp: Stamp
    said: Policy
    before: Policy | None = None
    read_s: float = 0.0
    is_closed: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def policy(self) -> Policy:
        """What holds."""
        if self.before is None:
            return self.said
        return Policy(tuple(dict.fromkeys(self.before.rules + self.said.rules)))


@dataclass(slots=True)
class PolicyFiles:
    """Knows every policy file that was asked about. Safe for several threads.

    A change never opens before it is complete: a file half written, emptied for a moment or
    replaced in two steps adds to what held before until it has settled. `broken` are the files of
    which no good version was ever read.
    """

    environ: Mapping[str, str]
    user_file: Path
    clock: Callable[[], float] = time.monotonic
    _files: dict[Path, _File] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, wanted: Iterable[Path] = ()) -> Mapping[Path, Policy]:
        """Read what is new among the wanted files and what has changed; answer all that hold."""
        with self._lock:
            for path in {*self._files, *wanted}:
                self._look_at(path)
            return {path: file.policy for path, file in self._files.items()}

    def have_changed(self) -> bool:
        """Answer whether a look at the files that were ever wanted would find something new."""
        with self._lock:
            return any(self._is_new(path, stamp_of(path)) for path in self._files)

    def in_force(self) -> Mapping[Path, Policy]:
        """Answer what the files say that were read; looks at nothing."""
        with self._lock:
            return {path: file.policy for path, file in self._files.items()}

    def concerning(self, at: Whereabouts, folders: Iterable[Path]) -> tuple[Path, ...]:
        """Answer the files that say something of a document, there or not."""
        return (self.user_file, *map(policy_of_folder, at.folders(folders)))

    def policy_for(self, at: Whereabouts, folders: Iterable[Path]) -> Policy:
        """Answer what holds for a document, looking at its files now."""
        files = self.concerning(at, folders)
        return combined(at, files, self.look(files)) or CLOSED

    def problems(self) -> tuple[Problem, ...]:
        """Answer what is wrong with the files."""
        with self._lock:
            files = sorted(self._files.items())
            return tuple(problem for _, file in files for problem in file.problems)

    def broken(self) -> frozenset[Path]:
        """Answer the files whose rules nobody knows."""
        with self._lock:
            return frozenset(path for path, file in self._files.items() if file.is_closed)

    def _is_new(self, path: Path, stamp: Stamp) -> bool:
        known = self._files[path]
        return known.stamp != stamp or self._has_settled(known)

    def _has_settled(self, known: _File) -> bool:
        return known.before is not None and self.clock() - known.read_s >= SETTLED_S

    def _look_at(self, path: Path) -> None:
        stamp, now_s = stamp_of(path), self.clock()
        known = self._files.get(path)
        if known is None or known.stamp != stamp:
            self._files[path] = self._read(path, stamp, known, now_s)
        elif self._has_settled(known):
            known.before = None

    def _read(self, path: Path, stamp: Stamp, known: _File | None, now_s: float) -> _File:
        policy, problems = read_policy_file(path, os.fspath(home(self.environ)))
        if policy is not None:
            before = None if known is None or known.is_closed else known.policy
            return _File(stamp, policy, before, now_s, problems=problems)
        if known is None or known.is_closed:
            return _File(stamp, CLOSED, None, now_s, is_closed=True, problems=problems)
        return _File(stamp, known.policy, None, now_s, problems=problems)
