"""A key in any wrong place of a file stands in no output of the command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CANARY = "sk-canary-5d20bbQQfoo"
PLAIN = "q8Zr5canary0Kd7"
"""A key that does not begin as those of any known service."""

PROVIDER_FILES = {
    "as the name of a setting": "{key}: x\n",
    "as the name in a record": "chat_models: {{m: {{{key}: 1}}}}\n",
    "as a wrong type": "api_key: [{key}]\nenabled: {key}\n",
    "as a word": "transport: {key}\nwire_format: {key}\n",
    "as a number": "code_completion_n_ctx: {key}\n",
    "in a URL": "chat_endpoint: https://me:{key}@host/v1?key={key}#{key}\n",
    "in a wrong URL": "endpoint: me:{key}@host\n",
    "in headers": "extra_headers: {{X-Key: {key}, Authorization: 'Bearer {key}'}}\n",
    "in wrong headers": "extra_headers: {{'{key} ': {key}}}\nauth: none\n",
    "in headers as text": "extra_headers: '{{X-Key: {key}}}'\n",
    "in a list of headers": "extra_headers: [{key}]\n",
    "in the four forms": "api_key: {{cmd: [pass, {key}], keyring: {key}}}\n",
    "in a command": "api_key: {{cmd: [echo, {key}]}}\n",
    "in a model": "chat_models: {{m: {{api_key: {key}, auth_token: {key}}}}}\n",
    "in a model's URL": "chat_models: {{m: {{endpoint: 'https://{key}@h/?{key}'}}}}\n",
    "in another program's sign-in": "oauth_tokens: {{access_token: {key}}}\n",
    "in broken YAML": "api_key {key}\n  - {key}: [\n",
    "twice": "api_key: {key}\napi_key: {key}\n",
}
OTHER_FILES = {
    "providers.d/defaults.yaml": "{key}: x\nchat: {{temperature: {key}}}\n",
    "privacy.yaml": "blocked: {{{key}: 1}}\n",
    "indexing.yaml": "blocklist: {key}\n{key}: 1\n",
    "bring-your-own-key.yaml": "chat_apikey: [{key}]\n{key}: {key}\n",
}
ONLY_KNOWN_KEYS = {
    "as a model": "running_models: [{key}]\ncompletion_models: {{{key}: {{}}}}\n",
    "as a name": "display_name: {key}\nchat_default_model: {key}\n",
    "in a free mapping": "completion_models: {{m: {{scratchpad_patch: {{a: [{key}]}}}}}}\n",
}
COMMANDS = [
    ("config", "check"),
    ("config", "show", "--all"),
    ("config", "schema"),
    ("models", "list"),
    ("models", "why", "openai/m"),
    ("providers", "list"),
]
WITH_JSON = [("config", "check"), ("config", "show"), ("models", "list"), ("providers", "list")]


def everything_said() -> str:
    said = ""
    for arguments in (*COMMANDS, *((*each, "--json") for each in WITH_JSON)):
        done = subprocess.run(
            [sys.executable, "-m", "refact_lsp", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in done.stderr
        said += done.stdout + done.stderr
    return said


def write(home: Path, name: str, text: str) -> None:
    path = home / ".config" / "refact" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("key", [CANARY, PLAIN, "sk-7d/0a1b2c3d/Q_w-e="])
def test_key_in_any_place_of_any_file_is_shown_nowhere(home: Path, key: str) -> None:
    for number, text in enumerate(PROVIDER_FILES.values()):
        head = "" if "api_key:" in text else "api_key: $HOME\n"
        write(
            home,
            f"providers.d/p{number}.yaml",
            f"base_provider: openai\n{head}" + text.format(key=key),
        )
    for name, text in OTHER_FILES.items():
        write(home, name, text.format(key=key))
    said = everything_said()
    assert key not in said
    assert "p5.chat_endpoint" in said


def test_key_of_a_known_service_is_shown_not_even_as_a_name(home: Path) -> None:
    for number, text in enumerate(ONLY_KNOWN_KEYS.values()):
        write(
            home, f"providers.d/p{number}.yaml", "base_provider: ollama\n" + text.format(key=CANARY)
        )
    said = everything_said()
    assert CANARY not in said
    assert "this looks like a key; a key stands under api_key" in said
