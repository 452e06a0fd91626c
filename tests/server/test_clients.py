"""What real clients announce, and what a client may lack, against the real process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refact_lsp.server.introduction import client_facts, options
from refact_lsp.session.client import Supports
from refact_lsp.text.positions import Encoding
from tests.server.rawclient import Json, RawClient, notification, request, running

RECORDED = {
    path.stem: path for path in sorted((Path(__file__).parents[1] / "clients").glob("*.json"))
}


def recorded(name: str) -> Json:
    params: Json = json.loads(RECORDED[name].read_text("utf-8"))
    return params


@pytest.mark.parametrize("name", RECORDED)
def test_recorded_client_gets_the_encoding_it_prefers_e16(name: str) -> None:
    params = recorded(name)
    with running() as client:
        answer = client.initialize(**{**params, "processId": None, "workspaceFolders": None})
        preferred = params["capabilities"].get("general", {}).get("positionEncodings", ["utf-16"])
        assert answer["capabilities"]["positionEncoding"] == preferred[0]
        assert answer["serverInfo"]["name"] == "refact-lsp"


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (None, "utf-16"),
        ([], "utf-16"),
        (["utf-7"], "utf-16"),
        (["utf-7", "utf-32"], "utf-32"),
        (["utf-16", "utf-8"], "utf-16"),
        ("utf-8", "utf-16"),
        ([8, None, "utf-8"], "utf-8"),
    ],
    ids=repr,
)
def test_encoding_is_the_clients_first_among_ours_e16(offered: object, chosen: str) -> None:
    facts = client_facts({"capabilities": {"general": {"positionEncodings": offered}}})
    assert facts.encoding == Encoding(chosen)


STRANGE: dict[str, object] = {
    "E16-nothing": {},
    "E16-null": None,
    "E16-unknown-kinds": {"textDocument": {"codeAction": {"codeActionLiteralSupport": {"x": [5]}}}},
    "E16-wrong-types": {"workspace": 5, "window": [], "textDocument": "x", "general": None},
    "E16-from-the-future": {"textDocument": {"telepathy": {}}, "quantum": True},
}


@pytest.mark.parametrize("capabilities", STRANGE.values(), ids=STRANGE.keys())
def test_client_of_any_capabilities_is_served(capabilities: object) -> None:
    with running() as client:
        answer = client.initialize(capabilities=capabilities)
        assert answer["capabilities"]["textDocumentSync"]["change"] == 2
        client.ask(1, "probe/later")


def test_nothing_supported_until_announced_e16() -> None:
    assert client_facts({"capabilities": {}}).supports == Supports()


def test_announced_is_supported() -> None:
    capabilities = {
        "textDocument": {"inlineCompletion": {"dynamicRegistration": True}},
        "workspace": {"configuration": True, "applyEdit": False},
        "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    }
    expected = Supports(
        inline_completion=True,
        inline_completion_registration=True,
        configuration=True,
        progress=True,
        show_document=True,
    )
    assert client_facts({"capabilities": capabilities}).supports == expected


FOLDERS = {
    "folders": (
        {"workspaceFolders": [{"uri": "file:///a"}, {"uri": "file:///a/b"}]},
        ["/a", "/a/b"],
    ),
    "other-schemes-left-out": (
        {"workspaceFolders": [{"uri": "vscode-remote://x/a"}, {"uri": "file:///b"}]},
        ["/b"],
    ),
    "root-uri": ({"rootUri": "file:///a%20b", "rootPath": "/c"}, ["/a b"]),
    "root-path": ({"rootUri": None, "rootPath": "/c"}, ["/c"]),
    "folders-before-root": (
        {"workspaceFolders": [{"uri": "file:///a"}], "rootUri": "file:///r"},
        ["/a"],
    ),
    "none": ({"workspaceFolders": None, "rootUri": None}, []),
    "nonsense": ({"workspaceFolders": [5, {"uri": 7}, None], "rootUri": 8, "rootPath": 9}, []),
}


@pytest.mark.parametrize(("params", "paths"), FOLDERS.values(), ids=FOLDERS.keys())
def test_folders_are_the_local_ones(params: dict[str, Any], paths: list[str]) -> None:
    assert [folder.as_posix() for folder in client_facts(params).folders] == paths


@pytest.mark.parametrize("given", [None, 5, "x", []], ids=repr)
def test_options_of_a_wrong_shape_are_none(given: object) -> None:
    assert options({"initializationOptions": given}) == {}


ODD_NOTIFICATIONS = {
    "E22-settings-null": ("workspace/didChangeConfiguration", {"settings": None}),
    "E22-settings-a-list": ("workspace/didChangeConfiguration", {"settings": [1]}),
    "E22-settings-broken": ("workspace/didChangeConfiguration", {"settings": {"refact": 5}}),
    "E22-no-settings": ("workspace/didChangeConfiguration", None),
    "E22-file-gone": (
        "workspace/didChangeWatchedFiles",
        {"changes": [{"uri": "file:///gone.py", "type": 3}, {"uri": "untitled:1", "type": 1}]},
    ),
    "E22-watched-nonsense": ("workspace/didChangeWatchedFiles", {"changes": 5}),
    "E22-saved-unopened": ("textDocument/didSave", {"textDocument": {"uri": "file:///.a.swp"}}),
    "E23-folders-nonsense": ("workspace/didChangeWorkspaceFolders", {"event": 5}),
    "E23-folder-of-another-scheme": (
        "workspace/didChangeWorkspaceFolders",
        {"event": {"added": [{"uri": "git:/x", "name": "x"}], "removed": []}},
    ),
    "E23-folder-never-added": (
        "workspace/didChangeWorkspaceFolders",
        {"event": {"added": [], "removed": [{"uri": "file:///never", "name": "never"}]}},
    ),
}


@pytest.mark.parametrize(
    ("method", "params"), ODD_NOTIFICATIONS.values(), ids=ODD_NOTIFICATIONS.keys()
)
def test_odd_notification_is_survived(client: RawClient, method: str, params: object) -> None:
    client.send(notification(method, params))
    client.ask(1, "probe/echo", {"value": 1})
    assert client.errors() == []
    assert "Traceback" not in client.logged()


def test_folders_come_and_go_e23(client: RawClient, tmp_path: Path) -> None:
    nested = tmp_path / "nested"
    nested.mkdir()
    folders = [{"uri": path.as_uri(), "name": path.name} for path in (tmp_path, nested)]
    for event in (
        {"added": folders, "removed": []},
        {"added": [], "removed": folders[:1]},
        {"added": folders[:1], "removed": folders[1:]},
        {"added": [], "removed": folders},
    ):
        client.send(notification("workspace/didChangeWorkspaceFolders", {"event": event}))
    client.ask(1, "probe/echo", {"value": 1})
    assert client.errors() == []
    assert "Traceback" not in client.logged()


def test_first_requests_in_one_write_with_initialize_are_served() -> None:
    uri = "file:///a.py"
    item = {"uri": uri, "languageId": "python", "version": 1, "text": "x"}
    with running() as client:
        client.send(
            request(0, "initialize", {"capabilities": {}, "clientInfo": {"name": "Neovim"}}),
            notification("initialized", {}),
            notification("textDocument/didOpen", {"textDocument": item}),
            request(1, "probe/document", {"uri": uri}),
            request(2, "probe/state"),
        )
        assert client.answer(1)["result"]["text"] == "x"
        assert client.answer(2)["result"]["profile"] == "neovim"


def test_notebooks_are_offered_to_clients_that_have_them() -> None:
    with running() as client:
        answer = client.initialize(capabilities={"notebookDocument": {"synchronization": {}}})
        selector = answer["capabilities"]["notebookDocumentSync"]["notebookSelector"]
        assert selector == [{"notebook": "*", "cells": [{"language": "*"}]}]
