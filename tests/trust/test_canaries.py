"""T5: eight keys, one for each way to configure one or to get it wrong, and none is ever seen."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from tests.server.rawclient import notification, running

NAMES = (
    *("literal", "variable", "program", "failing_program", "keyring"),
    *("wrong_type", "broken_file", "in_records"),
)
SHOW_COMMAND_LINES = "tr '\\0' ' ' < /proc/$$/cmdline; tr '\\0' ' ' < /proc/$PPID/cmdline"

Canaries = dict[str, str]


@pytest.fixture
def canaries() -> Canaries:
    return {name: f"sk-{secrets.token_hex(6)}/{secrets.token_urlsafe(9)}=" for name in NAMES}


@pytest.fixture
def configured(home: Path, canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = home / ".config" / "refact" / "providers.d"
    folder.mkdir(parents=True)
    ring, program, failing = home / "keyring.json", home / "program", home / "failing"
    ring.write_text(json.dumps({"there/me": canaries["keyring"]}))
    program.write_text(f"({SHOW_COMMAND_LINES}) >> {home / 'cmdlines'}\ncat {home / 'key'}\n")
    (home / "key").write_text(canaries["program"])
    lost = canaries["failing_program"]
    failing.write_text(f"echo {lost}; echo bad key {lost} '{lost},' {lost[:9]} >&2; exit 7\n")
    monkeypatch.setenv("CANARY", canaries["variable"])
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyring_backend.FileKeyring")
    bad, deep = canaries["wrong_type"], canaries["in_records"]
    files = {
        "openai": f"api_key: {canaries['literal']}\nrunning_models: [m]\n",
        "groq": "api_key: $CANARY\nrunning_models: [m]\n",
        "xai": f"api_key: {{cmd: [sh, {program}]}}\nrunning_models: [m]\n",
        "deepseek": f"api_key: {{cmd: [sh, {failing}]}}\n",
        "anthropic": "api_key: {keyring: there/me}\n",
        "openrouter": f"api_key: [{bad}]\nenabled: {bad}\n{bad}: 1\nfim: {{mode: {bad}}}\n",
        "lmstudio": f"api_key: {canaries['broken_file']}\n  x: {canaries['broken_file']}: [\n",
        "custom": f"endpoint: https://me:{deep}@host/v1?key={deep}\nextra_headers: {{K: {deep}}}\n"
        f"chat_models: {{a: {{api_key: {deep}, auth_token: {deep}, n_ctx: {deep}}}}}\n",
    }
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
        (folder / f"{name}.yaml").chmod(0o644)
    return folder


def forms(canary: str) -> Iterator[str]:
    yield from (canary, quote_plus(canary), json.dumps(canary)[1:-1], canary[3:15])
    yield base64.b64encode(canary.encode()).decode().rstrip("=")[:-2]


def assert_unseen(printed: str, canaries: Canaries) -> None:
    assert printed
    seen = [name for name, each in canaries.items() for form in forms(each) if form in printed]
    assert seen == []


def run(*arguments: str, given: str = "", **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "refact_lsp", *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environ},
    )
    return done.stdout + done.stderr


READING = [
    (*words, *flag)
    for words in (
        *(("config", "check"), ("config", "show"), ("providers", "list")),
        *(("models", "list"), ("keys", "list")),
    )
    for flag in ((), ("--json",))
]


def test_reading_commands_show_no_key(configured: Path, canaries: Canaries, home: Path) -> None:
    printed = [run(*each) for each in READING]
    assert "****" in printed[2]
    assert_unseen("".join(printed), canaries)
    assert "ended with code 7" in "".join(printed)
    command_lines = (home / "cmdlines").read_text()
    assert "refact_lsp keys list" in command_lines
    assert_unseen(command_lines, canaries)


@pytest.mark.parametrize("name", ["literal", "broken_file"])
def test_writing_commands_show_no_key(configured: Path, canaries: Canaries, name: str) -> None:
    key = canaries[name]
    telling = {"PYTHON_KEYRING_BACKEND": "tests.keyring_backend.TellingKeyring"}
    printed = [
        run("keys", "set", "vllm", "--store", "keyring", given=key, **telling),
        run("keys", "set", "vllm", "--store", "file", given=f"{key}\nmore"),
        run("keys", "set", "vllm", "--store", "file", given=f"{key}"),
        run("keys", "set", "vllm", key),
        run("keys", "set", "vllm", f"--key={key}"),
        run("keys", "set", key),
        run("keys", "rm", "vllm"),
        run("keys", "rm", key),
        *(run("keys", "rm", each) for each in ("lmstudio", "openrouter", "anthropic")),
        *(run("models", "set", "chat", each) for each in ("lmstudio/x", "m")),
        *(run("providers", "disable", each) for each in ("lmstudio", "openrouter", "custom")),
        *(run("providers", "rm", each, "--yes") for each in ("openai", "lmstudio", "groq")),
    ]
    assert_unseen("".join(printed), canaries)


def test_server_shows_no_key_on_the_wire_or_in_its_log(
    configured: Path, canaries: Canaries, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    command = (sys.executable, "-m", "refact_lsp", "serve", "--stdio")
    asked: tuple[tuple[str, list[object]], ...] = (
        ("refact.models", []),
        ("refact.selectModel", []),
        ("refact.selectModel", [{"role": "chat"}]),
        ("refact.selectModel", [{"role": "chat", "model": "m"}]),
        ("refact.selectModel", [{"role": "chat", "model": canaries["literal"]}]),
        ("refact.selectModel", [{"role": "chat", "model": canaries["variable"]}]),
        ("refact.models", [canaries["literal"]]),
    )
    with running((*command, "--log-level", "debug", "--log-file", str(log))) as client:
        client.initialize()
        for number, (name, arguments) in enumerate(asked):
            params = {"command": name, "arguments": arguments}
            client.ask(number, "workspace/executeCommand", params)
        client.ask("end", "shutdown")
        client.send(notification("exit"))
        assert client.wait() == 0
    told = json.dumps(client.seen)
    assert "No model in use is called '****'." in told
    assert_unseen(told + client.logged() + log.read_text(), canaries)


def test_error_that_nobody_foresaw_is_printed_without_a_key(canaries: Canaries) -> None:
    code = (
        "import os, sys; from refact_lsp.config.secret import Secret;"
        "from refact_lsp.config.redaction import redact_tracebacks;"
        "key = Secret(os.environ['K']); redact_tracebacks(); int(key.reveal())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "K": canaries["literal"]},
    )
    assert "ValueError: invalid literal for int() with base 10: '****'" in done.stderr
    assert_unseen(done.stderr, canaries)
