"""A workspace of a few files, indexed, and an engine asked where `<cursor>` stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from refact_lsp.embedded.engine import WorkspaceEngine
from refact_lsp.messages import FimRequest, Shape, StreamEvent
from refact_lsp.text.lines import Text
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.index import WorkspaceIndex
from refact_lsp.workspace.live import LiveDocuments
from tests.workspace.segments import put_files, write_segment_of


class Bench:
    """An engine over one workspace, whose clock stands still."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.root.mkdir()
        self.cache = folder / "cache"
        self.now = 0.0
        self.live = LiveDocuments(clock=lambda: self.now)
        self.index = WorkspaceIndex(self.root, self.cache, clock=lambda: self.now)
        self.engine = WorkspaceEngine(self.live, lambda: [self.index], lambda: self.now)

    def learn(self, files: dict[str, str]) -> None:
        """Index these files."""
        put_files(self.root, files)
        folder = next((self.cache / "index").iterdir())
        write_segment_of(self.root, folder / "segment")
        self.now += 10

    def open(self, name: str, source: str) -> DocumentSnapshot:
        """Open a document in the editor."""
        path = self.root / name
        snapshot = DocumentSnapshot(path.as_uri(), 1, "python", Text(source))
        self.live.update(snapshot, path)
        self.live.prepare(snapshot)
        return snapshot

    def ask(
        self, source: str, name: str = "main.py", shape: Shape = Shape.SINGLE_LINE
    ) -> list[StreamEvent]:
        """Answer the engine's events where `<cursor>` stands in the document."""
        before, after = source.split("<cursor>")
        snapshot = self.open(name, before + after)
        position = snapshot.text.position(len(before))
        return self.engine.answer(FimRequest(snapshot, position, before, after, shape))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Answer a fresh workspace."""
    return Bench(tmp_path)
