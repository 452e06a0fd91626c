"""`config show` and `config check` over all files, as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from refact_lsp.cli.schemas import SCHEMAS


def run(folder: Path, *arguments: str, **variables: str) -> tuple[int, str]:
    import os

    done = subprocess.run(
        [sys.executable, "-m", "refact_lsp", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **variables},
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def write(folder: Path, name: str, text: str, mode: int = 0o600) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


@pytest.fixture
def user(home: Path) -> Path:
    return home / ".config" / "refact"


def shown(folder: Path, *arguments: str, **variables: str) -> dict[str, tuple[Any, str]]:
    code, text = run(folder, "config", "show", "--json", *arguments, **variables)
    assert code == 0
    return {
        f"{each['section']}/{each['setting']}": (each["value"], each["from"])
        for each in json.loads(text)
    }


def test_empty_home_shows_what_is_built_in(tmp_path: Path) -> None:
    rows = shown(tmp_path)
    assert rows["roles/completion_default_model"] == (
        "embedded/workspace",
        "no file names one: the engine without a key",
    )
    assert rows["models/embedded/workspace.n_ctx"] == (
        0,
        "template default_providers/embedded.yaml:8",
    )
    assert rows["directories/user"][1] == "built-in default"
    assert rows["editor/trigger"] == ("auto", "built-in default; an editor may say otherwise")
    code, text = run(tmp_path, "config", "show")
    assert code == 0
    assert "  embedded.transport = embedded  (template default_providers/embedded.yaml:3)" in text


def test_setting_names_its_file_its_template_or_its_variable(user: Path, tmp_path: Path) -> None:
    given = write(
        user,
        "providers.d/openai.yaml",
        "api_key: $THE_KEY\nchat_models:\n  a: {n_ctx: 5}\nmodels_dict_patch:\n  a: {n_ctx: 7}\n",
    )
    rows = shown(tmp_path, THE_KEY="value")
    origin = f"environment variable THE_KEY, named in {given}:1"
    assert rows["providers/openai.api_key"] == ("****", origin)
    template = "template default_providers/openai.yaml:2"
    assert rows["providers/openai.endpoint"] == ("https://api.openai.com/v1", template)
    assert rows["models/openai/a.n_ctx"] == (7, f"{given}:5")
    everything = shown(tmp_path, "--all", THE_KEY="value")
    assert everything["providers/openai.private"] == (False, "built-in default")


def test_keys_are_masked_in_all_four_forms(user: Path, tmp_path: Path) -> None:
    write(user, "providers.d/openai.yaml", "api_key: abcdef\n")
    write(user, "providers.d/groq.yaml", "api_key: ${GROQ}\n")
    write(user, "providers.d/xai.yaml", "api_key: {cmd: [pass, show, abcdef]}\n")
    write(user, "providers.d/deepseek.yaml", "api_key: {keyring: refact/me}\n")
    rows = shown(tmp_path)
    values = {name: rows[f"providers/{name}.api_key"][0] for name in ("openai", "groq", "xai")}
    assert values == {"openai": "****", "groq": "$GROQ", "xai": "{cmd: [pass, ...]}"}
    assert rows["providers/deepseek.api_key"][0] == "{keyring: refact/me}"


def test_privacy_and_indexing_name_their_lines(home: Path, user: Path, tmp_path: Path) -> None:
    privacy = write(user, "privacy.yaml", "zones:\n  - name: work\n    patterns: ['*.tf']\n")
    mine = write(user, "indexing.yaml", "blocklist: [target/]\n")
    own = write(tmp_path, ".refact/privacy.yaml", "blocked: ['*.sql']\n")
    theirs = write(tmp_path, ".refact/indexing.yaml", "additional_indexing_dirs: [/x]\n")
    rows = shown(tmp_path)
    value, origin = rows["privacy/zones[0] 'work'"]
    assert value == "*.tf; send to: none"
    assert origin.endswith(f"{privacy.relative_to(home)}:3")
    assert rows["privacy/blocked"] == ("*.sql; send to: none", f"{own}:1")
    assert rows["indexing/blocklist"] == (["target/"], f"{mine}:1")
    assert str(theirs) not in str(rows)


def test_directory_names_its_variable(tmp_path: Path) -> None:
    rows = shown(tmp_path, REFACT_CONFIG_DIR=str(tmp_path))
    origin = "environment variable REFACT_CONFIG_DIR"
    assert rows["directories/user"] == (str(tmp_path), origin)


def test_check_covers_privacy_and_indexing_of_user_and_workspace(
    user: Path, tmp_path: Path
) -> None:
    write(user, "privacy.yaml", "zonez: []\n")
    write(user, "indexing.yaml", "blocklist: a\n")
    write(tmp_path, ".refact/privacy.yaml", "blocked: a\n")
    write(tmp_path, ".refact/indexing.yaml", "additional_indexing_dirs: [/x]\n")
    code, told = run(tmp_path, "config", "check")
    assert code == 3
    assert f"{user}/privacy.yaml:1:1: error: Unknown key 'zonez'. Did you mean 'zones'?" in told
    assert f"{user}/indexing.yaml:1:12: error: 'blocklist': expected a list" in told
    assert f"{tmp_path}/.refact/privacy.yaml:1:10: error: 'blocked': expected a list." in told
    assert f"{tmp_path}/.refact/indexing.yaml:1:27: warning: 'additional_indexing_dirs'" in told


@pytest.mark.skipif(sys.platform == "win32", reason="permissions there are no modes")
def test_check_warns_of_a_key_that_others_may_read(user: Path, tmp_path: Path) -> None:
    path = write(user, "providers.d/openai.yaml", "api_key: abcdef\n", 0o640)
    code, told = run(tmp_path, "config", "check")
    assert code == 1
    assert f"{path}:1:1: warning: A key stands in this file, and others" in told
    assert f"Run: chmod 600 {path}" in told
    path.chmod(0o600)
    assert run(tmp_path, "config", "check")[0] == 0


@pytest.mark.skipif(sys.platform == "win32", reason="permissions there are no modes")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("api_key: $GIVEN\n", 0),
        ("api_key: {cmd: [pass]}\n", 0),
        ("auth: none\nextra_headers: {X-Team: blue}\n", 0),
        ("auth: none\nextra_headers: {X-Api-Key: abcdef}\n", 1),
        ("auth: none\nchat_models: {a: {auth_token: abcdef}}\n", 1),
        ("auth: none\nchat_endpoint: https://me:abcdef@host/v1\n", 1),
    ],
)
def test_only_a_key_written_out_must_be_kept_from_others(
    user: Path, tmp_path: Path, text: str, code: int
) -> None:
    write(user, "providers.d/openai.yaml", text, 0o644)
    assert run(tmp_path, "config", "check", GIVEN="value")[0] == code


def test_oldest_file_is_used_where_no_other_is(user: Path, tmp_path: Path) -> None:
    write(
        user,
        "bring-your-own-key.yaml",
        "completion_endpoint: http://127.0.0.1:1/v1/completions\ncompletion_model: coder\n",
    )
    rows = shown(tmp_path)
    assert rows["roles/completion_default_model"][0] == "bring-your-own-key/coder"
    write(user, "providers.d/ollama.yaml", "enabled: true\n")
    assert "models/bring-your-own-key/coder" not in shown(tmp_path)


def test_schema_is_printed_by_name_and_written_into_a_folder(tmp_path: Path) -> None:
    for name in SCHEMAS:
        code, text = run(tmp_path, "config", "schema", name)
        assert (code, json.loads(text)["type"] != "") == (0, True)
    code, _ = run(tmp_path, "config", "schema", "--write", "here")
    assert code == 0
    assert len(list((tmp_path / "here").iterdir())) == len(SCHEMAS)
    code, told = run(tmp_path, "config", "schema", "privcy")
    assert (code, told) == (
        2,
        "refact-lsp: There is no schema of that name. Did you mean 'privacy'?\n",
    )


def test_rules_of_the_repository_count_in_its_folders_too(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    write(tmp_path, ".refact/privacy.yaml", "blocked: [docs]\n")
    write(tmp_path, ".refact/indexing.yaml", "blocklist: [vendor]\n")
    inner = write(tmp_path, "src/a.py", "").parent
    rows = shown(inner)
    assert rows["privacy/blocked"][0] == "docs; send to: none"
    assert rows["indexing/blocklist"][0] == ["vendor"]
    write(tmp_path, ".refact/privacy.yaml", "blokced: [docs]\n")
    write(tmp_path, ".refact/indexing.yaml", "blocklst: [vendor]\n")
    code, told = run(inner, "config", "check")
    assert code == 3
    assert ".refact/privacy.yaml:1:1: error: Unknown key 'blokced'." in told
    assert ".refact/indexing.yaml:1:1: warning: Unknown key 'blocklst'" in told


@pytest.mark.parametrize(
    "variable", ["REFACT_CONFIG_DIR", "XDG_CONFIG_HOME", "REFACT_CACHE_DIR"], ids=str.lower
)
def test_directory_that_cannot_be_looked_at_is_a_sentence_and_closes(
    tmp_path: Path, variable: str
) -> None:
    file = write(tmp_path, "a.py", "x = 1\n")
    unreachable = {variable: str(tmp_path / ("x" * 300))}
    for arguments in (
        ["config", "check"],
        ["config", "show"],
        ["models", "list"],
        ["keys", "list"],
    ):
        code, told = run(tmp_path, *arguments, **unreachable)
        assert code in {0, 3}, told
    is_cache = variable == "REFACT_CACHE_DIR"
    assert run(tmp_path, "config", "check", **unreachable)[0] == (0 if is_cache else 3)
    code, told = run(tmp_path, "privacy", "test", str(file), **unreachable)
    assert code == (0 if is_cache else 1)
    assert is_cache or "any own server  allowed" in told


def test_files_are_shown_from_a_folder_that_was_deleted(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = "import os, sys; os.rmdir(os.getcwd()); from refact_lsp.cli.main import main; main()"
    for arguments in (("config", "show"), ("config", "check"), ("models", "list")):
        gone.mkdir(exist_ok=True)
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=gone,
        )
        assert (done.returncode, done.stderr) == (0, "")
