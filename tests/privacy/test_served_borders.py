"""Text of a restricted repository, seen from outside: a real server, an empty home."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from tests.privacy.serving import Editor, function, serving

ASKED = "def e(first, second):\n    total = com"
CURSOR = (1, 15)
RULES = {
    "root": "repositories:\n  - {{root: '{client}', send_to: own_servers}}\n",
    "remote": "repositories:\n  - {{remote: 'git@host.example:team/*', send_to: own_servers}}\n",
}
LIMIT_S = 20.0


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def repository(root: Path, remote: str, word: str) -> Path:
    write(root / ".git" / "config", f'[remote "origin"]\n\turl = {remote}\n')
    write(root / "a.py", "".join(function(name, word) for name in "abcd"))
    return root


@pytest.fixture
def client(home: Path) -> Path:
    return repository(home / "work" / "client", "https://host.example/team/x.git", "combine_client")


@pytest.fixture
def play(home: Path) -> Path:
    return repository(home / "play", "https://host.example/me/play", "compute_play")


def restrict(home: Path, client: Path, by: str) -> Path:
    rules = RULES[by].format(client=client)
    return write(home / ".config" / "refact" / "privacy.yaml", rules)


def until(editor: Editor, path: Path, wanted: str) -> None:
    """Ask until this is among the answers, or nothing is where it is empty.

    What is read in the background has come by then. Each time another document asks, so that no
    answer is kept from before.
    """
    end = time.monotonic() + LIMIT_S
    for number in itertools.count():
        asking = path.with_name(f"{path.stem}_{number}.py")
        editor.open(asking, ASKED)
        found = editor.suggestions(asking, *CURSOR)
        editor.close(asking)
        if wanted in found or not (wanted or found):
            return
        assert time.monotonic() < end, (found, editor.explained())


@pytest.mark.parametrize("by", RULES)
def test_index_of_a_restricted_repository_serves_it_alone(
    home: Path, client: Path, play: Path, by: str
) -> None:
    restrict(home, client, by)
    with serving(client, play) as editor:
        editor.wait_for_index(2)
        editor.open(client / "b.py", ASKED)
        editor.open(play / "b.py", ASKED)
        until(editor, client / "b.py", "bine_client(first, second)")
        until(editor, play / "b.py", "pute_play(first, second)")
        assert not any("client" in text for text in editor.suggestions(play / "b.py", *CURSOR))
        assert "privacy" not in str(editor.explained()["sentence"])


@pytest.mark.parametrize("by", RULES)
def test_open_document_of_a_restricted_repository_serves_it_alone(
    home: Path, client: Path, play: Path, by: str
) -> None:
    (play / "a.py").unlink()
    restrict(home, client, by)
    with serving(play) as editor:
        editor.wait_for_index(1)
        editor.open(client / "a.py", "".join(function(name, "combine_open") for name in "abcd"))
        editor.open(client / "b.py", ASKED)
        editor.open(play / "b.py", ASKED)
        until(editor, client / "b.py", "bine_open(first, second)")
        assert editor.suggestions(play / "b.py", *CURSOR) == []


def test_folder_around_both_repositories_keeps_them_apart(
    home: Path, client: Path, play: Path
) -> None:
    restrict(home, client, "root")
    (home / ".gitignore").write_text(".cache\n")
    with serving(home) as editor:
        editor.wait_for_index(1)
        editor.open(client / "b.py", ASKED)
        editor.open(play / "b.py", ASKED)
        until(editor, client / "b.py", "bine_client(first, second)")
        until(editor, play / "b.py", "pute_play(first, second)")
        assert not any("client" in text for text in editor.suggestions(play / "b.py", *CURSOR))


def test_rule_written_while_the_server_runs_holds_without_a_restart(
    home: Path, client: Path, play: Path
) -> None:
    (play / "a.py").unlink()
    with serving(client, play) as editor:
        editor.wait_for_index(2)
        editor.open(play / "b.py", ASKED)
        until(editor, play / "b.py", "bine_client(first, second)")
        assert editor.suggestions(play / "b.py", *CURSOR)
        policy = restrict(home, client, "root")
        editor.save(policy)
        until(editor, play / "b.py", "")
        assert editor.suggestions(play / "b.py", *CURSOR) == []
        policy.write_text("")
        until(editor, play / "b.py", "bine_client(first, second)")


def test_broken_rule_closes_and_is_told_once(home: Path, client: Path, play: Path) -> None:
    (play / "a.py").unlink()
    write(home / ".config" / "refact" / "privacy.yaml", "repositories: [1\n")
    with serving(client, play) as editor:
        editor.open(play / "b.py", ASKED)
        editor.open(client / "a.py", "".join(function(name, "combine_open") for name in "abcd"))
        told = editor.client.next(lambda it: it.get("method") == "window/showMessage")
        assert "privacy.yaml" in told["params"]["message"]
        assert editor.suggestions(play / "b.py", *CURSOR) == []


def test_blocked_files_are_not_indexed_and_leave_when_they_become_blocked(
    home: Path, play: Path
) -> None:
    with serving(play) as editor:
        editor.wait_for_index(1)
        editor.open(play / "b.py", ASKED)
        until(editor, play / "b.py", "pute_play(first, second)")
        rules = write(home / ".config" / "refact" / "privacy.yaml", "blocked: ['a.py']\n")
        editor.save(rules)
        until(editor, play / "b.py", "")
        editor.wait_for_index(1)
        segment = next((home / ".cache" / "refact" / "index").glob("*/segment"))
        assert b"compute_play" not in segment.read_bytes()


def test_indexing_file_leaves_out_and_adds_while_the_server_runs(
    home: Path, client: Path, play: Path
) -> None:
    rules = home / ".config" / "refact" / "indexing.yaml"
    with serving(play) as editor:
        editor.wait_for_index(1)
        editor.open(play / "b.py", ASKED)
        until(editor, play / "b.py", "pute_play(first, second)")
        write(rules, f"blocklist: ['play/a.py']\nadditional_indexing_dirs: ['{client}']\n")
        until(editor, play / "b.py", "bine_client(first, second)")
        rules.write_text("blocklist: [\n")
        told = editor.client.next(lambda it: it.get("method") == "window/showMessage")
        assert "indexing.yaml" in told["params"]["message"]
        until(editor, play / "c.py", "bine_client(first, second)")


def test_link_to_a_secret_file_is_neither_completed_nor_learned(home: Path, play: Path) -> None:
    (play / "a.py").unlink()
    text = "".join(function(name, "combine_secret") for name in "abcd")
    secret = write(home / ".ssh" / "notes", text)
    (play / "notes.py").symlink_to(secret)
    with serving(play) as editor:
        editor.open(play / "notes.py", text + ASKED)
        editor.open(play / "b.py", ASKED)
        until(editor, play / "b.py", "")
        assert editor.suggestions(play / "notes.py", 17, 15) == []
        assert editor.explained()["reason"] == "privacy_zone"
        assert ".ssh/" in editor.explained()["sentence"]
