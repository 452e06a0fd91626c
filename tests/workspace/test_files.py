from __future__ import annotations

import os
from pathlib import Path

import pytest

from refact_lsp.workspace.files import MAX_FILE_BYTES, decode, walk


def put(root: Path, name: str, content: str | bytes = "x = 1\n", mtime: int = 1_000) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (mtime, mtime))
    return path


def paths(root: Path) -> list[str]:
    return sorted(file.path for file in walk(root).files)


def test_walk_leaves_out_what_git_ignores(tmp_path: Path) -> None:
    put(tmp_path, ".gitignore", "build/\n*.gen.py\n")
    for name in ("a.py", "build/b.py", "c.gen.py", "sub/build/d.py"):
        put(tmp_path, name)
    assert paths(tmp_path) == [".gitignore", "a.py"]


def test_walk_lets_a_deeper_gitignore_decide(tmp_path: Path) -> None:
    put(tmp_path, ".gitignore", "*.gen.py\n")
    put(tmp_path, "sub/.gitignore", "!kept.gen.py\n/only_here.py\n")
    for name in ("sub/kept.gen.py", "sub/other.gen.py", "sub/only_here.py", "only_here.py"):
        put(tmp_path, name)
    found = [path for path in paths(tmp_path) if path.endswith(".py")]
    assert found == ["only_here.py", "sub/kept.gen.py"]


def test_walk_obeys_the_repository_exclude_file(tmp_path: Path) -> None:
    put(tmp_path, ".git/info/exclude", "private.py\n")
    put(tmp_path, "private.py")
    put(tmp_path, "public.py")
    assert paths(tmp_path) == ["public.py"]


def test_walk_leaves_out_secrets_and_says_how_many(tmp_path: Path) -> None:
    for name in (".env", "server.pem", "credentials.json", ".ssh/config", "app.py"):
        put(tmp_path, name)
    found = walk(tmp_path)
    assert [file.path for file in found.files] == ["app.py"]
    assert found.left_out["secret"] == 3


def test_walk_follows_no_link(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside/secret.py")
    root = tmp_path / "root"
    put(root, "a.py")
    (root / "link.py").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    (root / "loop").symlink_to(root)
    assert paths(root) == ["a.py"]


def test_walk_leaves_out_pipes_large_empty_and_dependency_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    put(tmp_path, "large.py", "x" * (MAX_FILE_BYTES + 1))
    put(tmp_path, "empty.py", "")
    put(tmp_path, "node_modules/m/index.js")
    put(tmp_path, "myenv/pyvenv.cfg")
    put(tmp_path, "myenv/lib/x.py")
    put(tmp_path, "picture.svg")
    assert paths(tmp_path) == []


def test_walk_leaves_out_what_the_user_blocks(tmp_path: Path) -> None:
    for name in ("a.py", "gen/b.py", "sub/c_pb2.py", "sub/deep/d.py"):
        put(tmp_path, name)
    found = walk(tmp_path, blocked=["gen", "*_pb2.py", "/sub/deep/**"])
    assert [file.path for file in found.files] == ["a.py"]
    assert found.left_out == {"blocked": 3}


def test_walk_puts_the_most_recently_modified_first(tmp_path: Path) -> None:
    for name, mtime in (("old.py", 10), ("new.py", 30), ("b.py", 20), ("a.py", 20)):
        put(tmp_path, name, mtime=mtime)
    assert [file.path for file in walk(tmp_path).files] == ["new.py", "a.py", "b.py", "old.py"]


def test_walk_keeps_the_most_recent_when_there_are_too_many(tmp_path: Path) -> None:
    for number in range(5):
        put(tmp_path, f"{number}.py", mtime=number)
    found = walk(tmp_path, max_files=2)
    assert [file.path for file in found.files] == ["4.py", "3.py"]
    assert found.left_out == {"too many files": 3}


def test_walk_of_a_missing_folder_finds_nothing(tmp_path: Path) -> None:
    found = walk(tmp_path / "none")
    assert (found.files, found.left_out) == ((), {"unreadable": 1})


@pytest.mark.parametrize(
    "content",
    [b"\x7fELF\0\0", b"caf\xe9", ("var a=1;" * 1_000).encode()],
    ids=["binary", "not utf-8", "minified"],
)
def test_decode_of_what_is_no_source_is_none(content: bytes) -> None:
    assert decode(content) is None


def test_decode_drops_a_byte_order_mark() -> None:
    assert decode(b"\xef\xbb\xbfx = 1\n") == "x = 1\n"
