"""`refact-lsp demo`: types into a real file through the real server and shows what it suggests.

Nothing is written: the file's text goes to the server as an open document, as an editor sends it.
At each place the rest of a line is taken out, and the line is typed again key by key.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from refact_lsp.cli.client import Json, ServerClient, started
from refact_lsp.config.paths import repository_root
from refact_lsp.errors import UsageError
from refact_lsp.languages.table import language_of

PACKAGE = Path(__file__).parents[1]
KEY_PAUSE_S = 0.03
LOOK_PAUSE_S = 0.5
INDEX_PATIENCE_S = 60.0


class Verdict(StrEnum):
    """How a suggestion compares with what the file has."""

    RIGHT = "the rest of the line as the file has it"
    BEGINS_RIGHT = "right as far as it goes"
    DIFFERS = "other than the file"
    SILENT = "no suggestion"


MARKS = {
    Verdict.RIGHT: ("=", "green"),
    Verdict.BEGINS_RIGHT: ("~", "green"),
    Verdict.DIFFERS: ("?", "yellow"),
    Verdict.SILENT: ("-", "bright_black"),
}


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of one line: it is typed from `start` on; `truth` is what the file has there."""

    line: int
    start: int
    indent: str
    truth: str


@dataclass(slots=True)
class Seen:
    """What stood on the screen after a key: the text typed, and the ghost text after it."""

    typed: str = ""
    ghost: str = ""
    note: str = ""
    ms: float = 0.0

    def verdict(self, hole: Hole) -> Verdict:
        """Say how accepting it would compare with the line as it stands in the file."""
        if not self.ghost:
            return Verdict.SILENT
        line = self.typed + self.ghost
        if line == hole.truth:
            return Verdict.RIGHT
        return Verdict.BEGINS_RIGHT if hole.truth.startswith(line) else Verdict.DIFFERS

    def is_right(self, hole: Hole) -> bool:
        """Whether accepting it would give the line as it stands in the file."""
        return self.verdict(hole) is Verdict.RIGHT


def demonstrate(file: Path | None, places: int) -> int:
    """Run the demonstration; answer the exit code."""
    path = (file or PACKAGE / "session" / "session.py").resolve()
    if not path.is_file():
        raise UsageError(f"{path} is no file. Name a source file: refact-lsp demo FILE")
    source = path.read_text(encoding="utf-8", errors="replace")
    holes = choose(source, places)
    if not holes:
        raise UsageError(f"{path} has no line long enough to type. Name another source file.")
    return asyncio.run(_Demo(path, source).run(holes))


