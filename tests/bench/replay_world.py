"""The workspace before each commit: one large segment, and a small one with what changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from refact_lsp.workspace.build import Building
from refact_lsp.workspace.files import FoundFile
from refact_lsp.workspace.segment import Segment
from tests.bench.replay_history import Change, Repository

SKIPPED = (".svg", ".csv", ".lock", ".map", ".ipynb", ".po", ".min.js", ".min.css")
REBUILD_SHARE = 0.08


@dataclass(slots=True)
class World:
    """Paths to texts, kept as segments; the newest change of a file counts."""

    repository: Repository
    sources: dict[str, str] = field(default_factory=dict)
    recent: dict[str, None] = field(default_factory=dict)
    base: Segment | None = None
    base_paths: dict[str, int] = field(default_factory=dict)
    dirty: set[str] = field(default_factory=set)
    delta: Segment | None = None
    delta_paths: dict[str, int] = field(default_factory=dict)

    def load(self, commit: str) -> None:
        """Take in a commit's tree."""
        for path, blob in self.repository.tree(commit):
            if not path.lower().endswith(SKIPPED):
                source = self.repository.source(blob)
                if source:
                    self.sources[path] = source
        self._rebuild()

    def apply(self, changes: tuple[Change, ...]) -> None:
        """Take in a commit."""
        for change in changes:
            if change.path.lower().endswith(SKIPPED):
                continue
            source = self.repository.source(change.blob) if change.blob else None
            self.sources.pop(change.path, None)
            self.recent.pop(change.path, None)
            self.dirty.add(change.path)
            if source:
                self.sources[change.path] = source
                self.recent[change.path] = None
        size = sum(len(self.sources.get(path, "")) for path in self.dirty)
        total = sum(map(len, self.sources.values()))
        if size > REBUILD_SHARE * total:
            self._rebuild()
        else:
            self.delta, self.delta_paths = self._segment(
                [p for p in self.dirty if p in self.sources]
            )

    def segments(self, open_paths: Sequence[str]) -> list[tuple[Segment, frozenset[int]]]:
        """Answer the segments and what is masked in each while some files are open."""
        found: list[tuple[Segment, frozenset[int]]] = []
        if self.delta is not None:
            at = (self.delta_paths[path] for path in open_paths if path in self.delta_paths)
            found.append((self.delta, frozenset(at)))
        if self.base is not None:
            hidden = {*self.dirty, *open_paths}
            at = (self.base_paths[path] for path in hidden if path in self.base_paths)
            found.append((self.base, frozenset(at)))
        return found

    def _rebuild(self) -> None:
        self.base, self.base_paths = self._segment(list(self.sources))
        self.dirty, self.delta, self.delta_paths = set(), None, {}

    def _segment(self, paths: list[str]) -> tuple[Segment | None, dict[str, int]]:
        if not paths:
            return None, {}
        age = {path: -index for index, path in enumerate(self.recent)}
        paths.sort(key=lambda path: (age.get(path, 1), path))
        building = Building()
        for path in paths:
            building.add_source(FoundFile(path, 0, 0), self.sources[path], "")
        contents = building.finish()
        segment = Segment(
            generation=1,
            documents=tuple(contents.documents),
            ids=memoryview(contents.ids),
            starts=memoryview(contents.starts),
            order=memoryview(contents.order),
            words=[word.encode() for word in contents.words],
            text=contents.text,
            numbers={path: index for index, path in enumerate(paths)},
        )
        return segment, {path: index for index, path in enumerate(paths)}
