from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refact_lsp.server.profiles import profile_of, rows

CLIENTS = Path(__file__).parents[1] / "clients"

NAMES = {
    "Neovim": "neovim",
    "NEOVIM": "neovim",
    "Visual Studio Code": "vscode",
    "Visual Studio Code - Insiders": "vscode",
    "code-server": "vscode",
    "VSCodium": "vscode",
    "helix": "helix",
    "Eglot": "eglot",
    "emacs": "lsp-mode",
    "Zed": "zed",
    "Sublime Text LSP": "sublime",
    "kakoune-lsp": "kakoune",
    "kak-lsp": "kakoune",
    "an editor nobody knows": "default",
    "": "default",
}


@pytest.mark.parametrize(("client", "profile"), NAMES.items())
def test_client_is_told_by_the_beginning_of_its_name(client: str, profile: str) -> None:
    assert profile_of(client, {}).name == profile


def test_unknown_client_that_announces_inline_completion_is_told_by_that() -> None:
    announced: dict[str, Any] = {"textDocument": {"inlineCompletion": {}}}
    assert profile_of("", announced).name == "inline"


def test_hint_names_the_row() -> None:
    assert profile_of("Neovim", {}, hint="refact-neovim").name == "refact-neovim"


def test_unknown_hint_is_no_hint() -> None:
    assert profile_of("Neovim", {}, hint="nothing").name == "neovim"


def test_every_row_keeps_to_the_words_of_its_fields() -> None:
    for row in rows():
        profile = row.profile
        assert profile.superseded in {"null", "empty"}
        assert profile.popup in {"auto", "always", "never"}
        assert profile.range_style in {"cursor", "word", "absent"}
        assert profile.popup_budget_ms > 0


def test_rows_have_names_of_their_own() -> None:
    names = [row.profile.name for row in rows()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("capabilities", [None, 1, [], {"textDocument": []}])
def test_capabilities_of_a_wrong_shape_announce_nothing(capabilities: Any) -> None:
    assert profile_of("", capabilities).name == "default"


def test_recorded_clients_are_known() -> None:
    recorded = sorted(CLIENTS.glob("*.json"))
    found = {path.stem: _profile(json.loads(path.read_text("utf-8"))) for path in recorded}
    assert {name for name in found.values() if name in {"default", "inline"}} == set()


def _profile(recorded: dict[str, Any]) -> str:
    params = recorded.get("params", recorded)
    return profile_of(params.get("clientInfo", {}).get("name", ""), params["capabilities"]).name
