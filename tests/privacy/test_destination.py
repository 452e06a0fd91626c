from __future__ import annotations

import pytest

from refact_lsp.privacy.destination import Destination, destination_of, is_loopback

LOOPBACK = [
    "http://localhost:11434/v1",
    "https://LOCALHOST/",
    "http://127.0.0.1:8000",
    "http://127.9.9.9",
    "http://[::1]:8080/",
    "http://[::ffff:127.0.0.1]/",
]
ELSEWHERE = [
    "https://api.example.com/v1",
    "http://localhost.example.com",
    "http://localhost@example.com/",
    "http://localhost:1@example.com/",
    "http://127.0.0.1.example.com",
    "http://example.com#@localhost",
    "http://example.com\\@localhost/",
    "http://localhost\n.example.com",
    "http://192.168.1.5:8000",
    "http://0.0.0.0:8000",
    "http://2130706433/",
    "http://[::1",
    "file://localhost/etc",
    "localhost:8000",
    "",
]


@pytest.mark.parametrize("url", LOOPBACK)
def test_loopback_url_is_an_own_server(url: str) -> None:
    assert destination_of("ollama", url) == Destination("ollama", is_own=True)


@pytest.mark.parametrize("url", ELSEWHERE)
def test_any_other_url_is_not_loopback(url: str) -> None:
    assert not is_loopback(url)


def test_instance_marked_private_is_an_own_server() -> None:
    assert destination_of("lab", "http://192.168.1.5:8000", is_private=True).is_own
