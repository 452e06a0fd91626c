from __future__ import annotations

import json
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
        f"file: {file}",
        "repository: none, so rules for repositories hold for its path alone",
        "context: may be shown beside any file",
    ]


def test_link_to_a_secret_file_is_refused_by_its_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_text("A=1\n")
    (tmp_path / "notes.txt").symlink_to(tmp_path / ".env")
    assert run(["privacy", "test", str(tmp_path / "notes.txt")]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert "any hosted      refused  built-in secret zone: .env" in printed
    assert f"file: {tmp_path / 'notes.txt'}" in printed
    assert f"really: {tmp_path / '.env'}" in printed
    assert "context: shown beside no file (built-in secret zone: .env)" in printed


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


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_folder_tells_of_every_file_in_it_that_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "src" / "a.py", "x = 1\n")
    assert run(["privacy", "test", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "1 files, 0 of them refused somewhere\n"
    write(tmp_path / "conf" / "server.pem", "x\n")
    assert run(["privacy", "test", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "conf/server.pem: refused for everywhere: built-in secret zone: *.pem",
        "2 files, 1 of them refused somewhere",
    ]


def test_device_is_a_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["privacy", "test", "/dev/null"]) == 2
    assert capsys.readouterr().err.splitlines() == ["refact-lsp: /dev/null is no file."]


def test_every_provider_is_shown_and_those_out_of_use_are_marked(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = home / ".config" / "refact" / "providers.d"
    write(folder / "ollama.yaml", "endpoint: http://localhost:11434\n")
    lab = "base_provider: custom\nendpoint: https://lab.example/v1\napi_key: k-e-y\n"
    write(folder / "lab.yaml", lab + "private: true\n")
    write(folder / "away.yaml", lab + "enabled: false\n")
    file = write(tmp_path / "a.py", "x = 1\n")
    assert run(["privacy", "test", str(file)]) == 0
    names = [line.split("  ")[0] for line in capsys.readouterr().out.splitlines()[2:5]]
    assert names == ["away (disabled)", "lab (own server)", "ollama (own server)"]


def test_json_tells_the_same(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "work"
    rule = f"repositories: [{{root: '{root}', send_to: own_servers}}]\n"
    write(home / ".config" / "refact" / "privacy.yaml", rule)
    write(root / ".git" / "config", '[remote "origin"]\n\turl = git@host.example:a/b.git\n')
    file = write(root / "a.py", "x = 1\n")
    assert run(["privacy", "test", "--json", str(file)]) == 1
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert told["remotes"] == ["git@host.example:a/b.git"]
    assert told["stays_in"] == str(root)
    assert told["destinations"][0] == {
        "destination": "any hosted",
        "own_server": False,
        "disabled": None,
        "allowed": False,
        "rule": f"repositories[0]: {root}",
        "source": "~/.config/refact/privacy.yaml",
    }


@pytest.mark.parametrize(
    "pattern", ["~/work/../work/**", "$HOME/work/**", "~bob/work/**"], ids=["up", "variable", "bob"]
)
def test_pattern_that_would_restrict_nothing_closes_and_is_told(
    home: Path, capsys: pytest.CaptureFixture[str], pattern: str
) -> None:
    write(home / ".config" / "refact" / "privacy.yaml", f"blocked: ['{pattern}']\n")
    file = write(home / "work" / "a.py", "x = 1\n")
    assert run(["privacy", "test", str(file)]) == 1
    told = capsys.readouterr()
    assert told.out.startswith("any hosted      refused  ")
    assert "privacy.yaml:1:11: error: 'blocked': this pattern " in told.err


def test_home_itself_can_be_a_rule(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = "zones: [{patterns: ['~'], send_to: own_servers}]\n"
    write(home / ".config" / "refact" / "privacy.yaml", rule)
    assert run(["privacy", "test", str(write(home / "a.py", "x = 1\n"))]) == 1
    assert "refused  ~/.config/refact/privacy.yaml: zones[0]" in capsys.readouterr().out


def test_credentials_in_the_url_of_a_remote_are_not_printed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "repositories: [{remote: 'host.example/a/*', send_to: own_servers}]\n"
    write(home / ".config" / "refact" / "privacy.yaml", rule)
    url = "https://bob:canary-in-a-url-1234@host.example/a/b.git"
    write(tmp_path / ".git" / "config", f'[remote "origin"] url = {url}\n')
    file = write(tmp_path / "a.py", "x = 1\n")
    for arguments in (["privacy", "test", str(file)], ["privacy", "test", "--json", str(file)]):
        assert run(arguments) == 1
        told = capsys.readouterr()
        assert "https://host.example/a/b.git" in told.out
        assert "canary" not in told.out + told.err


def test_restricted_repository_is_said_to_keep_its_text(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "repositories: [{root: '~/work/**', send_to: own_servers}]\n"
    write(home / ".config" / "refact" / "privacy.yaml", rule)
    file = write(home / "work" / "x" / "a.py", "x = 1\n")
    write(home / "work" / "x" / ".git" / "config", "")
    assert run(["privacy", "test", str(file)]) == 1
    printed = capsys.readouterr().out.splitlines()
    decided = "~/.config/refact/privacy.yaml: repositories[0]: ~/work/**"
    assert f"any hosted      refused  {decided}" in printed
    assert f"context: stays in ~/work/x ({decided})" in printed


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
    assert "allowed" in verdicts["ollama (own server)"]


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


@pytest.mark.parametrize("name", ["gone.py", "x" * 300, "loop/a.py"])
def test_path_that_cannot_be_looked_at_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert run(["privacy", "test", str(tmp_path / name)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"refact-lsp: {tmp_path / name} cannot be looked at: ")
    assert "Errno" not in line
