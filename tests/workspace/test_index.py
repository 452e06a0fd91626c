from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from filelock import FileLock

from refact_lsp.workspace.index import LOOK_INTERVAL_S, IndexProgress, WorkspaceIndex
from tests.workspace.segments import put_files, write_segment_of

FILES = {"a.py": "x = 1\n", "sub/b.py": "y = 2\n"}


def quiet(_: IndexProgress) -> None:
    """Hear progress and say nothing."""


def generation(index: WorkspaceIndex) -> int | None:
    return index.segment.generation if index.segment else None


def below(folder: Path) -> set[str]:
    """Answer the names of everything below a folder; empty when it is gone."""
    return {path.name for path in folder.rglob("*")}


def folder_of(cache: Path) -> Path:
    return next((cache / "index").iterdir())


async def test_refresh_tells_progress_and_maps_the_segment(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    assert generation(index) is None
    heard: list[IndexProgress] = []
    await index.refresh(heard.append)
    assert (heard[-1].phase, heard[-1].done, heard[-1].total) == ("done", 2, 2)
    assert index.segment
    assert set(index.segment.numbers) == {"a.py", "sub/b.py"}


async def test_refreshes_asked_for_meanwhile_become_one_rerun(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    heard: list[str] = []
    begun = asyncio.Event()

    def hear(progress: IndexProgress) -> None:
        heard.append(progress.phase)
        begun.set()

    first = asyncio.create_task(index.refresh(hear))
    await begun.wait()
    await asyncio.gather(first, *(index.refresh(quiet) for _ in range(4)))
    assert heard.count("done") == 2


async def test_invalidated_file_is_masked_until_the_next_refresh(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    await index.refresh(quiet)
    index.invalidate(tmp_path / "root" / "sub" / "b.py")
    index.invalidate(tmp_path / "elsewhere.py")
    assert index.invalid == {"sub/b.py"}
    await index.refresh(quiet)
    assert index.invalid == frozenset()


async def test_open_and_changed_files_are_masked_and_worked_out_once(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    await index.refresh(quiet)
    assert index.segment
    opened = frozenset({tmp_path / "root" / "a.py", tmp_path / "elsewhere.py"})
    masked = index.masked(opened)
    assert masked == {index.segment.number_of("a.py")}
    assert index.masked(opened) is masked
    index.invalidate(tmp_path / "root" / "sub" / "b.py")
    assert index.masked(opened) == {0, 1}
    assert index.masked(frozenset()) == {index.segment.number_of("sub/b.py")}


async def test_segment_written_by_another_server_is_picked_up(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    now = 0.0
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache", clock=lambda: now)
    assert generation(index) is None
    write_segment_of(tmp_path / "root", folder_of(tmp_path / "cache") / "segment", generation=7)
    assert generation(index) is None
    now = LOOK_INTERVAL_S
    assert generation(index) == 7


async def test_close_ends_the_child_at_once(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    waiting = asyncio.Event()
    with FileLock(folder_of(tmp_path / "cache") / "lock"):
        refresh = asyncio.create_task(index.refresh(lambda _: waiting.set()))
        await waiting.wait()
        index.close()
        await asyncio.wait_for(refresh, 20)
    assert index.segment is None


async def test_damaged_segment_of_an_earlier_run_is_no_trouble(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    (folder_of(tmp_path / "cache") / "segment").write_bytes(b"REFACTWS" + b"\xff" * 200)
    assert generation(index) is None
    await index.refresh(quiet)
    assert generation(index)


async def test_unusable_cache_is_told_and_replaced_for_this_run(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    (tmp_path / "cache").write_text("a file where a folder should be")
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    await index.refresh(quiet)
    assert "cannot be kept" in index.notice
    assert index.segment is not None
    kept_in = Path(index.notice.split("it is kept in ")[1].split(" until")[0])
    assert "segment" in below(kept_in)
    index.close()
    assert below(kept_in) == set()


async def test_module_that_lies_in_the_workspace_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = "open('ran', 'w').close()\n"
    put_files(tmp_path / "root", dict.fromkeys(("psutil.py", "json.py"), planted))
    monkeypatch.chdir(tmp_path / "root")
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    await index.refresh(quiet)
    assert generation(index)
    assert "ran" not in below(tmp_path)


async def test_root_that_vanished_gives_an_empty_index(tmp_path: Path) -> None:
    index = WorkspaceIndex(tmp_path / "gone", tmp_path / "cache")
    heard: list[IndexProgress] = []
    await index.refresh(heard.append)
    assert (heard[-1].phase, heard[-1].tokens) == ("done", 0)


def test_cache_folder_is_for_the_user_alone(tmp_path: Path) -> None:
    WorkspaceIndex(tmp_path, tmp_path / "cache")
    assert stat.S_IMODE(folder_of(tmp_path / "cache").stat().st_mode) == 0o700


async def test_index_that_is_closed_while_its_child_starts_tells_of_no_failure(
    tmp_path: Path,
) -> None:
    put_files(tmp_path / "root", FILES)
    (tmp_path / "cache").write_text("a file where a folder should be")
    index = WorkspaceIndex(tmp_path / "root", tmp_path / "cache")
    heard: list[IndexProgress] = []
    refreshing = asyncio.create_task(index.refresh(heard.append))
    await asyncio.sleep(0)
    index.close()  # takes its folder, in which the child would run, along
    await refreshing
    assert heard == []
