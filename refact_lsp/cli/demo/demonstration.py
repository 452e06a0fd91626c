"""`refact-lsp demo`: types lines of a real file through the real server and shows what it suggests.

No file is changed: the text goes to the server as an open document, as an editor sends it. A line
at a time is taken out of it and typed again. The server goes by the user's own configuration.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from refact_lsp.cli.client import Json, ServerClient, started
from refact_lsp.cli.demo.picture import counted, growing, is_lively, print_line, print_sum
from refact_lsp.cli.demo.subject import Subject, find_subject
from refact_lsp.cli.demo.typist import Line, Typist
from refact_lsp.config.choose import EMBEDDED
from refact_lsp.config.paths import user_directory
from refact_lsp.session.models import ROLE

KEY_PAUSE_S = 0.008
GHOST_PAUSE_S = 0.18
"""For the eye, and only in a terminal."""

WAITING_LIMIT_S = 8.0
"""Spent on answers; typing ends then, in a line too: a slow model shall not hold anybody up."""

HOW = "What agrees with the file is accepted (underlined); the rest is typed past."

INDEX_PATIENCE_S = 20.0


def demonstrate(file: Path | None, places: int) -> int:
    """Run the demonstration; answer the exit code."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file may hold any character
    return asyncio.run(_run(file, places))


async def _run(file: Path | None, places: int) -> int:
    subject = await find_subject(file, places)
    console = Console(highlight=False)
    name = subject.path.relative_to(subject.root)
    title = Text("refact-lsp", "bold").append(
        f" types {counted(len(subject.typed), 'line')} of ", "not bold"
    )
    title.append(str(name), "cyan").append(f" ({subject.why})", "not bold")
    console.print(title, soft_wrap=True)
    await _Demo(subject, console).run()
    return 0


@dataclass(slots=True)
class _Demo:
    subject: Subject
    console: Console
    indexed: asyncio.Event = field(default_factory=asyncio.Event)
    said: str = ""

    async def run(self) -> None:
        began = time.perf_counter()
        with self._bar() as bar:
            task = bar.add_task("", total=100)

            def on_progress(value: dict[str, Json]) -> None:
                self._take(value)
                bar.update(task, completed=value.get("percentage", 100), description=self.said)

            async with started(self.subject.root, on_progress) as client:
                ready = time.perf_counter()
                await self._wait()
                bar.stop()
                read = time.perf_counter()
                self._print_start(ready - began, read - ready)
                model = await self._print_model(client)
                lines = await self._type(client)
        print_sum(self.console, lines)
        self._print_end(model, lines)

    def _bar(self) -> Progress:
        columns = (TextColumn("reading"), BarColumn(), TextColumn("{task.description}"))
        return Progress(
            *columns,
            console=self.console,
            transient=True,
            disable=not is_lively(self.console),
        )

    def _take(self, value: dict[str, Json]) -> None:
        self.said = value.get("message") or self.said
        if value["kind"] == "end":
            self.indexed.set()

    async def _wait(self) -> None:
        try:
            await asyncio.wait_for(self.indexed.wait(), INDEX_PATIENCE_S)
        except TimeoutError:
            self.said = f"{self.said}, and still reading"

    def _print_start(self, start_s: float, index_s: float) -> None:
        text = f"Server ready in {start_s:.1f} s, workspace read in {index_s:.1f} s: {self.said}."
        self.console.print(text, soft_wrap=not is_lively(self.console))

    async def _print_model(self, client: ServerClient) -> str:
        """Say who answers, and without a model of the user's how to add one."""
        asked = {"command": "refact.models", "arguments": []}
        overview = await client.request("workspace/executeCommand", asked)
        role = overview["roles"][ROLE]
        model: str = role["model"]
        if model == EMBEDDED:
            folder = user_directory(os.environ) / "providers.d"
            text = (
                "The embedded engine answers; it needs no model. "
                f"To add a model server, name it in {folder} (README, Choose your models)."
            )
        else:
            text = f"{model or 'No model'} answers ({role['why']})."
        self.console.print(text, soft_wrap=not is_lively(self.console))
        self.console.print(f"{HOW}\n", style="bright_black")
        return model

    async def _type(self, client: ServerClient) -> list[Line]:
        typist = Typist(client, self.subject)
        lines: list[Line] = []
        for index in self.subject.typed:
            if typist.waited_s < WAITING_LIMIT_S:
                lines.append(await self._type_line(typist, index))
                print_line(self.console, lines[-1])
        return lines

    async def _type_line(self, typist: Typist, index: int) -> Line:
        with Live(console=self.console, auto_refresh=False, transient=True) as live:
            async for line, ghost in typist.type(index):
                if is_lively(self.console):
                    live.update(growing(line, ghost), refresh=True)
                    await asyncio.sleep(GHOST_PAUSE_S if ghost else KEY_PAUSE_S)
                if typist.waited_s >= WAITING_LIMIT_S and not ghost:
                    line.leave()
        return line

    def _print_end(self, model: str, lines: Sequence[Line]) -> None:
        left = len(self.subject.typed) - len(lines)
        if left:
            text = (
                f"{counted(left, 'line')} left out: the answers took too long for a demonstration."
            )
            self.console.print(text, soft_wrap=True)
        is_inside = model in {EMBEDDED, ""}
        where = "nothing left this machine" if is_inside else f"only {model} was asked"
        self.console.print(f"No file of yours was changed, and {where}.", style="bright_black")
