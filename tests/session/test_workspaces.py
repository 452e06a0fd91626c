from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from refact_lsp.session.workspaces import Workspaces
from refact_lsp.workspace.index import IndexProgress


class Watched:
    """Workspaces whose progress and notices are written down."""

    def __init__(self, cache: Path) -> None:
        self.ended: list[Path] = []
        self.notices: list[str] = []
        self.news = asyncio.Event()
        self.workspaces = Workspaces(cache, self._progress, self.notices.append, quiet_s=0.01)

    def _progress(self, root: Path, progress: IndexProgress | None) -> None:
        if progress is None:
            self.ended.append(root)
            self.news.set()

    def roots(self) -> list[Path]:
        return [index.root for index in self.workspaces.indexes()]

    async def ends(self, times: int) -> None:
        async with asyncio.timeout(30):
            while len(self.ended) < times:
                self.news.clear()
                await self.news.wait()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "outer" / "a.py").write_text("alpha = 1\n")
    (inner / "b.py").write_text("beta = 2\n")
    return tmp_path / "outer"


async def test_folder_is_read_and_read_again_when_a_file_changes(
    root: Path, tmp_path: Path
) -> None:
    watched = Watched(tmp_path / "cache")
    watched.workspaces.add(root)
    await watched.ends(1)
    (index,) = watched.workspaces.indexes()
    first = index.segment
    assert first is not None
    (root / "c.py").write_text("gamma = 3\n")
    watched.workspaces.changed(root / "c.py")
    await watched.ends(2)
    index._looked_at = float("-inf")
    second = index.segment
    assert second is not None
    assert len(second.ids) > len(first.ids)
    watched.workspaces.close()


async def test_folder_inside_another_is_covered_until_that_is_gone(
    root: Path, tmp_path: Path
) -> None:
    watched = Watched(tmp_path / "cache")
    watched.workspaces.add(root)
    watched.workspaces.add(root / "inner")
    assert watched.roots() == [root]
    watched.workspaces.remove(root)
    assert watched.roots() == [root / "inner"]
    watched.workspaces.close()
    assert watched.roots() == []


async def test_folder_that_is_not_there_is_not_read(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "cache")
    watched.workspaces.add(tmp_path / "nowhere")
    assert watched.roots() == []


async def test_cache_that_cannot_be_written_is_told_and_reading_goes_on(
    root: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    watched = Watched(tmp_path / "cache")
    watched.workspaces.add(root)
    await watched.ends(1)
    assert watched.notices[0].startswith("The index cannot be kept in")
    (index,) = watched.workspaces.indexes()
    assert index.segment is not None
    watched.workspaces.close()
