from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from refact_lsp.config.load import Configuration, load_configuration, load_templates
from refact_lsp.config.problems import Mark
from refact_lsp.config.provider_file import read_provider_file
from refact_lsp.config.secret import CommandKey, KeyringKey, Secret

CANARY = "sk-canary-7f3a91"


def load(folder: Path, **files: str) -> Configuration:
    (folder / "providers.d").mkdir()
    for name, text in files.items():
        (folder / "providers.d" / f"{name}.yaml").write_text(text)
    return load_configuration({"REFACT_CONFIG_DIR": str(folder), "GIVEN": "value"})


def told(loaded: Configuration) -> list[str]:
    prefix = f"{loaded.folder}/"
    return [str(each).replace(prefix, "") for each in loaded.problems]


def test_templates_have_no_problem() -> None:
    templates, problems = load_templates()
    assert problems == ()
    assert {"anthropic", "custom", "embedded", "llamacpp", "ollama", "openai"} <= set(templates)
    assert all(each.api_key is None for each in templates.values())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "enabeld: true",
            "1:1: warning: Unknown key 'enabeld' is ignored. Did you mean 'enabled'?",
        ),
        (
            "transport: htp",
            "1:12: error: 'transport': expected one of http, process, embedded. Did",
        ),
        ("enabled: yes", "1:10: error: 'enabled': expected true or false."),
        ("display_name: 5", "1:15: error: 'display_name': expected text in quotes."),
        (
            "wire_format: openai_response",
            "1:14: error: 'wire_format': expected one of openai_completions, openai_chat_compl",
        ),
        (
            "endpoint: localhost:11434",
            "1:11: error: 'endpoint': expected a URL that begins with http:// or https://.",
        ),
        ("running_models: a", "1:17: error: 'running_models': expected a list of texts."),
        (
            "completion_models:\n  x:\n    n_ctx: -1",
            "3:12: error: 'n_ctx': expected a whole number, 0 to 1000000000.",
        ),
        (
            "api_key: $MISSING_ONE",
            "1:10: error: api_key: the environment has no variable MISSING_ONE; set it, or",
        ),
        ("- a", "1:1: error: Expected a mapping of settings."),
        (
            "base_url: http://a\nendpoint: http://b",
            "1:1: warning: 'base_url' and 'endpoint' are one setting; what 'endpoint' says counts",
        ),
        ("chat_models:\n  m: 5", "2:6: error: 'm': expected a mapping of settings."),
        (
            "chat_models:\n  m:\n    n_ctxx: 5",
            "3:5: warning: Unknown key 'n_ctxx' is ignored. Did you mean 'n_ctx'?",
        ),
        ("completion_models: []", "1:20: error: 'completion_models': expected a mapping from na"),
        ("running_models: [a, 5]", "1:21: error: 'running_models': expected text in quotes."),
        ("code_completion_n_ctx: '8192'", "1:24: error: 'code_completion_n_ctx': expected a w"),
        ("code_completion_n_ctx: 8192.0", "1:24: error: 'code_completion_n_ctx': expected a w"),
        ("extra_headers: {a b: c}", "1:22: error: this name: expected the name of a header"),
        ("extra_headers: 'a'", "1:16: error: 'extra_headers': expected a mapping of header na"),
        ("api_key: {cmd: pass}", "1:10: error: 'api_key': expected a key in quotes, $NAME"),
        ("display_name: sk-abcdefghijkl", "1:15: error: 'display_name': this looks like a key"),
        ("fim: {mode: sufix}", "1:13: error: 'mode': expected one of auto, suffix, tokens, infil"),
        ("a: [", "2:1: error: This is no valid YAML: "),
        (
            "base_provider: olama",
            "1:16: error: base_provider: no such family. Did you mean 'ollama'?",
        ),
    ],
)
def test_problem_names_place_expectation_and_nearest_name(
    tmp_path: Path, text: str, problem: str
) -> None:
    (line,) = told(load(tmp_path, ollama=text + "\n"))
    assert line.startswith(f"ollama.yaml:{problem}")


