"""`models refresh`, `probe`, `why` and `list` as processes, against servers on this machine."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import folder, run
from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer, running
from tests.fakes.script import always
from tests.providers.discovery.servers import CANARY, unused_port

MODELS = (
    Model("qwen2.5-coder:7b", n_ctx=8192),
    Model("stranger", inserts=False),
    Model("nomic-embed", dimensions=8),
)


@pytest.fixture
def ollama(home: Path) -> Iterator[FakeModelServer]:
    with running("ollama", always("welcome_text_417"), models=MODELS) as server:
        (folder(home) / "ollama.yaml").write_text(f"endpoint: {server.url}\n")
        yield server


def told(*arguments: str) -> tuple[int, Any]:
    code, text = run(*arguments, "--json")
    return code, json.loads(text)


def test_refresh_counts_what_servers_have(ollama: FakeModelServer, home: Path) -> None:
    code, rows = told("models", "refresh")
    assert (code, rows) == (
        0,
        [{"provider": "ollama", "models": 3, "complete": 1, "loaded": 3, "problem": ""}],
    )
    kept = home / ".cache" / "refact" / "models.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_found_models_stand_in_the_list_and_complete(ollama: FakeModelServer) -> None:
    run("models", "refresh")
    _, text = run("models", "list")
    assert "Found at the server:" in text
    _, rows = told("models", "list")
    first = next(each for each in rows if each["roles"] == "completion_default_model")
    assert (first["model"], first["found"], first["n_ctx"]) == (
        "ollama/qwen2.5-coder:7b",
        True,
        8192,
    )


def test_model_of_two_kinds_stands_in_the_list_once(ollama: FakeModelServer, home: Path) -> None:
    run("models", "refresh")
    listed = run("models", "list", COLUMNS="80")[1]
    (line,) = [each for each in listed.splitlines() if "qwen2.5-coder:7b" in each]
    assert " ".join(line.split()) == "ollama/qwen2.5-coder:7b completion, chat 8192 completion"
    assert "ollama/qwen2.5-coder:1.5b-base" in listed.split("Found at the server:")[0]


def test_model_of_two_kinds_has_a_row_of_each_for_programs(ollama: FakeModelServer) -> None:
    run("models", "refresh")
    rows = [each for each in told("models", "list")[1] if each["name"] == "qwen2.5-coder:7b"]
    assert [each["kind"] for each in rows] == ["completion", "chat"]
    assert [each["kinds"] for each in rows] == [["completion", "chat"]] * 2


def test_kinds_of_a_model_that_differ_in_name_and_context_tell_both(home: Path) -> None:
    text = (
        "completion_models: {m: {n_ctx: 4096}}\n"
        "chat_models: {m: {n_ctx: 8192, display_name: Nice}}\n"
    )
    (folder(home) / "lmstudio.yaml").write_text(text)
    (line,) = [each for each in run("models", "list")[1].splitlines() if "lmstudio/m" in each]
    assert " ".join(line.split()) == "lmstudio/m Nice completion, chat 4096, 8192 completion"


def test_model_of_a_template_that_its_server_lists_too_stands_once(home: Path) -> None:
    with running("ollama", always("x"), models=(Model("qwen2.5-coder:1.5b-base"),)) as server:
        (folder(home) / "ollama.yaml").write_text(f"endpoint: {server.url}\n")
        run("models", "refresh")
    listed = run("models", "list")[1]
    assert listed.count("ollama/qwen2.5-coder:1.5b-base") == 1
    assert "Found at the server:" not in listed


def test_found_model_can_be_given_a_role(ollama: FakeModelServer, home: Path) -> None:
    run("models", "refresh")
    assert run("models", "set", "chat", "ollama/stranger")[0] == 0
    assert "ollama/stranger" in (folder(home) / "defaults.yaml").read_text()


def test_server_that_is_away_is_told_with_its_port_and_exit_4(home: Path) -> None:
    port = unused_port()
    (folder(home) / "ollama.yaml").write_text(f"endpoint: http://127.0.0.1:{port}\n")
    code, text = run("models", "refresh")
    assert code == 4
    assert f"nothing listens at 127.0.0.1:{port}. Start Ollama" in text
    _, why = run("models", "why", "ollama/anything")
    assert f"The last time its server was asked: ollama: nothing listens at 127.0.0.1:{port}" in why
    _, rows = told("providers", "list")
    state = {each["provider"]: each["server"] for each in rows}
    assert state["ollama"].startswith("not running (")
    assert state["embedded"] == ""


def test_probe_says_how_the_model_is_asked(ollama: FakeModelServer) -> None:
    code, found = told("models", "probe", "qwen2.5-coder:7b")
    assert (code, found["model"]) == (0, "ollama/qwen2.5-coder:7b")
    assert found["way"] == {"kind": "suffix", "wire": "ollama_native"}
    assert (found["context"], found["saw_suffix"], found["cut"]) == (8192, True, "")
    _, text = run("models", "probe")
    assert "suffix" in text
    assert "Its context, as loaded, is 8192 tokens." in text
    _, why = run("models", "why", "qwen2.5-coder:7b")
    assert "It completes: suffix over ollama_native worked." in why


def test_probe_goes_on_to_tokens_where_insertion_is_refused(home: Path) -> None:
    models = (Model("qwen2.5-coder:7b", inserts=False),)
    with running("vllm", always("x"), models=models) as server:
        text = f"base_provider: custom\nendpoint: {server.url}\nrunning_models: []\n"
        (folder(home) / "mine.yaml").write_text(text)
        run("models", "refresh")
        code, found = told("models", "probe")
    assert (code, found["way"]["kind"]) == (0, "tokens")


def test_probe_of_a_server_that_is_away_ends_with_4(home: Path) -> None:
    text = f"endpoint: http://127.0.0.1:{unused_port()}\n"
    (folder(home) / "ollama.yaml").write_text(text)
    code, found = told("models", "probe")
    assert (code, found["error"], found["way"]) == (4, "not_running", None)


def test_probe_without_any_server_says_so(home: Path) -> None:
    assert run("models", "probe") == (
        0,
        "embedded/workspace needs no server; there is nothing to probe.\n",
    )


def test_probe_of_an_unknown_model_is_told_why(ollama: FakeModelServer) -> None:
    run("models", "refresh")
    code, text = run("models", "probe", "ollama/qwen2.5-codr:7b")
    assert code == 2
    assert "Did you mean 'qwen2.5-coder:7b'?" in text


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("ollama/stranger", "It is not offered for completion: No family of models that fill in"),
        ("ollama/qwen2.5-codr:7b", "Did you mean 'qwen2.5-coder:7b'?"),
        ("ollama/qwen2.5-coder:1.5b-base", "The list of its server has no"),
        ("ollama/qwen2.5-coder:7b", "No file names it; it was found at the server; 8192 tokens"),
    ],
)
def test_why_tells_what_the_server_says(ollama: FakeModelServer, model: str, sentence: str) -> None:
    run("models", "refresh")
    assert sentence in run("models", "why", model)[1]


def test_why_tells_that_a_server_was_not_asked_yet(ollama: FakeModelServer) -> None:
    assert "models refresh asks" in run("models", "why", "ollama/stranger")[1]


def test_key_stands_in_no_output_and_no_cache(home: Path) -> None:
    with running("openai", always("x"), models=MODELS, api_key="another") as server:
        text = f"base_provider: custom\nendpoint: {server.url}\napi_key: {CANARY}\n"
        (folder(home) / "mine.yaml").write_text(text + "completion_models: {m: {}}\n")
        said = "".join(
            run("models", *each)[1]
            for each in (("refresh",), ("refresh", "--json"), ("probe",), ("why", "mine/m"))
        )
        assert server.exchanges[0].request.headers["authorization"] == f"Bearer {CANARY}"
    assert "does not accept the key" in said.replace("\n", " ")
    kept = b"".join(each.read_bytes() for each in home.rglob("*.json"))
    assert CANARY not in said
    assert CANARY.encode() not in kept
