"""`providers enable|disable|rm`: nothing of the user's is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.terminal import folder, run, run_in_terminal

FILE = "# mine\nrunning_models:   [a]  # one\nchat_default_model: a\n"


@pytest.fixture
def ollama(home: Path) -> Path:
    path = folder(home) / "ollama.yaml"
    path.write_text(FILE)
    return path


def states() -> dict[str, str]:
    rows = json.loads(run("providers", "list", "--json")[1])
    return {each["provider"]: each["state"] for each in rows}


def test_disable_and_enable_change_one_line_and_tell_the_roles(ollama: Path) -> None:
    code, told = run("providers", "disable", "ollama")
    assert code == 0
    assert ollama.read_text() == FILE + "enabled: false\n"
    assert "ollama is not in use: `enabled: false` stands in its file." in told
    assert "Now chat_default_model: no model (no file names one)" in told
    assert states()["ollama"].startswith("off")
    code, told = run("providers", "enable", "ollama")
    assert (code, ollama.read_text()) == (0, FILE + "enabled: true\n")
    assert told == "ollama is in use.\n"


def test_list_fits_a_terminal_and_says_nothing_twice(ollama: Path) -> None:
    ollama.with_name("my-team-server.yaml").write_text("base_provider: [\n")
    lines = run("providers", "list", COLUMNS="80")[1].splitlines()
    assert [line.rstrip() for line in lines] == [
        "provider        name           state          models         file",
        "embedded        Embedded       on             1 completion   built in",
        "                engine",
        "my-team-server                 off: its file                 my-team-server.yaml",
        "                               cannot be",
        "                               read",
        "ollama          Ollama         on             1 completion,  ollama.yaml",
        "                                              1 chat",
    ]


def test_list_has_a_line_for_each_provider_where_a_program_reads_it(ollama: Path) -> None:
    ollama.with_name("my-team-server.yaml").write_text("base_provider: [\n")
    lines = run("providers", "list", COLUMNS="")[1].splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == ["embedded", "my-team-server", "ollama"]
    assert "  off: its file cannot be read  " in lines[2]


def test_wider_mode_is_told_when_it_is_narrowed(ollama: Path) -> None:
    ollama.chmod(0o644)
    assert "was readable for others (mode 0644)" in run("providers", "enable", "ollama")[1]
    assert ollama.stat().st_mode & 0o777 == 0o600


def test_engine_without_a_key_can_be_switched_off(home: Path) -> None:
    assert run("providers", "disable", "embedded")[0] == 0
    assert states()["embedded"].startswith("off")
    assert run("models", "set", "completion", "embedded/workspace")[0] == 2


def test_family_without_a_file_gets_one(home: Path) -> None:
    assert run("providers", "enable", "vllm") == (0, "vllm is in use.\n")
    assert (folder(home) / "vllm.yaml").read_text() == "enabled: true\n"
    code, told = run("providers", "enable", "openai")
    assert (code, told) == (0, "openai is not in use: no api_key is given in its file.\n")


def test_rm_asks_where_somebody_can_be_asked(ollama: Path) -> None:
    code, told = run("providers", "rm", "ollama")
    assert (code, ollama.exists()) == (2, True)
    assert "Say --yes where nobody can be asked." in told
    code, _ = run_in_terminal("providers", "rm", "ollama", prompt="[y/N]", typed="n\n")
    assert (code, ollama.exists()) == (1, True)
    code, told = run_in_terminal("providers", "rm", "ollama", prompt="[y/N]", typed="y\n")
    assert (code, ollama.exists()) == (0, False)


def test_rm_keeps_the_file_and_tells_the_roles(ollama: Path, home: Path) -> None:
    code, told = run("providers", "rm", "ollama", "--yes")
    (kept,) = (home / ".config" / "refact" / "removed").iterdir()
    assert (code, kept.read_text(), kept.stat().st_mode & 0o777) == (0, FILE, 0o600)
    assert "chat_default_model loses its model ollama/a." in told
    assert f"Its file is kept as {kept}; move it back to undo this." in told
    assert "Now chat_default_model: no model" in told
    assert "ollama" not in states()


@pytest.mark.parametrize("command", ["enable", "disable", "rm"])
def test_unknown_provider_is_refused_without_repeating_it(home: Path, command: str) -> None:
    code, told = run("providers", command, "olama")
    assert code == 2
    assert told == (
        "refact-lsp: No provider and no family of providers is called so. Did you mean 'ollama'?\n"
    )
    assert list(folder(home).iterdir()) == []


def test_rm_of_what_has_no_file_is_refused(home: Path) -> None:
    assert run("providers", "rm", "embedded")[0] == 2
