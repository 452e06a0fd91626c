"""One line typed as a person types it: looks up at each stop, and takes what is right.

What is right is known, as the file has the line: a suggestion that agrees with it is accepted by
one key, any other is typed past. A key that accepts counts as a key.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from refact_lsp.cli.client import Json, ServerClient
from refact_lsp.cli.demo.places import stops
from refact_lsp.cli.demo.subject import Subject

AUTOMATIC = 2
"""`InlineCompletionTriggerKind`: asked for by typing, not by a key (LSP 3.18)."""


@dataclass(frozen=True, slots=True)
class Ghost:
    """A suggestion as it was shown: where in the line, and what explains it."""

    at: int
    text: str
    is_right: bool
    ms: float
    note: str
    model: str


@dataclass(slots=True)
class Line:
    """What happened to one line up to now; `code` is without its indentation."""

    index: int
    indent: str
    code: str
    at: int = 0
    ghosts: list[Ghost] = field(default_factory=list)
    silence: str = ""

    def leave(self) -> None:
        """Let it end where it is; what was not typed counts for nothing."""
        self.code = self.code[: self.at]

    @property
    def accepted(self) -> list[tuple[int, int]]:
        """Where text stands that was accepted: from column to column of `code`."""
        right = [each for each in self.ghosts if each.is_right]
        return [(each.at, each.at + len(each.text)) for each in right]

    @property
    def keys(self) -> int:
        """How many were pressed, those that accepted among them."""
        return len(self.code) - sum(end - start - 1 for start, end in self.accepted)


class Typist:
    """Types into one document of a server; nothing reaches the disk.

    `waited_s` is the time spent on answers up to now.
    """

    def __init__(self, client: ServerClient, subject: Subject) -> None:
        self._client = client
        self._subject = subject
        self._uri = subject.path.as_uri()
        self._version = 0
        self.waited_s = 0.0

    async def type(self, index: int) -> AsyncIterator[tuple[Line, Ghost | None]]:
        """Type a line; yields after every key, and with a suggestion while it is shown."""
        whole = self._subject.lines[index].rstrip("\r")
        code = whole.strip()
        line = Line(index, whole[: len(whole) - len(whole.lstrip())], code)
        self._open(line)
        looks = set(stops(code))
        while line.at < len(line.code):
            ghost = await self._look(line) if line.at in looks else None
            if ghost is not None:
                line.ghosts.append(ghost)
                yield line, ghost
            line.at += len(ghost.text) if ghost and ghost.is_right else 1
            self._change(line)
            yield line, None
        self._client.notify("textDocument/didClose", {"textDocument": {"uri": self._uri}})

    def _open(self, line: Line) -> None:
        lines = list(self._subject.lines)
        lines[line.index] = line.indent
        document = {
            "uri": self._uri,
            "languageId": self._subject.language_id,
            "version": self._next(),
            "text": "\n".join(lines),
        }
        self._client.notify("textDocument/didOpen", {"textDocument": document})

    def _change(self, line: Line) -> None:
        change = {
            "range": {
                "start": {"line": line.index, "character": len(line.indent)},
                "end": {"line": line.index, "character": 10_000},
            },
            "text": line.code[: line.at],
        }
        document = {"uri": self._uri, "version": self._next()}
        self._client.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
        )

    async def _look(self, line: Line) -> Ghost | None:
        position = {"line": line.index, "character": len(line.indent) + line.at}
        began = time.perf_counter()
        answer = await self._client.request(
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": self._uri},
                "position": position,
                "context": {"triggerKind": AUTOMATIC},
            },
        )
        took_s = time.perf_counter() - began
        self.waited_s += took_s
        last = await self._explained()
        items = (answer or {}).get("items", [])
        text = items[0]["insertText"] if items else ""
        if not text:
            line.silence = last["sentence"]
            return None
        is_right = line.code.startswith(text, line.at)
        return Ghost(line.at, text, is_right, took_s * 1000, last["sentence"], last["model"])

    async def _explained(self) -> dict[str, Json]:
        told = await self._client.request(
            "workspace/executeCommand",
            {"command": "refact.explainLast", "arguments": [{"quiet": True}]},
        )
        last: dict[str, Json] = told["last"]
        return last

    def _next(self) -> int:
        self._version += 1
        return self._version
