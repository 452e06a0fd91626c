"""Where a model is asked and how, out of provider files in all their forms."""

from __future__ import annotations

import pytest

from refact_lsp.config.secret import CommandKey, Secret
from refact_lsp.providers.endpoint import endpoint_of
from refact_lsp.providers.endpoints import endpoint_url
from tests.providers.asking import CODER, endpoint, instance

COMPLETIONS, CHAT = "openai_completions", "openai_chat_completions"


@pytest.mark.parametrize(
    ("text", "url", "wires"),
    [
        pytest.param(
            "endpoint: http://localhost:9/v1",
            "http://localhost:9/v1/completions",
            (COMPLETIONS, CHAT),
            id="base with /v1",
        ),
        pytest.param(
            "endpoint: http://localhost:9",
            "http://localhost:9/v1/completions",
            (COMPLETIONS, CHAT),
            id="base without",
        ),
        pytest.param(
            "base_url: http://localhost:9/v1/",
            "http://localhost:9/v1/completions",
            (COMPLETIONS, CHAT),
            id="its other name",
        ),
        pytest.param(
            "completion_endpoint: http://localhost:9/m/$MODEL/completions",
            f"http://localhost:9/m/{CODER}/completions",
            (COMPLETIONS,),
            id="whole URL with the model in it",
        ),
        pytest.param(
            "completion_endpoint: http://localhost:9/v1/chat/completions",
            "http://localhost:9/v1/chat/completions",
            (CHAT,),
            id="whole URL of a chat",
        ),
        pytest.param(
            "endpoint: http://localhost:8\ncompletion_endpoint: http://localhost:9/infill",
            "http://localhost:9/infill",
            ("llamacpp_native",),
            id="whole URL wins",
        ),
        pytest.param(
            "endpoint_template: http://localhost:9/v1/completions",
            "http://localhost:9/v1/completions",
            (COMPLETIONS,),
            id="Refact's older name of the whole URL",
        ),
        pytest.param(
            f"endpoint: http://localhost:8\ncompletion_models: {{{CODER}: "
            "{endpoint: 'http://localhost:9/v1/completions'}}",
            "http://localhost:9/v1/completions",
            (COMPLETIONS,),
            id="a model's own URL",
        ),
        pytest.param(
            f"endpoint: http://localhost:9\ncompletion_wires: [{COMPLETIONS}]",
            "http://localhost:9/v1/completions",
            (COMPLETIONS,),
            id="wires as the file says",
        ),
        pytest.param(
            "endpoint: http://localhost:9\n"
            f"completion_models: {{{CODER}: {{wire_format: {CHAT}}}}}",
            "http://localhost:9/v1/completions",
            (CHAT,),
            id="a model's own wire",
        ),
    ],
)
def test_file_says_where_and_how(text: str, url: str, wires: tuple[str, ...]) -> None:
    found = endpoint(f"base_provider: custom\n{text}\n")
    path = "/v1/completions"
    assert endpoint_url(found.base, path, whole=found.whole, model=found.model) == url
    assert found.wires == wires


def test_models_own_key_and_headers_win() -> None:
    found = endpoint(
        "base_provider: custom\nendpoint: http://localhost:9\napi_key: general-key-1\n"
        "extra_headers: {X-Team: blue, X-Site: here}\n"
        f"completion_models: {{{CODER}: {{api_key: own-key-12, extra_headers: {{X-Team: red}}}}}}\n"
    )
    assert found.key == Secret("own-key-12")
    assert found.headers == {"X-Team": Secret("red"), "X-Site": Secret("here")}


@pytest.mark.parametrize(
    ("text", "environ", "key"),
    [
        ("", {}, None),
        ("api_key: literal-key", {}, Secret("literal-key")),
        ("api_key: $K", {"K": "of-variable"}, Secret("of-variable")),
        ("api_key: {cmd: [pass, show]}", {}, CommandKey(("pass", "show"))),
    ],
)
def test_key_comes_from_where_the_file_says(
    text: str, environ: dict[str, str], key: object
) -> None:
    given = f"base_provider: custom\nendpoint: http://localhost:9\n{text}\n"
    assert endpoint(given, environ=environ).key == key


@pytest.mark.parametrize(
    ("text", "is_own"),
    [
        ("endpoint: http://127.0.0.1:9", True),
        ("endpoint: https://model.example", False),
        ("endpoint: https://model.example\nprivate: true", True),
        ("endpoint: https://a.example\ncompletion_endpoint: http://127.0.0.1:9/infill", True),
        (
            "completion_endpoint: https://model.example/v1/completions",
            False,
        ),
    ],
)
def test_destination_is_where_it_is_really_sent(text: str, is_own: bool) -> None:  # noqa: FBT001 - a table's column
    found = endpoint(f"base_provider: custom\n{text}\n")
    assert (found.destination.instance, found.destination.is_own) == ("mine", is_own)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("base_provider: custom\n", id="no URL"),
        pytest.param("base_provider: custom\nendpoint: http://x\nenabled: false\n", id="off"),
        pytest.param("base_provider: custom\nendpoint: http://x\nfim: {mode: no}\n", id="errors"),
    ],
)
def test_what_cannot_or_must_not_be_asked_has_no_endpoint(text: str) -> None:
    assert endpoint_of(instance(f"completion_default_model: {CODER}\n{text}"), CODER) is None


def test_model_that_is_not_there_has_no_endpoint() -> None:
    assert endpoint_of(instance("base_provider: custom\nendpoint: http://x\n"), "other") is None


def test_secrets_of_an_endpoint_are_not_printed() -> None:
    found = endpoint(
        "base_provider: custom\nendpoint: http://localhost:9\napi_key: canary-4711\n"
        "extra_headers: {X-Team: canary-4712}\n"
    )
    assert "canary" not in repr(found)
