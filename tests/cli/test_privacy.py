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
        "any hosted      allowed  no rule forbids it",
        "any own server  allowed  no rule forbids it",
    ]


def test_link_to_a_secret_file_is_refused_by_its_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("A=1\n")
    (tmp_path / "notes.txt").symlink_to(tmp_path / ".env")
    assert run(["privacy", "test", str(tmp_path / "notes.txt")]) == 1
    assert "any hosted      refused  built-in secret zone: .env" in capsys.readouterr().out


def test_key_in_the_text_is_refused_and_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.py"
    file.write_text(f"x = 1\nk = '{FAKE_KEY}'\n")
    assert run(["privacy", "test", str(file)]) == 1
    printed = capsys.readouterr().out
    assert "any own server  refused  content: AWS key in line 2" in printed
    assert FAKE_KEY not in printed


def test_file_that_is_not_there_is_a_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["privacy", "test", str(tmp_path / "nothing.py")]) == 2
    assert "cannot be looked at" in capsys.readouterr().err


def test_folder_is_a_wrong_use(tmp_path: Path) -> None:
    assert run(["privacy", "test", str(tmp_path)]) == 2


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_policy_of_the_user_decides_for_each_provider(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = home / ".config" / "refact"
    write(folder / "providers.d" / "ollama.yaml", "endpoint: http://localhost:11434\n")
    write(
        folder / "providers.d" / "lab.yaml",
        "base_provider: custom\nendpoint: https://lab.example/v1\napi_key: k-e-y\n",
    )
    rules = "privacy_rules:\n  only_send_to_servers_I_control: ['*.sql']\n"
    write(folder / "privacy.yaml", rules)
    assert run(["privacy", "test", str(write(tmp_path / "a.sql", "select 1\n"))]) == 1
    verdicts = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "refused" in verdicts["any hosted"]
    assert "refused" in verdicts["lab"]
    assert "*.sql" in verdicts["lab"]
    assert "allowed" in verdicts["ollama"]


def test_broken_policy_closes_every_hosted_destination(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = write(home / ".config" / "refact" / "privacy.yaml", "privacy_rules: [1\n")
    assert run(["privacy", "test", str(write(tmp_path / "a.py", "x = 1\n"))]) == 1
    printed = capsys.readouterr()
    assert "any hosted      refused  privacy: the policy cannot be read" in printed.out
    assert "any own server  allowed" in printed.out
    assert str(policy) in printed.err


def test_repository_is_kept_to_own_servers_by_its_remote(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "repositories:\n  - {remote: 'git@host.example:team/*', send_to: own_servers}\n"
    write(home / ".config" / "refact" / "privacy.yaml", rule)
    remote = '[remote "origin"]\n\turl = git@host.example:team/work.git\n'
    write(tmp_path / "work" / ".git" / "config", remote)
    file = write(tmp_path / "work" / "src" / "a.py", "x = 1\n")
    assert run(["privacy", "test", str(file)]) == 1
    assert "any hosted      refused" in capsys.readouterr().out


def test_workspace_may_only_narrow(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(home / ".config" / "refact" / "privacy.yaml", "privacy_rules: {blocked: ['secret/**']}\n")
    root = tmp_path / "work"
    write(root / ".git" / "config", "")
    write(root / ".refact" / "privacy.yaml", "privacy_rules: {blocked: ['docs/**']}\n")
    assert run(["privacy", "test", str(write(root / "secret" / "a.py", "x = 1\n"))]) == 1
    assert run(["privacy", "test", str(write(root / "docs" / "a.py", "x = 1\n"))]) == 1
    assert run(["privacy", "test", str(write(root / "src" / "a.py", "x = 1\n"))]) == 0
    capsys.readouterr()