def choose(source: str, places: int) -> list[Hole]:
    """Choose lines spread evenly over a file: code of 16 to 90 characters, none for its content."""
    lines = source.splitlines()
    fitting = [index for index, line in enumerate(lines) if 16 <= len(line.strip()) <= 90]
    step = max(len(fitting) // max(places, 1), 1)
    chosen = fitting[step // 2 :: step][:places]
    return [_hole(lines[index], index) for index in chosen]


def _hole(line: str, index: int) -> Hole:
    stripped = line.strip()
    indent = line[: len(line) - len(line.lstrip())]
    return Hole(index, len(indent), indent, stripped)


def workspace_of(path: Path) -> Path:
    """Answer the repository a file is in; without one our package, or the file's folder."""
    return repository_root(path) or (PACKAGE if path.is_relative_to(PACKAGE) else path.parent)


class _Demo:
    def __init__(self, path: Path, source: str) -> None:
        self._path = path
        self._uri = path.as_uri()
        self._lines = source.splitlines()
        self._root = workspace_of(path)
        self._console = Console()
        self._indexed = asyncio.Event()
        self._version = 0
        self._bar = Progress(
            TextColumn("reading the workspace"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.description}"),
        )
        self._task = self._bar.add_task("", total=None)

    async def run(self, holes: list[Hole]) -> int:
        began = time.perf_counter()
        self._console.print(f"[bold]refact-lsp[/] on [cyan]{self._root}[/], no key, no set-up\n")
        async with started(self._root, self._progress) as client:
            ready = time.perf_counter()
            with self._bar:
                await asyncio.wait_for(self._indexed.wait(), INDEX_PATIENCE_S)
            indexed = time.perf_counter()
            shown = [await self._type(client, hole) for hole in holes]
        self._summary(holes, shown, ready - began, indexed - ready)
        return 0

    def _progress(self, value: dict[str, Json]) -> None:
        if value["kind"] == "end":
            self._indexed.set()
        percentage = value.get("percentage", 100)
        self._bar.update(
            self._task, total=100, completed=percentage, description=value.get("message", "")
        )

    async def _type(self, client: ServerClient, hole: Hole) -> Seen:
        """Type one line key by key until its suggestion is right, or four fifths stand."""
        self._open_with(client, hole)
        seen = Seen()
        with Live(console=self._console, refresh_per_second=30) as live:
            for count in range(3, max(len(hole.truth) * 4 // 5, 4)):
                seen = await self._key(client, hole, hole.truth[:count])
                live.update(self._picture(hole, seen))
                if seen.is_right(hole):
                    break
                await asyncio.sleep(KEY_PAUSE_S)
        await asyncio.sleep(LOOK_PAUSE_S)
        client.notify("textDocument/didClose", {"textDocument": {"uri": self._uri}})
        return seen

    def _open_with(self, client: ServerClient, hole: Hole) -> None:
        lines = list(self._lines)
        lines[hole.line] = hole.indent
        language = language_of("", self._uri)
        client.notify(
            "textDocument/didOpen",
            {
                "textDocument": {
                    "uri": self._uri,
                    "languageId": language.id if language else "plaintext",
                    "version": self._next(),
                    "text": "\n".join(lines) + "\n",
                }
            },
        )

    async def _key(self, client: ServerClient, hole: Hole, typed: str) -> Seen:
        start = {"line": hole.line, "character": hole.start}
        end = {"line": hole.line, "character": 10_000}
        change = {"range": {"start": start, "end": end}, "text": typed}
        client.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self._uri, "version": self._next()},
                "contentChanges": [change],
            },
        )
        cursor = {"line": hole.line, "character": hole.start + len(typed)}
        began = time.perf_counter()
        answer = await client.request(
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": self._uri},
                "position": cursor,
                "context": {"triggerKind": 2},
            },
        )
        ms = (time.perf_counter() - began) * 1000
        explained = await client.request(
            "workspace/executeCommand", {"command": "refact.explainLast"}
        )
        items = (answer or {}).get("items", [])
        ghost = items[0]["insertText"] if items else ""
        return Seen(typed, ghost, explained["last"]["sentence"], ms)

    def _next(self) -> int:
        self._version += 1
        return self._version

    def _picture(self, hole: Hole, seen: Seen) -> RenderableType:
        first = max(hole.line - 2, 0)
        picture = Text()
        for index in range(first, hole.line):
            picture.append(f"{index + 1:5} ", "dim")
            picture.append(f"{self._lines[index]}\n")
        picture.append(f"{hole.line + 1:5} ", "bold cyan")
        picture.append(f"{hole.indent}{seen.typed}", "bold")
        picture.append("|", "bold cyan")
        head, *more = seen.ghost.split("\n")
        picture.append(head, "italic bright_black on grey11")
        for line in more:
            picture.append(f"\n{'':6}{line}", "italic bright_black on grey11")
        mark, style = MARKS[seen.verdict(hole)]
        picture.append(f"\n    {mark} {seen.ms:5.1f} ms  {seen.note}\n", style)
        return picture

    def _summary(
        self, holes: list[Hole], shown: list[Seen], start_s: float, index_s: float
    ) -> None:
        pairs = list(zip(holes, shown, strict=True))
        right = [(hole, seen) for hole, seen in pairs if seen.is_right(hole)]
        saved = sum(len(seen.ghost) for _, seen in right)
        table = Table(show_header=False, box=None, padding=(0, 2))
        table.add_row("server ready in", f"{start_s:.2f} s")
        table.add_row("workspace read in", f"{index_s:.2f} s")
        table.add_row("answer in", _spread(seen.ms for seen in shown if seen.ghost))
        table.add_row("places typed at", str(len(holes)))
        for verdict, (mark, style) in MARKS.items():
            count = sum(seen.verdict(hole) is verdict for hole, seen in pairs)
            table.add_row(Text(f"  {mark} {verdict.value}", style), str(count))
        whole = sum(len(hole.truth) for hole, _ in right)
        table.add_row("characters saved where right", f"{saved} of {whole}")
        self._console.print(table)
        self._console.print("\nNothing was written, and nothing left this machine.", style="dim")


def _spread(times: Iterable[float]) -> str:
    ordered = sorted(times)
    if not ordered:
        return "-"
    return f"{ordered[len(ordered) // 2]:.1f} ms (longest {ordered[-1]:.1f} ms)"
