"""A real server on some folders, asked for suggestions as an editor asks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.server.rawclient import RawClient, notification, position, running

SERVE = (sys.executable, "-m", "refact_lsp", "serve", "--stdio")


def function(name: str, word: str = "combine") -> str:
    return f"def {name}(first, second):\n    total = {word}(first, second)\n    return total\n\n"


class Editor:
    """One editor with folders open."""

    def __init__(self, client: RawClient) -> None:
        self.client = client
        self._ids = iter(range(1, 1_000_000))

    def request(self, method: str, params: Any = None) -> Any:
        return self.client.ask(next(self._ids), method, params)["result"]

    def wait_for_index(self, folders: int) -> None:
        for _ in range(folders):
            self.client.next(lambda it: it.get("params", {}).get("value", {}).get("kind") == "end")

    def open(self, path: Path, text: str) -> None:
        self.client.open(path.as_uri(), text)

    def close(self, path: Path) -> None:
        closed = {"textDocument": {"uri": path.as_uri()}}
        self.client.send(notification("textDocument/didClose", closed))

    def save(self, path: Path) -> None:
        saved = {"textDocument": {"uri": path.as_uri()}}
        self.client.send(notification("textDocument/didSave", saved))

    def suggestions(self, path: Path, line: int, character: int) -> list[str]:
        """Ask by key."""
        answer = self.request(
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": path.as_uri()},
                "position": position(line, character),
                "context": {"triggerKind": 1},
            },
        )
        return [each["insertText"] for each in (answer or {}).get("items", [])]

    def explained(self) -> Any:
        command = {"command": "refact.explainLast", "arguments": [{"quiet": True}]}
        return self.request("workspace/executeCommand", command)["last"]

    def end(self) -> None:
        self.request("shutdown")
        self.client.send(notification("exit"))
        assert self.client.wait() == 0


@contextmanager
def serving(*folders: Path) -> Iterator[Editor]:
    with running(SERVE) as client:
        client.initialize(
            workspaceFolders=[{"uri": each.as_uri(), "name": each.name} for each in folders],
            capabilities={"window": {"workDoneProgress": True}},
        )
        editor = Editor(client)
        yield editor
        editor.end()
