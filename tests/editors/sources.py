"""The code in the test workspaces: a few modules alike, as a team writes them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field

from tests.editors.rig import REPOSITORY, Sandbox

# `describe` has an astral letter, an accent of its own (U+0301) and an emoji before the place where
# it is completed: there a position in UTF-8, UTF-16 and UTF-32 is three different numbers.
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

    def describe(self, name: str) -> str:
        """Say in one line what a record holds."""
        return f"\U0001d4e1e\u0301cord \U0001f642 {{name}} with {{len(self.load(name))}} fields"
'''

_HANDLER = """\
package shop

import "net/http"

// Serve{Thing} answers with one {thing}.
func (server *Server) Serve{Thing}(writer http.ResponseWriter, request *http.Request) {{
	name := request.URL.Query().Get("name")
	if name == "" {{
		http.Error(writer, "no name given", http.StatusBadRequest)
		return
	}}
	server.write(writer, server.store.Load(name))
}}
"""

_THINGS = ("order", "customer", "invoice", "supplier")


@dataclass(frozen=True, slots=True)
class Hole:
    """A piece cut out of a file: what is typed into it, and what is then to be suggested."""

    whole: str
    """The file without a hole; the first place where the piece stands in it is meant."""
    typed: str
    """What typing leaves in the file."""
    suggested: str
    keys: str = field(default="")
    """What is pressed to type it; the same where an editor indents nothing by itself."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", self.keys or self.typed)

    @property
    def before(self) -> str:
        """What stands before the hole."""
        return self.whole.partition(self.typed + self.suggested)[0]

    @property
    def after(self) -> str:
        """What stands after the hole."""
        return self.whole.partition(self.typed + self.suggested)[2]

    @property
    def place(self) -> tuple[int, int]:
        """The hole's line, from 1, and its column in bytes, from 0."""
        lines = self.before.encode().split(b"\n")
        return len(lines), len(lines[-1])

    @property
    def word(self) -> str:
        """How the suggestion begins in a menu: with the word being typed."""
        typed_word = re.search(r"\w*$", self.typed)
        assert typed_word
        return (typed_word.group() + self.suggested)[:24]

    @property
    def place_in_characters(self) -> tuple[int, int]:
        """The hole's line and column, both from 1."""
        lines = self.before.split("\n")
        return len(lines), len(lines[-1]) + 1


def store(thing: str) -> str:
    """The Python module that keeps one kind of thing."""
    return _STORE.format(things=f"{thing}s", Thing=thing.capitalize())


def handler(thing: str) -> str:
    """The Go file that serves one kind of thing, indented with tabs."""
    return _HANDLER.format(thing=thing, Thing=thing.capitalize())


def fill(sandbox: Sandbox) -> None:
    """Write four of each, and real modules of this package, into the workspace."""
    for thing in _THINGS:
        sandbox.write(f"shop/{thing}s.py", store(thing))
        sandbox.write(f"shop/{thing}.go", handler(thing))
    shutil.copytree(REPOSITORY / "refact_lsp" / "text", sandbox.workspace / "text")
