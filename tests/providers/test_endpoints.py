"""Base URLs as people write them."""

from __future__ import annotations

import pytest

from refact_lsp.providers.endpoints import endpoint_url, other_url, wire_of_url

TEXT = "/v1/completions"


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("http://localhost:8000", TEXT, "http://localhost:8000/v1/completions"),
        ("http://localhost:8000/", TEXT, "http://localhost:8000/v1/completions"),
        ("http://localhost:8000/v1", TEXT, "http://localhost:8000/v1/completions"),
        ("http://localhost:8000/v1/", TEXT, "http://localhost:8000/v1/completions"),
        ("http://localhost:8000/v1/completions", TEXT, "http://localhost:8000/v1/completions"),
        (
            "http://localhost:8000/v1/chat/completions",
            TEXT,
            "http://localhost:8000/v1/completions",
        ),
        ("https://api.z.ai/api/paas/v4", TEXT, "https://api.z.ai/api/paas/v4/completions"),
        ("https://a.b/beta", TEXT, "https://a.b/beta/completions"),
        ("https://a.b/openai?api-version=1", TEXT, "https://a.b/openai/completions?api-version=1"),
        ("http://localhost:11434", "/api/generate", "http://localhost:11434/api/generate"),
        ("http://localhost:11434/v1", "/api/generate", "http://localhost:11434/api/generate"),
        ("http://localhost:11434/api", "/api/chat", "http://localhost:11434/api/chat"),
        ("http://localhost:11434/api/chat", "/api/tags", "http://localhost:11434/api/tags"),
        ("http://box/llama/v1", "/infill", "http://box/llama/infill"),
        ("http://box/llama", "/infill", "http://box/llama/infill"),
        ("http://[::1]:8080", "/completion", "http://[::1]:8080/completion"),
    ],
)
def test_base_and_path_make_one_url(base: str, path: str, url: str) -> None:
    assert endpoint_url(base, path) == url


def test_whole_url_wins_and_names_the_model() -> None:
    whole = "https://a.b/models/$MODEL/complete"
    assert endpoint_url("http://x", TEXT, whole=whole, model="org/m 1") == (
        "https://a.b/models/org/m%201/complete"
    )


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("http://x/v1/completions", "http://x/completions"),
        ("http://x/completions", "http://x/v1/completions"),
        ("http://x/v1/v1/completions", "http://x/v1/completions"),
        ("http://x/llama/chat/completions?a=1", "http://x/llama/v1/chat/completions?a=1"),
    ],
)
def test_url_to_try_after_a_404(url: str, other: str) -> None:
    assert other_url(url) == other


@pytest.mark.parametrize(
    ("url", "wire"),
    [
        ("http://x/v1/completions", "openai_completions"),
        ("http://x/v1/fim/completions", "openai_completions"),
        ("http://x/v1/chat/completions/", "openai_chat_completions"),
        ("http://x/api/generate", "ollama_native"),
        ("http://x/infill", "llamacpp_native"),
        ("http://x/completion", "llamacpp_native"),
        ("http://x/predict", ""),
    ],
)
def test_whole_url_tells_what_is_spoken_there(url: str, wire: str) -> None:
    assert wire_of_url(url) == wire
