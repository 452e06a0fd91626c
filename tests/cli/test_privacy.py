from __future__ import annotations

from pathlib import Path

import pytest

from refact_lsp.cli.app import run

FAKE_KEY = "AK" + "IA" + "Q7WERTYUIOP2ASDF"


def test_ordinary_file_is_allowed_everywhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    assert run(["privacy", "test", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "hosted       allowed   no rule forbids it",
        "own server   allowed   no rule forbids it",
    ]


def test_link_to_a_secret_file_is_refused_by_its_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("A=1\n")
    (tmp_path / "notes.txt").symlink_to(tmp_path / ".env")
    assert run(["privacy", "test", str(tmp_path / "notes.txt")]) == 1
    assert "hosted       refused   built-in secret zone: .env" in capsys.readouterr().out


def test_key_in_the_text_is_refused_and_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_text(f"x = 1\nk = '{FAKE_KEY}'\n")
    assert run(["privacy", "test", str(file)]) == 1
    printed = capsys.readouterr().out
    assert "own server   refused   content: AWS key in line 2" in printed
    assert FAKE_KEY not in printed


def test_file_that_is_not_there_is_a_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["privacy", "test", str(tmp_path / "nothing.py")]) == 2
    assert "cannot be looked at" in capsys.readouterr().err


def test_folder_is_a_wrong_use(tmp_path: Path) -> None:
    assert run(["privacy", "test", str(tmp_path)]) == 2
