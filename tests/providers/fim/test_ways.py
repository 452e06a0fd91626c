"""Which ways are tried, in which order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from refact_lsp.messages import ErrorKind
from refact_lsp.providers.fim.families import family_of, find_family
from refact_lsp.providers.fim.ways import ModelFacts, Way, WayKind, is_closed, ways

OLLAMA = ("ollama_native",)
LLAMACPP = ("llamacpp_native", "openai_completions", "openai_chat_completions")
OPENAI = ("openai_completions", "openai_chat_completions")
CODER = ModelFacts(find_family("qwen2.5-coder:7b"))
UNKNOWN = ModelFacts(find_family("my-model"))


def kinds(wires: tuple[str, ...], facts: ModelFacts, mode: str = "auto") -> list[str]:
    return [f"{way.kind} {way.wire.split('_')[0]}" for way in ways(wires, facts, mode)]


@pytest.mark.parametrize(
    ("wires", "facts", "expected"),
    [
        pytest.param(
            OLLAMA,
            CODER,
            ["suffix ollama", "tokens ollama", "chat ollama", "continue ollama"],
            id="the server's own way first",
        ),
        pytest.param(
            OLLAMA,
            replace(CODER, takes_suffix=False, is_chat=False),
            ["tokens ollama", "continue ollama"],
            id="no place for a suffix",
        ),
        pytest.param(
            OLLAMA,
            replace(UNKNOWN, takes_suffix=False, is_chat=True),
            ["chat ollama"],
            id="only converses",
        ),
        pytest.param(
            LLAMACPP,
            replace(CODER, is_chat=False),
            [
                "infill llamacpp",
                "tokens llamacpp",
                "tokens openai",
                "suffix openai",
                "continue llamacpp",
                "continue openai",
            ],
            id="infill",
        ),
        pytest.param(
            OPENAI,
            CODER,
            ["tokens openai", "chat openai", "suffix openai", "continue openai"],
            id="a suffix may be ignored, so tokens first",
        ),
        pytest.param(
            OPENAI,
            replace(UNKNOWN, takes_suffix=True),
            ["suffix openai", "chat openai", "continue openai"],
            id="a host whose suffix is known to work",
        ),
        pytest.param(
            OPENAI, UNKNOWN, ["chat openai", "suffix openai", "continue openai"], id="nothing known"
        ),
        pytest.param(("anthropic_messages",), UNKNOWN, ["chat anthropic"], id="chat alone"),
        pytest.param((), CODER, [], id="no wire"),
        pytest.param(("morse",), CODER, [], id="unknown wire"),
    ],
)
def test_ways_come_best_first(
    wires: tuple[str, ...], facts: ModelFacts, expected: list[str]
) -> None:
    assert kinds(wires, facts) == expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("suffix", ["suffix openai"]),
        ("tokens", ["tokens llamacpp", "tokens openai"]),
        ("infill", ["infill llamacpp"]),
        ("chat", ["chat openai"]),
        ("off", []),
    ],
)
def test_chosen_mode_is_the_only_one(mode: str, expected: list[str]) -> None:
    doubted = replace(CODER, takes_suffix=False, takes_infill=False, is_chat=False)
    assert kinds(LLAMACPP, doubted, mode) == expected


def test_tokens_need_a_family() -> None:
    assert kinds(OPENAI, UNKNOWN, "tokens") == []
    (way, *_) = ways(OPENAI, CODER)
    assert way == Way(WayKind.TOKENS, "openai_completions", family_of("qwen2.5-coder"))


def test_refused_way_is_not_tried_again() -> None:
    refused = replace(CODER, refused=frozenset({(WayKind.SUFFIX, "ollama_native")}))
    assert kinds(OLLAMA, refused)[0] == "tokens ollama"


@pytest.mark.parametrize(
    ("kind", "error", "closed"),
    [
        (WayKind.SUFFIX, ErrorKind.NO_SUFFIX, True),
        (WayKind.INFILL, ErrorKind.NO_INFILL, True),
        (WayKind.CHAT, ErrorKind.NO_CHAT, True),
        (WayKind.TOKENS, ErrorKind.NO_SUFFIX, False),
        (WayKind.SUFFIX, ErrorKind.LOADING, False),
    ],
)
def test_way_is_closed_by_its_own_refusal(kind: WayKind, error: ErrorKind, closed: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_closed(Way(kind, "any"), error) is closed
