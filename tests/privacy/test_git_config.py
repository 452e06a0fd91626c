"""git's configuration is read as git reads it, so a rule by remote holds however it is written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from refact_lsp.privacy.git_config import included, read_entries, remote_urls
from refact_lsp.privacy.load import repository_of

TOKEN = "gh" + "p_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def urls(text: str) -> tuple[str, ...]:
    return remote_urls(read_entries(text))


@pytest.mark.parametrize(
    "text",
    [
        '[remote "origin"]\n\turl = git@h.example:acme/x\n',
        '[remote "origin"] url = git@h.example:acme/x\n',
        '[core] [remote "origin"]\nurl=git@h.example:acme/x',
        '\ufeff[REMOTE "a]b"]\r\n  URL = git@h.example:acme/x ; mine\r\n',
        '[remote.origin]\nurl = "git@h.example:acme/x" # mine\n',
        '[remote "a\\"b"]\n# url = no \\\nurl = git@h.example:\\\nacme/x\n',
        '[remote "origin"]\npushurl = "git@h.example":acme/x\n',
    ],
    ids=["tab", "one line", "two heads", "BOM", "dots", "continued", "half quoted"],
)
def test_remote_is_found_however_it_is_written(text: str) -> None:
    assert urls(text) == ("git@h.example:acme/x",)


def test_url_that_git_rewrites_is_known_by_both_names() -> None:
    text = '[remote "o"]\nurl = gh:acme/x\n[url "https://h.example/"]\ninsteadOf = gh:\n'
    assert urls(text) == ("gh:acme/x", "https://h.example/acme/x")


def test_urls_of_other_sections_are_no_remotes() -> None:
    assert urls('[lfs]\nurl = https://h.example/lfs\n[remote "o"]\nfetch = +refs\n') == ()


@pytest.mark.parametrize("user", [f"bob:{TOKEN}", TOKEN, "bob:a@b", "bob:a/b"])
def test_credentials_in_a_url_are_left_out(user: str) -> None:
    assert urls(f'[remote "o"]\nurl = https://{user}@h.example/acme/x\n') == (
        "https://h.example/acme/x",
    )


def test_port_and_at_sign_in_a_path_are_no_credentials() -> None:
    url = "https://h.example:8443/acme/@x"
    assert urls(f'[remote "o"]\nurl = {url}\n') == (url,)


def test_includes_are_told_with_and_without_a_condition() -> None:
    text = '[include]\npath = a\n[includeIf "gitdir:~/w/"]\npath = ~/b\n[include]\npath =\n'
    assert included(read_entries(text)) == ("a", "~/b")


def test_a_megabyte_of_anything_is_read_at_once() -> None:
    for unit in ("\\", '"', "[a", "a=\\\n", '[a "', "[a] "):
        assert remote_urls(read_entries(unit * (1_000_000 // len(unit)))) == ()


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def test_remotes_of_what_git_itself_wrote_are_found(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    main.mkdir()
    _git(main, "init", "-q")
    _git(main, "remote", "add", "origin", "https://h.example/acme/x#1;2.git")
    identity = ("-c", "user.name=a", "-c", "user.email=a@b.example")
    _git(main, *identity, "commit", "-q", "--allow-empty", "-m", "first")
    _git(main, "config", "extensions.worktreeConfig", "true")
    _git(main, "worktree", "add", "-q", str(tree))
    _git(tree, "config", "--worktree", "remote.own.url", "git@h.example:acme/own")
    repository, problems = repository_of(tree / "a.py")
    assert problems == ()
    assert repository is not None
    assert repository.remotes == ("https://h.example/acme/x#1;2.git", "git@h.example:acme/own")


def test_rewriting_in_the_users_own_file_and_in_what_it_includes_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / ".gitconfig").write_text("[include]\n\tpath = ~/more\n")
    (tmp_path / "more").write_text('[url "git@h.example:"]\n\tinsteadOf = work:\n')
    (tmp_path / "x" / ".git").mkdir(parents=True)
    (tmp_path / "x" / ".git" / "config").write_text('[remote "o"]\n\turl = work:acme/x\n')
    repository, _ = repository_of(tmp_path / "x" / "a.py")
    assert repository is not None
    assert repository.remotes == ("work:acme/x", "git@h.example:acme/x")


def test_files_that_include_one_another_are_read_once(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    config = tmp_path / ".git" / "config"
    config.write_text('[include]\npath = config\npath = gone\n[remote "o"]\nurl = h:a/b\n')
    repository, problems = repository_of(tmp_path / "a.py")
    assert problems == ()
    assert repository is not None
    assert repository.remotes == ("h:a/b",)


def test_include_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / ".git" / "more").mkdir(parents=True)
    (tmp_path / ".git" / "config").write_text("[include]\npath = more\n")
    _, problems = repository_of(tmp_path / "a.py")
    assert [each.file for each in problems] == [str(tmp_path / ".git" / "more")]


def test_includes_without_end_are_told_and_close(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for number in range(30):
        (tmp_path / ".git" / str(number)).write_text(f"[include]\npath = {number + 1}\n")
    (tmp_path / ".git" / "config").write_text("[include]\npath = 0\n")
    _, problems = repository_of(tmp_path / "a.py")
    assert "more than 20 files" in problems[0].sentence


def test_remote_that_was_changed_is_known_at_once(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name in ("one", "other"):
        (tmp_path / ".git" / "config").write_text(f'[remote "o"]\nurl = h:a/{name}\n')
        repository, _ = repository_of(tmp_path / "a.py")
        assert repository is not None
        assert repository.remotes == (f"h:a/{name}",)