def test_wrong_values_are_told_in_the_order_of_the_file_and_the_others_stay() -> None:
    text = "transport: x\nchat_models:\n  m: {n_ctx: a, eof_is_done: 1, tokenizer: t}\nenabled: 2\n"
    given, problems = read_provider_file(text.encode(), "f")
    assert [(each.line, each.column) for each in problems] == [(1, 12), (3, 14), (3, 30), (4, 10)]
    assert given is not None
    assert (given.chat_models["m"].tokenizer, given.chat_models["m"].n_ctx) == ("t", 0)
    assert (given.transport, given.enabled) == ("http", True)


def test_marks_name_the_place_of_every_setting_at_every_depth() -> None:
    text = "api_base: http://h\nfim:\n  mode: chat\nchat_models:\n  m:\n    pricing: {prompt: 1}\n"
    given, _ = read_provider_file(text.encode(), "f")
    assert given is not None
    assert given.marks["endpoint"] == Mark("f", 1, 11)
    assert given.fim.marks["mode"] == Mark("f", 3, 9)
    assert given.chat_models["m"].pricing.marks["prompt"] == Mark("f", 6, 23)


def test_empty_key_is_no_key(tmp_path: Path) -> None:
    loaded = load(tmp_path, openai="api_key: ''\n")
    assert loaded.providers.instances["openai"].off == "no api_key is given in its file"
    (problem,) = loaded.problems
    assert problem.sentence == (
        "No api_key is given; write `api_key: $NAME` here, or run: refact-lsp keys set openai"
    )


def test_broken_file_disables_its_provider_only(tmp_path: Path) -> None:
    loaded = load(tmp_path, ollama="enabled: [", lmstudio="running_models: [a]\n")
    assert loaded.providers.instances["ollama"].off == "its file cannot be read"
    assert loaded.providers.ids("chat") == ("lmstudio/a",)


def test_unknown_family_without_endpoint_asks_for_base_provider(tmp_path: Path) -> None:
    (line,) = told(load(tmp_path, mine="enabled: true\n"))
    assert "No family is called 'mine': add `base_provider: NAME`." in line


def test_same_provider_twice_is_told(tmp_path: Path) -> None:
    (tmp_path / "providers.d").mkdir()
    (tmp_path / "providers.d" / "ollama.yml").write_text("running_models: [b]\n")
    (tmp_path / "providers.d" / "ollama.yaml").write_text("running_models: [a]\n")
    loaded = load_configuration({"REFACT_CONFIG_DIR": str(tmp_path)})
    assert loaded.providers.ids("chat") == ("ollama/a",)
    assert "is the same provider 'ollama'" in loaded.problems[0].sentence


def test_keys_are_read_in_every_form(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        openai="api_key: $GIVEN\n",
        groq="api_key: ${GIVEN}\n",
        xai="api_key: {cmd: [pass, show, xai]}\n",
        deepseek="api_key: {keyring: refact/me}\n",
        anthropic=f"api_key: {CANARY}\n",
    )
    keys = {name: each.settings.api_key for name, each in loaded.providers.instances.items()}
    assert keys["openai"] == keys["groq"] == Secret("value")
    assert keys["xai"] == CommandKey(("pass", "show", "xai"))
    assert keys["deepseek"] == KeyringKey("refact", "me")
    assert keys["anthropic"] == Secret(CANARY)
    assert CANARY not in repr(loaded)


LIKE_A_REFERENCE = {
    "$MY-KEY": "begins with $ but names no variable",
    "'$A_$B'": "begins with $ but names no variable",
    "${KEY": "begins with $ but names no variable",
    "'{{ env.X }}'": "stands in braces, which name no variable here",
    "'%KEY%'": "stands in percent signs, which name no variable here",
}


@pytest.mark.parametrize(("written", "words"), LIKE_A_REFERENCE.items())
def test_key_that_looks_like_a_reference_and_is_none_is_warned_of(
    tmp_path: Path, written: str, words: str
) -> None:
    loaded = load(tmp_path, openai=f"api_key: {written}\n")
    settings = loaded.providers.instances["openai"].settings
    assert settings.api_key == Secret(written.strip("'"))
    (line,) = told(loaded)
    assert line == (
        f"openai.yaml:1:10: warning: api_key {words}; it counts as the key itself."
        " Write $NAME or ${NAME}."
    )


