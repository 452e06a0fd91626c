"""The templates of servers on one's own machines: one base URL each, and nothing that is wrong."""

from __future__ import annotations

import pytest

from refact_lsp.config.provider_file import read_provider_file
from refact_lsp.config.templates import template_folder
from refact_lsp.providers.endpoints import endpoint_url
from refact_lsp.providers.fim.families import family_of

OWN = {
    "ollama": "http://localhost:11434/v1/completions",
    "lmstudio": "http://localhost:1234/v1/completions",
    "vllm": "http://localhost:8000/v1/completions",
    "llamacpp": "http://localhost:8080/v1/completions",
    "refact_server": "http://localhost:8008/v1/completions",
}


@pytest.mark.parametrize("name", [*OWN, "custom"])
def test_template_is_read_without_a_problem(name: str) -> None:
    content = template_folder().joinpath(f"{name}.yaml").read_bytes()
    given, problems = read_provider_file(content, name)
    assert given is not None
    assert problems == ()
    assert (given.auth, given.fim.mode) == ("none", "auto")
    assert not given.completion_endpoint
    assert not given.chat_endpoint


@pytest.mark.parametrize("name", OWN)
def test_base_url_of_a_template_leads_to_its_api(name: str) -> None:
    given, _ = read_provider_file(template_folder().joinpath(f"{name}.yaml").read_bytes(), name)
    assert given is not None
    assert endpoint_url(given.endpoint, "/v1/completions") == OWN[name]


def test_models_that_templates_name_have_a_family() -> None:
    given, _ = read_provider_file(template_folder().joinpath("ollama.yaml").read_bytes(), "ollama")
    assert given is not None
    for model, record in given.completion_models.items():
        assert family_of(model) == family_of(model, record.model_family)
