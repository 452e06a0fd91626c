"""What servers list, beside what files name: who gets a role, and what is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from refact_lsp.config.catalogue import catalogue, why_not
from refact_lsp.config.choose import read_wishes
from refact_lsp.config.listed import Listed
from refact_lsp.config.load import Configuration, load_configuration

OLLAMA = "http://localhost:11434"
LISTED = Listed(
    url=OLLAMA,
    names=("llama3", "qwen3-coder:latest", "codellama:7b-code"),
    completing=("codellama:7b-code",),
    contexts={"codellama:7b-code": 4096},
)
ROLE = "completion_default_model"


def load(folder: Path, listed: Listed | None = LISTED, **files: str) -> Configuration:
    (folder / "providers.d").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "providers.d" / f"{name}.yaml").write_text(text)
    told = {"ollama": listed} if listed else {}
    return load_configuration({"REFACT_CONFIG_DIR": str(folder)}, listed=told)


def test_named_model_that_is_not_there_gives_way_to_one_that_is(tmp_path: Path) -> None:
    """The template's model was never pulled."""
    choice = load(tmp_path, ollama="").roles[ROLE]
    assert choice.model == "ollama/codellama:7b-code"
    assert "found at its server" in choice.why


def test_named_model_that_is_there_comes_first(tmp_path: Path) -> None:
    loaded = load(tmp_path, ollama="completion_models: {llama3: {}}\n")
    assert loaded.roles[ROLE].model == "ollama/llama3"


def test_named_model_that_is_not_there_comes_before_the_embedded_engine(tmp_path: Path) -> None:
    loaded = load(tmp_path, Listed(url=OLLAMA), ollama="")
    assert loaded.roles[ROLE].model == "ollama/qwen2.5-coder:1.5b-base"


def test_file_that_names_no_model_completes_with_one_that_is_found(tmp_path: Path) -> None:
    custom = "base_provider: custom\nendpoint: http://localhost:11434\n"
    loaded = load(tmp_path, ollama=custom)
    assert loaded.roles[ROLE].model == "ollama/codellama:7b-code"


def test_role_may_name_any_model_that_is_listed(tmp_path: Path) -> None:
    defaults = "completion_model: ollama/llama3\nchat_model: ollama/qwen3-coder:latest\n"
    loaded = load(tmp_path, ollama="", defaults=defaults)
    assert loaded.roles[ROLE].model == "ollama/llama3"
    assert loaded.roles["chat_default_model"].model == "ollama/qwen3-coder:latest"
    assert loaded.problems == ()


def test_role_may_name_a_model_while_the_list_is_not_known(tmp_path: Path) -> None:
    loaded = load(tmp_path, None, ollama="", defaults="completion_model: ollama/any\n")
    assert (loaded.roles[ROLE].model, loaded.problems) == ("ollama/any", ())
    assert "any" in loaded.providers.instances["ollama"].completion


def test_role_that_names_no_listed_model_is_told_the_nearest(tmp_path: Path) -> None:
    loaded = load(tmp_path, ollama="", defaults="completion_model: ollama/codelama:7b-code\n")
    (problem,) = loaded.problems
    assert problem.sentence == (
        "completion_default_model: the server of 'ollama' lists no model 'codelama:7b-code'."
        " Did you mean 'codellama:7b-code'?"
    )
    assert loaded.roles[ROLE].model == "ollama/codellama:7b-code"


def test_list_of_another_server_does_not_count(tmp_path: Path) -> None:
    loaded = load(tmp_path, ollama="endpoint: http://elsewhere:1\n")
    assert loaded.providers.instances["ollama"].listed is None


def test_provider_that_is_off_has_no_model_of_its_list(tmp_path: Path) -> None:
    loaded = load(tmp_path, ollama="enabled: false\n")
    assert loaded.roles[ROLE].model == "embedded/workspace"
    assert loaded.providers.ids("chat") == ()


@pytest.mark.parametrize(
    "text", ["disabled_models: ['codellama:7b-code']\n", "enabled_models: [llama3]\n"]
)
def test_file_decides_which_of_the_list_are_used(tmp_path: Path, text: str) -> None:
    loaded = load(tmp_path, ollama=text)
    assert loaded.providers.found_ids("completion") == ()


def test_list_that_changed_leaves_nothing_of_the_last_one(tmp_path: Path) -> None:
    before = load(tmp_path, ollama="")
    now = {"ollama": Listed(url=OLLAMA, names=("new",))}
    (tmp_path / "providers.d" / "ollama.yaml").write_text("enabled: {\n")  # broken: kept as it was
    after = load_configuration({"REFACT_CONFIG_DIR": str(tmp_path)}, before=before, listed=now)
    assert after.kept == ("ollama",)
    assert after.providers.found_ids("chat") == ("ollama/new",)


def test_editor_cannot_choose_what_no_file_of_the_user_names(tmp_path: Path) -> None:
    loaded = load(tmp_path, ollama="")
    wishes, problems = read_wishes({"completion": "ollama/codellama:7b-code"}, loaded.providers)
    assert wishes == {}
    assert len(problems) == 1


def test_found_models_are_marked_and_have_their_context(tmp_path: Path) -> None:
    entries = {(each.kind, each.id): each for each in catalogue(load(tmp_path, ollama=""))}
    found = entries["completion", "ollama/codellama:7b-code"]
    assert (found.found, found.own, found.context, found.roles) == (True, False, 4096, (ROLE,))
    assert not entries["completion", "ollama/qwen2.5-coder:1.5b-base"].found


def test_model_that_nobody_has_is_told_with_the_nearest_on_the_list(tmp_path: Path) -> None:
    said = why_not(load(tmp_path, ollama=""), "ollama/lama3")
    assert said.startswith("Neither a file nor the server of 'ollama' has a model 'lama3'.")
    assert said.endswith("Did you mean 'llama3'?")
