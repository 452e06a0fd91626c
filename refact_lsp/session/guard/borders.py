"""What of the indexes and the open documents may be suggested in which document.

Text of a restricted repository stays in it, also where nothing is sent: what is suggested becomes
the other file's text. An index may hold several repositories, so its documents are told apart once
for each new segment, in a thread; while a rule may concern them that is awaited, not guessed.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp.privacy.gate import Border, Item, border_of, may_cross
from refact_lsp.privacy.policy import Policy
from refact_lsp.session.guard.gate import PrivacyGate
from refact_lsp.session.guard.policies import PolicyFiles
from refact_lsp.session.guard.whereabouts import Whereabouts, find, key_of
from refact_lsp.workspace.segment import Segment

NOTHING: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Sorted:
    """The documents of one segment by what keeps their text inside; `hidden` is worked out once.

    `by_path` is what the next segment takes over; all of it holds for one epoch of the policies.
    """

    epoch: int
    generation: int
    groups: Mapping[Border, frozenset[int]]
    by_path: Mapping[str, Border]
    hidden: dict[Border, frozenset[int] | None] = field(default_factory=dict)


class RepositoryBorders:
    """Answers from what was sorted; has it sorted anew where a segment or a policy is new."""

    def __init__(self, privacy: PrivacyGate) -> None:
        self._privacy = privacy
        self._sorted: dict[Path, _Sorted] = {}
        self._sorting: dict[Path, asyncio.Task[None]] = {}

    def admits(self, source: str, target: str) -> bool:
        """Answer whether text of one open document may be suggested in another."""
        return self._privacy.may_be_shown(key_of(source), key_of(target)).allowed

    def hidden(self, root: Path, segment: Segment, target: str) -> frozenset[int] | None:
        """Answer the documents of an index whose text may not be; None: none of them may be."""
        known = self.prepare(root, segment)
        if not self._privacy.keeps_text_inside:
            return NOTHING
        border = self._privacy.border(key_of(target))
        if known is None or border is None:
            return None
        if border not in known.hidden:
            known.hidden[border] = _hidden(known.groups, border, len(segment.documents))
        return known.hidden[border]

    def prepare(self, root: Path, segment: Segment) -> _Sorted | None:
        """Answer the documents of a segment as they are sorted; has it done where they are not."""
        known, wanted = self._sorted.get(root), (self._privacy.epoch, segment.generation)
        if known is not None and (known.epoch, known.generation) == wanted:
            return known
        running = self._sorting.get(root)
        if running is None or running.done():
            self._sorting[root] = asyncio.create_task(self._sort(root, segment))
        return None

    def stop(self) -> None:
        """End all work."""
        for task in self._sorting.values():
            task.cancel()

    async def _sort(self, root: Path, segment: Segment) -> None:
        await self._privacy.loaded()
        epoch, before = self._privacy.epoch, self._sorted.get(root)
        known = before.by_path if before is not None and before.epoch == epoch else {}
        places = _Places(self._privacy.files, self._privacy.folders, root)
        paths = [document.path for document in segment.documents]
        by_path = await asyncio.to_thread(_sort_paths, places, paths, known)
        groups: dict[Border, list[int]] = {}
        for number, path in enumerate(paths):
            groups.setdefault(by_path[path], []).append(number)
        sets = {border: frozenset(numbers) for border, numbers in groups.items()}
        self._sorted[root] = _Sorted(epoch, segment.generation, sets, by_path)
        self._privacy.take_policies()


def _hidden(
    groups: Mapping[Border, frozenset[int]], target: Border, count: int
) -> frozenset[int] | None:
    """Answer the documents that may not cross; None when that is all of them."""
    refused = [
        numbers for border, numbers in groups.items() if not may_cross(border, target).allowed
    ]
    hidden = frozenset().union(*refused) if refused else NOTHING
    return None if len(hidden) == count and count else hidden


@dataclass(slots=True)
class _Places:
    """Where the folders of one index are, each looked up once; in a thread.

    No link stands between the root of an index and its files.
    """

    files: PolicyFiles
    folders: Sequence[Path]
    root: Path
    _at: dict[Path, tuple[Whereabouts, Policy]] = field(default_factory=dict)

    def of(self, folder: Path) -> tuple[Whereabouts, Policy]:
        """Answer a folder's repository, and what holds for the files in it."""
        if folder not in self._at:
            is_top = folder == self.root or os.path.lexists(folder / ".git")
            if is_top:
                at = find((folder / "any", True))
                self._at[folder] = at, self.files.policy_for(at, self.folders)
            else:
                self._at[folder] = self.of(folder.parent)
        return self._at[folder]


def _sort_paths(
    places: _Places, paths: Sequence[str], known: Mapping[str, Border]
) -> dict[str, Border]:
    answer: dict[str, Border] = {}
    for name in paths:
        if name in known:
            answer[name] = known[name]
            continue
        path = places.root / name
        at, policy = places.of(path.parent)
        answer[name] = border_of(Item(path, path, at.repository), policy)
    return answer