def test_key_of_a_model_that_looks_like_a_reference_is_warned_of(tmp_path: Path) -> None:
    (line,) = told(load(tmp_path, ollama="chat_models:\n  m: {auth_token: $A-B}\n"))
    assert line.startswith("ollama.yaml:2:19: warning: auth_token begins with $ but names no v")


@pytest.mark.parametrize("key", ["sk-a$b", "100%pure", "a{b}c", "pa$$word%1%"])
def test_key_with_such_signs_inside_is_not_warned_of(tmp_path: Path, key: str) -> None:
    assert told(load(tmp_path, openai=f"api_key: '{key}'\n")) == []


def test_value_of_a_variable_is_not_warned_of(tmp_path: Path) -> None:
    folder = tmp_path / "providers.d"
    folder.mkdir()
    (folder / "openai.yaml").write_text("api_key: $K\n")
    loaded = load_configuration({"REFACT_CONFIG_DIR": str(tmp_path), "K": "$odd-key"})
    assert loaded.problems == ()


def test_secret_shows_itself_nowhere() -> None:
    secret = Secret(CANARY)
    assert CANARY not in f"{secret} {secret!r} {[secret]}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(
    "text",
    [
        f"api_key: [{CANARY}]",
        f"api_key: {{cmd: {CANARY}}}",
        f"api_key: {{{CANARY}: x}}",
        f"api_key: '{CANARY}\\n{CANARY}é'",
        f"{CANARY}: x",
        f"wire_format: {CANARY}",
        f"enabled: {CANARY}",
        f"endpoint: {CANARY}",
        f"extra_headers: [{CANARY}]",
        f"extra_headers: '{CANARY}: ['",
        f"running_models: {{{CANARY}: 1}}",
        f"api_key {CANARY}",
        f"api_key: {CANARY}: x",
        f"oauth_tokens: {{access_token: {CANARY}}}",
        f"chat_models: {{x: {{api_key: {CANARY}, n_ctx: {CANARY}}}}}",
    ],
)
def test_key_in_any_place_stands_in_no_problem(tmp_path: Path, text: str) -> None:
    loaded = load(tmp_path, ollama=text + "\n")
    assert CANARY not in " ".join(told(loaded))


def test_running_models_extend_and_enabled_models_replace(tmp_path: Path) -> None:
    loaded = load(
        tmp_path, ollama="running_models: [a]\n", two="base_provider: ollama\nenabled_models: [b]\n"
    )
    instances = loaded.providers.instances
    assert list(instances["ollama"].completion) == ["qwen2.5-coder:1.5b-base"]
    assert list(instances["ollama"].chat) == ["a"]
    assert list(instances["two"].completion) == []
    assert list(instances["two"].chat) == ["b"]


def test_completion_without_a_file_is_the_embedded_engine(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.problems == ()
    assert loaded.roles["completion_default_model"].model == "embedded/workspace"


def test_completion_without_a_default_is_the_first_model_that_completes(tmp_path: Path) -> None:
    loaded = load(tmp_path, lmstudio="completion_models: {b: {}, a: {}}\n")
    assert loaded.roles["completion_default_model"].model == "lmstudio/b"


def test_default_that_is_not_there_is_told_and_falls_back(tmp_path: Path) -> None:
    loaded = load(
        tmp_path,
        lmstudio="completion_models: {starcoder: {}}\nchat_default_model: one\n"
        "discovery: {kind: ''}\n",
        defaults="completion_model: lmstudio/starcodr\nchat: {model: one}\n",
    )
    assert loaded.roles["completion_default_model"].model == "lmstudio/starcoder"
    (line,) = told(loaded)
    assert line.startswith("defaults.yaml:1:19: warning: completion_default_model: no completion")
    assert line.endswith("'lmstudio/starcodr'. Did you mean 'lmstudio/starcoder'?")
