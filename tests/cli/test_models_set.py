"""`models set`: a role gets its model, whatever the file looks like and whatever it is called."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.terminal import folder, run

OLLAMA = "running_models: [llama3:8b, hub/qwen]\nembedding_model: nomic\n"
DEFAULTS = "# mine\nchat: {model: 'lmstudio/hub/qwen', temperature: 0.1}  # fast\n"


@pytest.fixture
def files(home: Path) -> Path:
    found = folder(home)
    (found / "ollama.yaml").write_text(OLLAMA)
    (found / "lmstudio.yaml").write_text("running_models: [hub/qwen]\n")
    (found / "openai.yaml").write_text("enabled: false\nchat_models: {gpt: {}}\n")
    return found


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("completion", "completion_model: {}"),
        ("chat", "chat:\n  model: {}"),
        ("light", "chat_light:\n  model: {}"),
        ("second", "chat_model_2:\n  model: {}"),
        ("reasoning", "chat_thinking:\n  model: {}"),
        ("planner", "task_planner_agent_model:\n  model: {}"),
        ("background", "chat_buddy:\n  model: {}"),
        ("buddy", "chat_buddy:\n  model: {}"),
        ("embedding", "embedding_model: {}"),
        ("chat_thinking_model", "chat_thinking:\n  model: {}"),
        ("Task-Planner", "task_planner_agent_model:\n  model: {}"),
    ],
)
def test_every_role_is_written_as_refact_has_it(files: Path, said: str, line: str) -> None:
    model = {"completion": "ollama/qwen2.5-coder:1.5b-base", "embedding": "ollama/nomic"}.get(
        said, "ollama/llama3:8b"
    )
    code, told = run("models", "set", said, model)
    assert code == 0
    shown = model if ":" not in model else f'"{model}"'
    assert (files / "defaults.yaml").read_text() == line.format(shown) + "\n"
    assert f": {model} (named in {files / 'defaults.yaml'}:" in told


def test_file_keeps_its_form_and_all_other_bytes(files: Path) -> None:
    defaults = files / "defaults.yaml"
    defaults.write_text(DEFAULTS)
    assert run("models", "set", "chat", "ollama/hub/qwen")[0] == 0
    assert defaults.read_text() == DEFAULTS.replace("lmstudio/hub", "ollama/hub")
    assert run("models", "set", "chat", "--unset")[0] == 0
    assert defaults.read_text() == "# mine\nchat: {temperature: 0.1}  # fast\n"


def test_every_name_of_a_role_in_the_file_is_set(files: Path) -> None:
    defaults = files / "defaults.yaml"
    defaults.write_text("chat_model: lmstudio/hub/qwen\nchat:\n  model: x\n")
    assert run("models", "set", "chat", "llama3:8b")[0] == 0
    assert defaults.read_text() == (
        'chat_model: "ollama/llama3:8b"\nchat:\n  model: "ollama/llama3:8b"\n'
    )


def test_unset_tells_what_is_in_force_then(files: Path) -> None:
    run("models", "set", "completion", "embedded/workspace")
    code, told = run("models", "set", "completion", "--unset")
    assert (code, (files / "defaults.yaml").read_text()) == (0, "")
    assert told == (
        "completion_default_model: ollama/qwen2.5-coder:1.5b-base "
        "(no file names one: the first model that completes)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("chat", "hub/qwen"), "'hub/qwen' may be lmstudio/hub/qwen or ollama/hub/qwen;"),
        (("chat", "qwen"), "'qwen' may be lmstudio/hub/qwen or ollama/hub/qwen;"),
        (("completion", "llama3:8b"), "completion_default_model wants a completion model."),
        (("embedding", "ollama/llama3:8b"), "embedding_model wants an embedding model."),
        (("chat", "ollama/lama3:8b"), "Did you mean 'ollama/llama3:8b'?"),
        (("chat", "openai/gpt"), "is not in use: `enabled: false` stands in its file."),
        (("chatt", "llama3:8b"), "No role is called 'chatt'. Did you mean 'chat'?"),
        (("zzz", "llama3:8b"), "The roles are completion_default_model, chat_default_model,"),
        (("chat",), "Say a model, or --unset"),
        (("chat", "llama3:8b", "--unset"), "Say a model, or --unset"),
    ],
)
def test_wrong_choice_is_told_and_writes_nothing(
    files: Path, arguments: tuple[str, ...], told: str
) -> None:
    code, printed = run("models", "set", *arguments)
    assert code == 2
    assert told in printed
    assert not (files / "defaults.yaml").exists()


def test_broken_defaults_are_refused_with_the_place(files: Path) -> None:
    (files / "defaults.yaml").write_text("chat: [\nx: }\n")
    code, told = run("models", "set", "chat", "llama3:8b")
    assert code == 3
    assert f"{files / 'defaults.yaml'}:2:4: error: This is no valid YAML" in told
    assert (files / "defaults.yaml").read_text() == "chat: [\nx: }\n"


def test_empty_home_takes_the_engine_without_a_key(home: Path) -> None:
    shutil.rmtree(home)
    home.mkdir()
    code, told = run("models", "set", "completion", "embedded/workspace")
    assert code == 0
    assert told.startswith("completion_default_model: embedded/workspace (named in ")


def test_list_shows_names_and_the_users_own_models_first(files: Path) -> None:
    (files / "lmstudio.yaml").write_text("chat_models: {m: {display_name: My Model}}\n")
    code, told = run("models", "list")
    assert code == 0
    yours, others = told.split("Models that come with their providers:")
    assert yours.startswith("Your models:")
    assert "My Model" in yours
    assert "embedded/workspace" in others
    rows = json.loads(run("models", "list", "--json")[1])
    assert [each["model"] for each in rows if each["own"]] == [
        "lmstudio/m",
        "ollama/hub/qwen",
        "ollama/llama3:8b",
        "ollama/nomic",
    ]
    assert rows[0]["name"] == "My Model"
    assert "qwen2.5-coder:1.5b-base" in [each["name"] for each in rows if not each["own"]]
