"""`keys set|list|rm`: in the keyring or the file, never on the command line or the screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import folder, run, run_in_terminal

KEY = "sk-4f19c2d7a8b3e6f0"
BACKEND = {"PYTHON_KEYRING_BACKEND": "tests.keyring_backend.FileKeyring"}
NONE = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def entries(home: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((home / "keyring.json").read_text())
    return found


def listed(**environ: str) -> dict[str, dict[str, Any]]:
    code, printed = run("keys", "list", "--json", **environ)
    assert code == 0
    return {row["provider"]: row for row in json.loads(printed)}


def test_key_goes_into_the_keyring_where_there_is_one(home: Path) -> None:
    code, told = run("keys", "set", "openai", given=f"\ufeff{KEY}\r\n", **BACKEND)
    path = folder(home) / "openai.yaml"
    assert (code, entries(home)) == (0, {"refact-lsp/openai": KEY})
    assert path.read_text() == "api_key: {keyring: refact-lsp/openai}\n"
    assert told == (
        f"The key of openai is in the system's keyring; {path} says so.\nopenai is in use.\n"
    )
    assert listed(**BACKEND)["openai"] == {
        "provider": "openai",
        "key": "keyring refact-lsp/openai",
        "state": "there",
        "ends in": "e6f0",
    }


def test_key_goes_into_the_file_where_there_is_no_keyring(home: Path) -> None:
    path = folder(home) / "openai.yaml"
    path.write_text("# mine\nrunning_models: [gpt]  # one\n")
    path.chmod(0o644)
    code, told = run("keys", "set", "openai", given=KEY, **NONE)
    assert (code, path.stat().st_mode & 0o777) == (0, 0o600)
    assert path.read_text() == (f"# mine\nrunning_models: [gpt]  # one\napi_key: {KEY}\n")
    assert "was readable for others (mode 0644)" in told
    assert f"The key of openai is in {path}, which only you can read." in told
    assert listed(**NONE)["openai"]["key"] == "in the file"


def test_store_is_the_users_choice(home: Path) -> None:
    run("keys", "set", "openai", given=KEY, **BACKEND)
    code, _ = run("keys", "set", "openai", "--store", "file", given=KEY, **BACKEND)
    assert (code, entries(home)) == (0, {})
    assert KEY in (folder(home) / "openai.yaml").read_text()
    code, told = run("keys", "set", "groq", "--store", "keyring", given=KEY, **NONE)
    assert code == 3
    assert "This system has no keyring that is running. Use --store file" in told
    assert not (folder(home) / "groq.yaml").exists()


def test_terminal_shows_nothing_of_what_is_typed(home: Path) -> None:
    code, shown = run_in_terminal(
        *("keys", "set", "openai", "--store", "file"),
        prompt="Key of openai (it is not shown): ",
        typed=f"{KEY}\n",
    )
    assert code == 0
    assert KEY not in shown
    assert KEY in (folder(home) / "openai.yaml").read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ("openai", KEY),
        ("openai", f"--key={KEY}"),
        ("openai", "--key", KEY),
        (KEY,),
        ("openai", f"-{KEY}"),
    ],
)
def test_key_as_an_argument_is_refused_and_not_repeated(
    home: Path, arguments: tuple[str, ...]
) -> None:
    code, told = run("keys", "set", *arguments, given=KEY, **NONE)
    assert code == 2
    assert KEY not in told
    assert list(folder(home).iterdir()) == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("", "only emptiness"),
        ("two words", "a space stands in it"),
        ("sk-1\nsk-2", "several lines"),
        ("\udcff\udcfe", "outside of ASCII"),
        ("$OPENAI_API_KEY", "this names a variable; write `api_key: $NAME`"),
        ("sk-...", "placeholder of a template"),
    ],
)
def test_what_is_no_key_is_refused(home: Path, given: str, told: str) -> None:
    code, printed = run("keys", "set", "openai", given=given, **NONE)
    assert code == 3
    assert told in printed
    assert list(folder(home).iterdir()) == []


def test_broken_file_is_told_before_a_key_is_stored_anywhere(home: Path) -> None:
    (folder(home) / "openai.yaml").write_text("a: [\n")
    code, told = run("keys", "set", "openai", given=KEY, **BACKEND)
    assert code == 3
    assert "openai.yaml:2:1: error: This is no valid YAML" in told
    assert not (home / "keyring.json").exists()


def test_list_says_where_each_key_comes_from_and_whether_it_is_there(home: Path) -> None:
    written = {
        "openai": "api_key: $THE_KEY\n",
        "groq": "api_key: ${NOT_THERE}\n",
        "xai": "api_key: {cmd: [cat, keyfile]}\n",
        "deepseek": "api_key: {cmd: [cat, nothing-here]}\n",
        "anthropic": "api_key: short-7\n",
        "ollama": "running_models: [a]\n",
        "openrouter": "display_name: x\n",
        "custom": "endpoint: http://localhost:1\napi_key: {keyring: a/b}\n",
    }
    for name, text in written.items():
        (folder(home) / f"{name}.yaml").write_text(text)
    (home / "keyfile").write_text(f"{KEY}\nsecond line\n")
    rows = {
        name: (row["key"], row["state"], row["ends in"])
        for name, row in listed(THE_KEY=KEY, **NONE).items()
    }
    assert rows == {
        "openai": ("variable THE_KEY", "there", "e6f0"),
        "groq": (
            "variable NOT_THERE",
            "The environment has no variable NOT_THERE; set it, and start the editor anew.",
            "",
        ),
        "xai": ("program cat", "there", "e6f0"),
        "deepseek": (
            "program cat",
            (
                "The program 'cat' that gives the key ended with code 1: "
                "cat: **** No such file or directory."
            ),
            "",
        ),
        "anthropic": ("in the file", "there", ""),
        "ollama": ("none", "not needed", ""),
        "openrouter": ("none", "missing", ""),
        "custom": (
            "keyring a/b",
            (
                "This system has no keyring that is running. Write `api_key: $NAME` instead, "
                "or store the key in its file: keys set --store file."
            ),
            "",
        ),
    }


def test_rm_takes_the_key_from_the_file_and_the_keyring(home: Path) -> None:
    run("keys", "set", "openai", given=KEY, **BACKEND)
    path = folder(home) / "openai.yaml"
    code, told = run("keys", "rm", "openai", **BACKEND)
    assert (code, path.read_text(), entries(home)) == (0, "", {})
    assert told == (
        f"{path} gives no key any more.\nThe entry of keyring refact-lsp/openai is deleted.\n"
    )
    assert run("keys", "rm", "openai", **BACKEND)[0] == 1


def test_rm_leaves_what_was_not_made_here(home: Path) -> None:
    (home / "keyring.json").write_text(json.dumps({"mine/openai": KEY}))
    path = folder(home) / "openai.yaml"
    path.write_text("api_key: {keyring: mine/openai} # there\nenabled: true\n")
    code, told = run("keys", "rm", "openai", **BACKEND)
    assert (code, path.read_text()) == (0, "enabled: true\n")
    assert "keyring mine/openai was not made here; it stays." in told
    assert entries(home) == {"mine/openai": KEY}
    path.write_text("api_key: $THE_KEY\n")
    assert "The variable THE_KEY stays in the environment." in run("keys", "rm", "openai")[1]


def test_nothing_is_claimed_of_the_key_in_a_file_that_cannot_be_read(home: Path) -> None:
    (folder(home) / "openai.yaml").write_text(f"api_key: '{KEY}\n")
    assert listed()["openai"] == {
        "provider": "openai",
        "key": "",
        "state": "its file cannot be read",
        "ends in": "",
    }
