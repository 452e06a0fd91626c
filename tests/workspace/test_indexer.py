from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from filelock import FileLock

from refact_lsp.workspace.segment_file import read_segment
from tests.workspace.segments import put_files

FILES = {"a.py": "x = 1\n", "b.py": "y = 2\n", "c.py": "z = 3\n"}


def start(root: Path, cache: Path) -> subprocess.Popen[bytes]:
    cache.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "refact_lsp.workspace.indexer", "--root", root, "--cache", cache],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(child: subprocess.Popen[bytes]) -> list[dict[str, Any]]:
    """Wait for the child without closing its input, and answer what it told."""
    assert child.stdout
    assert child.stderr
    assert child.stdin
    lines = [json.loads(line) for line in child.stdout]
    errors = child.stderr.read()
    assert (child.wait(), errors) == (0, b"")
    for stream in (child.stdin, child.stdout, child.stderr):
        stream.close()
    return lines


def index(root: Path, cache: Path) -> dict[str, Any]:
    return finish(start(root, cache))[-1]


def test_first_run_tokenizes_everything_and_the_second_nothing(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    first = index(tmp_path / "root", tmp_path / "cache")
    second = index(tmp_path / "root", tmp_path / "cache")
    assert (first["tokenized"], first["reused"]) == (3, 0)
    assert (second["tokenized"], second["reused"]) == (0, 3)
    assert second["generation"] == first["generation"]


def test_run_after_a_change_tokenizes_that_file_alone(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put_files(root, FILES)
    first = index(root, tmp_path / "cache")
    (root / "b.py").write_text("y = changed_value\n")
    second = index(root, tmp_path / "cache")
    assert (second["tokenized"], second["reused"]) == (1, 2)
    assert second["generation"] > first["generation"]
    segment = read_segment(tmp_path / "cache" / "segment")
    assert segment
    assert b"changed_value" in bytes(segment.text)
    assert b"changed_value" in segment.words


def test_touched_moved_and_copied_files_are_known_by_their_content(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put_files(root, FILES)
    index(root, tmp_path / "cache")
    os.utime(root / "a.py", ns=(1, 1))
    (root / "b.py").rename(root / "moved.py")
    (root / "copy.py").write_bytes((root / "c.py").read_bytes())
    second = index(root, tmp_path / "cache")
    assert (second["tokenized"], second["reused"]) == (0, 4)
    index(root, tmp_path / "fresh")
    kept, fresh = (read_segment(tmp_path / name / "segment") for name in ("cache", "fresh"))
    assert kept
    assert fresh
    assert kept.documents == fresh.documents
    assert list(kept.ids) == list(fresh.ids)
    assert bytes(kept.text) == bytes(fresh.text)


def test_run_after_a_deletion_forgets_the_file(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put_files(root, FILES)
    index(root, tmp_path / "cache")
    (root / "b.py").unlink()
    index(root, tmp_path / "cache")
    segment = read_segment(tmp_path / "cache" / "segment")
    assert segment
    assert sorted(document.path for document in segment.documents) == ["a.py", "c.py"]


def test_segment_from_reused_parts_equals_one_from_nothing(tmp_path: Path) -> None:
    root = tmp_path / "root"
    put_files(root, {**FILES, "d.py": "naïve = 'é'\r\n\r\nif naïve:\r\n    pass"})
    index(root, tmp_path / "cache")
    (root / "b.py").write_text("y = 3\nlonger = y\n")
    index(root, tmp_path / "cache")
    index(root, tmp_path / "fresh")
    kept, fresh = (read_segment(tmp_path / name / "segment") for name in ("cache", "fresh"))
    assert kept
    assert fresh
    assert kept.documents == fresh.documents
    assert (list(kept.ids), list(kept.starts)) == (list(fresh.ids), list(fresh.starts))
    assert (list(kept.order), bytes(kept.text)) == (list(fresh.order), bytes(fresh.text))


def test_damaged_segment_is_built_anew(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    index(tmp_path / "root", tmp_path / "cache")
    path = tmp_path / "cache" / "segment"
    content = bytearray(path.read_bytes())
    content[100] ^= 0xFF
    path.write_bytes(content)
    assert index(tmp_path / "root", tmp_path / "cache")["tokenized"] == 3
    assert read_segment(path, check_body=True)


def test_second_indexer_waits_and_finds_everything_done(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    cache = tmp_path / "cache"
    cache.mkdir()
    with FileLock(cache / "lock"):
        first, second = (start(tmp_path / "root", cache) for _ in range(2))
        for child in (first, second):
            assert child.stdout
            assert json.loads(child.stdout.readline())["phase"] == "waiting"
    tokenized = sorted(finish(child)[-1]["tokenized"] for child in (first, second))
    assert tokenized == [0, 3]


def test_indexer_ends_when_its_input_closes(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    cache = tmp_path / "cache"
    cache.mkdir()
    with FileLock(cache / "lock"):
        child = start(tmp_path / "root", cache)
        assert child.stdout
        assert child.stderr
        assert child.stdin
        assert json.loads(child.stdout.readline())["phase"] == "waiting"
        child.stdin.close()
        assert child.wait(timeout=20) == 0
        child.stdout.close()
        child.stderr.close()
    assert not (cache / "segment").exists()


def test_leftovers_of_a_killed_indexer_are_removed(tmp_path: Path) -> None:
    put_files(tmp_path / "root", FILES)
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / ".segment-abc").write_bytes(b"half")
    index(tmp_path / "root", tmp_path / "cache")
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == ["lock", "segment"]


def test_files_that_are_no_text_are_counted_once_and_not_read_again(tmp_path: Path) -> None:
    put_files(tmp_path / "root", {"a.py": "x = 1\n", "blob": "\0\0\0"})
    assert index(tmp_path / "root", tmp_path / "cache")["left_out"] == {"not text": 1}
    assert index(tmp_path / "root", tmp_path / "cache")["tokenized"] == 0
