"""The models that an editor's settings choose, over what the user's files say."""

from __future__ import annotations

from pathlib import Path

import pytest

from refact_lsp.config.choose import choose_roles, find_role, read_wishes
from refact_lsp.config.load import Configuration, load_configuration
from refact_lsp.config.settings import Settings, read_settings


@pytest.fixture
def loaded(tmp_path: Path) -> Configuration:
    folder = tmp_path / "providers.d"
    folder.mkdir()
    (folder / "lmstudio.yaml").write_text("running_models: [one, two]\n")
    (folder / "groq.yaml").write_text("enabled: false\nrunning_models: [off]\n")
    (folder / "defaults.yaml").write_text("chat: {model: one, temperature: 0.5}\n")
    return load_configuration({"REFACT_CONFIG_DIR": str(tmp_path)})


def test_wish_wins_over_the_files_and_keeps_how_the_model_is_asked(loaded: Configuration) -> None:
    wishes, problems = read_wishes({"chat": "two"}, loaded.providers)
    roles, _ = choose_roles(loaded.providers, loaded.defaults, wishes)
    chosen = roles["chat_default_model"]
    assert problems == ()
    assert (chosen.model, chosen.why) == ("lmstudio/two", "named in the editor's settings")
    assert chosen.asked.temperature == 0.5
    assert roles["chat_buddy_model"].model == "lmstudio/two"


@pytest.mark.parametrize(
    ("models", "sentence"),
    [
        (
            {"chat": "lmstudio/on"},
            (
                "chat_default_model: no chat model is called 'lmstudio/on'; it is ignored. "
                "Did you mean 'lmstudio/one'?"
            ),
        ),
        (
            {"chat": "zzz"},
            (
                "chat_default_model: no chat model is called 'zzz'; it is ignored. "
                "Known: lmstudio/one, lmstudio/two."
            ),
        ),
        (
            {"chat": "groq/off"},
            (
                "chat_default_model: no chat model is called 'groq/off'; it is ignored. "
                "Known: lmstudio/one, lmstudio/two."
            ),
        ),
        ({"chatt": "one"}, "Unknown key 'chatt' is ignored. Did you mean 'chat'?"),
    ],
)
def test_wish_for_what_is_not_there_is_told_and_ignored(
    loaded: Configuration, models: dict[str, str], sentence: str
) -> None:
    wishes, problems = read_wishes(models, loaded.providers)
    assert wishes == {}
    assert [each.sentence for each in problems] == [f"settings.models: {sentence}"]


@pytest.mark.parametrize("odd", ["\ud800", "\x00", "\x7f", "{", "a: b", "\U0001f600", ""])
def test_any_text_is_taken_for_a_name(loaded: Configuration, odd: str) -> None:
    assert read_wishes({odd: odd, "chat": odd}, loaded.providers)[0] == {}


def test_role_is_found_by_its_name_and_by_older_ones() -> None:
    names = ("chat_default_model", "chat", "chat_thinking_model", "completion", "nothing")
    assert [find_role(each) for each in names] == [
        "chat_default_model",
        "chat_default_model",
        "reasoning_default_model",
        "completion_default_model",
        "",
    ]


def test_models_in_settings_are_texts_by_role() -> None:
    assert read_settings({"models": {"chat": "a/b"}})[0] == Settings(models={"chat": "a/b"})
    settings, (problem,) = read_settings({"models": {"chat": 5}})
    assert settings == Settings()
    assert problem.sentence == (
        "settings.models: 5 for 'chat' is ignored; expected the id of a model."
    )


def test_section_shared_with_other_programs_tells_only_what_is_much_like_ours() -> None:
    section = {"addressURL": "x", "apiKey": "y", "enabel": True, "delayMs": 5}
    settings, problems = read_settings(section, is_shared=True)
    assert settings == Settings(delay_ms=5)
    assert [each.sentence for each in problems] == [
        "settings: unknown key 'enabel' is ignored. Did you mean 'enable'?"
    ]
