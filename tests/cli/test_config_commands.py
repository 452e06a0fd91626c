from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

CANARY = "sk-canary-5d20bb"


def run(*arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "refact_lsp", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def write(home: Path, name: str, text: str) -> None:
    folder = home / ".config" / "refact" / "providers.d"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_empty_home_is_right_and_completes(home: Path) -> None:
    assert run("config", "check") == (0, "0 problems; 0 provider files in use.\n")
    code, listed = run("models", "list", "--json")
    assert code == 0
    assert [each["model"] for each in json.loads(listed)] == ["embedded/workspace"]
    assert run("config", "path") == (0, f"{home / '.config' / 'refact'}\n")


def test_check_exits_1_for_a_warning_and_3_for_an_error(home: Path) -> None:
    write(home, "ollama.yaml", "enabeld: true\n")
    assert run("config", "check", "--json")[0] == 1
    assert run("config", "check")[1].endswith("\n1 problem; 1 provider file in use.\n")
    write(home, "lmstudio.yaml", "enabled: 7\n")
    code, told = run("config", "check")
    assert code == 3
    assert "lmstudio.yaml:1:10: error: 'enabled': expected true or false." in told


def test_no_command_shows_a_key(home: Path) -> None:
    header = f"extra_headers: {{X-Key: {CANARY}}}"
    url = f"chat_endpoint: https://me:{CANARY}@host/v1?key={CANARY}"
    write(home, "openai.yaml", f"api_key: {CANARY}\n{header}\n{url}\nrunning_models: [m]\n")
    write(home, "groq.yaml", f"api_key: [{CANARY}]\nchat_models: {{x: {{api_key: {CANARY}}}}}\n")
    shown = [
        run(*each, *json_flag)[1]
        for each in (
            ("config", "check"),
            ("config", "show"),
            ("providers", "list"),
            ("models", "list"),
        )
        for json_flag in ((), ("--json",))
    ]
    assert "****" in shown[2]
    assert CANARY not in "".join(shown)


def test_why_names_the_reason(home: Path) -> None:
    write(home, "lmstudio.yaml", "enabled: false\nchat_models: {a: {}}\n")
    write(home, "ollama.yaml", "running_models: [llama]\ndisabled_models: [x]\n")
    assert run("models", "why", "lmstudio/a") == (
        1,
        "The provider 'lmstudio' is not in use: `enabled: false` stands in its file.\n",
    )
    assert "Did you mean 'ollama/llama'?\n" in run("models", "why", "ollama/lama")[1]
    assert "stands under disabled_models" in run("models", "why", "ollama/x")[1]
    code, told = run("models", "why", "llama")
    assert code == 0
    assert told.startswith("ollama/llama: in use as a chat model.\n")


def test_wrong_usage_exits_2() -> None:
    assert run("models", "why")[0] == 2


def test_schema_knows_every_setting_and_every_alias() -> None:
    from refact_lsp.config.provider_file import ProviderFile

    code, printed = run("config", "schema")
    assert code == 0
    assert json.loads(printed)["properties"].keys() == ProviderFile.names().keys()


def test_name_in_a_file_does_not_steer_the_terminal(home: Path) -> None:
    write(home, "ollama.yaml", 'running_models: ["a\\e[31m[bold]"]\n')
    listed = run("models", "list")[1]
    assert "\x1b" not in listed
    assert "ollama/a\\x1b[31m[bold]" in listed
