"""The code in the test workspaces: a few modules alike, as a team writes them."""

from __future__ import annotations

import shutil

from tests.editors.rig import REPOSITORY, Sandbox

_STORE = '''\
"""Keeps {things} on disk, one JSON file each."""

from __future__ import annotations

import json
from pathlib import Path


class {Thing}Store:
    """Reads and writes {things} below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    def load(self, name: str) -> dict[str, object]:
        """Read one record."""
        path = self.folder / f"{{name}}.json"
        with path.open(encoding="utf-8") as handle:
            return json.load(handle)

    def save(self, name: str, record: dict[str, object]) -> None:
        """Write one record, the keys in order."""
        path = self.folder / f"{{name}}.json"
        path.write_text(json.dumps(record, indent=2, sort_keys=True), encoding="utf-8")
'''


def store(thing: str) -> str:
    """The module that keeps one kind of thing."""
    return _STORE.format(things=f"{thing}s", Thing=thing.capitalize())


def fill(sandbox: Sandbox) -> None:
    """Write four such modules, and real ones of this package, into the workspace."""
    for thing in ("order", "customer", "invoice", "supplier"):
        sandbox.write(f"shop/{thing}s.py", store(thing))
    shutil.copytree(REPOSITORY / "refact_lsp" / "text", sandbox.workspace / "text")
