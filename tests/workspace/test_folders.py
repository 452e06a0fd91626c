from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from refact_lsp.workspace.folders import HOLDS_FOLDERS, opened, read_below

LIMIT = 1_000
WAYS = [pytest.param(True, id="held"), pytest.param(False, id="named")]
needs_held = pytest.mark.skipif(
    not HOLDS_FOLDERS, reason="this system opens no name below a folder"
)


def put(root: Path, name: str, content: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def read(root: Path, name: str, *, holds: bool) -> bytes | None:
    with opened(root, holds=holds) as top:
        return read_below(top, name, LIMIT)


@pytest.mark.parametrize("holds", WAYS)
def test_file_below_the_top_is_read(tmp_path: Path, *, holds: bool) -> None:
    put(tmp_path, "a/b/c.py", "x = 1\n")
    assert read(tmp_path, "a/b/c.py", holds=holds) == b"x = 1\n"


@pytest.mark.parametrize("holds", WAYS)
def test_link_is_not_followed_wherever_it_stands(tmp_path: Path, *, holds: bool) -> None:
    outside = put(tmp_path, "outside/secret.py", "key")
    root = tmp_path / "root"
    put(root, "a.py", "x")
    (root / "file.py").symlink_to(outside)
    (root / "inner.py").symlink_to(root / "a.py")
    (root / "folder").symlink_to(outside.parent)
    for name in ("file.py", "inner.py", "folder/secret.py", "../outside/secret.py", "", "."):
        assert read(root, name, holds=holds) is None


@pytest.mark.parametrize("holds", WAYS)
def test_root_that_is_a_link_is_followed(tmp_path: Path, *, holds: bool) -> None:
    put(tmp_path, "real/a.py", "x")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert read(tmp_path / "link", "a.py", holds=holds) == b"x"


@pytest.mark.parametrize("holds", WAYS)
def test_pipe_and_folder_and_large_file_are_no_content(tmp_path: Path, *, holds: bool) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    put(tmp_path, "large", "x" * (LIMIT + 1))
    for name in ("pipe", "folder", "large", "nothing", "folder/nothing"):
        assert read(tmp_path, name, holds=holds) is None


@pytest.mark.parametrize("holds", WAYS)
def test_parent_swapped_for_a_link_never_leads_outside(tmp_path: Path, *, holds: bool) -> None:
    root = tmp_path / "root"
    put(root, "sub/a.py", "inside")
    put(tmp_path, "outside/a.py", "outside")
    (tmp_path / "link").symlink_to(tmp_path / "outside")
    stop = threading.Event()

    def swap() -> None:
        while not stop.is_set():
            (root / "sub").rename(tmp_path / "aside")
            (tmp_path / "link").rename(root / "sub")
            (root / "sub").rename(tmp_path / "link")
            (tmp_path / "aside").rename(root / "sub")

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        seen = {read(root, "sub/a.py", holds=holds) for _ in range(3_000)}
    finally:
        stop.set()
        swapping.join()
    assert b"outside" not in seen
    assert b"inside" in seen


@needs_held
def test_folder_moved_away_after_it_was_opened_still_holds(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put(root, "a.py", "inside")
    put(tmp_path, "outside/a.py", "outside")
    with opened(root) as top:
        root.rename(tmp_path / "moved")
        root.symlink_to(tmp_path / "outside")
        assert read_below(top, "a.py", LIMIT) == b"inside"
