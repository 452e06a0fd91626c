from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.config.settings import Popup, Settings, Trigger, read_settings


def test_known_options_are_taken_over() -> None:
    settings, problems = read_settings(
        {"enable": False, "trigger": "manual", "delayMs": 150, "popup": "never", "status": True}
    )
    assert problems == ()
    assert settings == Settings(
        enable=False, trigger=Trigger.MANUAL, delay_ms=150, popup=Popup.NEVER, status=True
    )


def test_options_under_the_name_of_the_server_are_found() -> None:
    assert read_settings({"refact": {"delayMs": 5}})[0].delay_ms == 5


def test_options_not_given_keep_what_was_in_force() -> None:
    assert read_settings({"status": True}, Settings(delay_ms=9))[0] == Settings(
        delay_ms=9, status=True
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"enabel": True}, "settings: unknown key 'enabel' is ignored. Did you mean 'enable'?"),
        ({"enable": "no"}, "settings.enable: 'no' is ignored; expected true or false."),
        (
            {"delayMs": -1},
            "settings.delayMs: -1 is ignored; expected a whole number of milliseconds, 0 to 10000.",
        ),
        ({"trigger": "x"}, "settings.trigger: 'x' is ignored; expected 'auto' or 'manual'."),
        (
            {"languages": ["python"]},
            (
                "settings.languages: a list is ignored; "
                "expected an object from language id to true or false."
            ),
        ),
        ("off", "settings: expected an object, got 'off'."),
    ],
)
def test_wrong_option_is_told_and_changes_nothing(options: object, sentence: str) -> None:
    settings, problems = read_settings(options)
    assert settings == Settings()
    assert [problem.sentence for problem in problems] == [sentence]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(JSON)
def test_any_json_gives_settings(options: object) -> None:
    assert isinstance(read_settings(options)[0], Settings)


def test_wrong_member_takes_no_other_with_it() -> None:
    given = {
        "languages": {"go": "off", "python": False},
        "models": {"chat": 5, "completion": "a/b"},
    }
    settings, problems = read_settings(given)
    assert settings.languages == {"python": False}
    assert settings.models == {"completion": "a/b"}
    assert [each.sentence for each in problems] == [
        "settings.languages: 'off' for 'go' is ignored; expected true or false.",
        "settings.models: 5 for 'chat' is ignored; expected the id of a model.",
    ]
