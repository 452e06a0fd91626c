from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from refact_lsp.cli.demo.newest_work import read_diff
from refact_lsp.cli.demo.subject import Subject, find_subject, workspace_of
from refact_lsp.errors import UsageError


def lines_of(word: str, count: int) -> str:
    """Answer so many lines of code."""
    return "".join(f"{word}_number_{each:02} = {each}\n" for each in range(count))


def git(root: Path, *arguments: str) -> None:
    """Run git as somebody."""
    person = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    subprocess.run(["git", *person, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Make one with two commits: the second adds eight lines to `new.py`, and a text to read."""
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet")
    (root / "old.py").write_text(lines_of("old", 40))
    (root / "new.py").write_text(lines_of("first", 3))
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "one")
    (root / "new.py").write_text(lines_of("first", 3) + lines_of("second", 8))
    (root / "notes.txt").write_text(lines_of("note", 90))
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "two")
    return root


def find(path: Path, places: int = 10) -> Subject:
    """Answer what would be typed."""
    return asyncio.run(find_subject(path, places))


def test_file_is_the_one_changed_last_at_the_lines_of_that_change(repository: Path) -> None:
    found = find(repository)
    assert (found.path.name, found.typed) == ("new.py", tuple(range(3, 11)))
    assert found.why == "changed by the last commit"


def test_work_that_is_not_committed_comes_first(repository: Path) -> None:
    (repository / "old.py").write_text(lines_of("old", 40) + lines_of("later", 7))
    found = find(repository)
    assert (found.path.name, found.typed) == ("old.py", tuple(range(40, 47)))
    assert found.why == "changed and not yet committed"


def test_small_change_is_passed_over(repository: Path) -> None:
    (repository / "old.py").write_text(lines_of("old", 40) + lines_of("later", 2))
    assert find(repository).path.name == "new.py"


def test_link_that_was_committed_is_not_followed(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(lines_of("outside", 30))
    (repository / "link.py").symlink_to(tmp_path / "outside.py")
    git(repository, "add", ".")
    assert find(repository).path.name == "new.py"


def test_without_history_it_is_the_middle_one_of_the_most_siblings(tmp_path: Path) -> None:
    for name, count in (("a/one.py", 30), ("b/s.py", 2), ("b/m.py", 4), ("b/l.py", 9)):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(lines_of("name", count))
    found = find(tmp_path)
    assert (found.path, found.typed) == (tmp_path / "b" / "m.py", (0, 1, 2, 3))


def test_folder_without_code_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no source file to type"):
        find(tmp_path)


def test_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.py does not exist\. Name a source file"):
        find(tmp_path / "nothing.py")


def test_file_that_is_no_text_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "picture.py").write_bytes(b"\x89PNG\xff\x00" * 40)
    with pytest.raises(UsageError, match="has no line of code that can be read"):
        find(tmp_path / "picture.py")


def test_workspace_is_the_repository_or_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.py"
    assert workspace_of(file) == tmp_path / "a" / "b"
    (tmp_path / "a" / ".git").mkdir(parents=True)
    assert workspace_of(file) == tmp_path / "a"


def test_diff_is_read_whatever_its_lines_look_like() -> None:
    text = (
        "diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n"
        "@@ -3 +3,2 @@ def f():\n-old\n+++ b/other.py\n+@@ -1 +1 @@\n"
        "@@ -9,0 +11 @@\n+last\n"
        '--- "a/\\t.py"\n+++ "b/\\t.py"\n@@ -1 +1 @@\n-a\n+b\n'
    )
    assert read_diff(text) == {"x.py": (2, 3, 10)}
