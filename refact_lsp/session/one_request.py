"""One request for a suggestion, answered as a running server would, and what happened to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from refact_lsp.completion.gate import Kind
from refact_lsp.languages.table import language_of
from refact_lsp.messages import CompletionModel, Destination, FimRequest, Finish, StreamEvent
from refact_lsp.session.models import ROLE
from refact_lsp.session.request_record import Record, Recorded
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position, Text, content_length
from refact_lsp.text.snapshot import DocumentSnapshot

if TYPE_CHECKING:  # what talks to servers is imported when the user's files name one
    from refact_lsp.config.choose import Choice
    from refact_lsp.config.load import Configuration
    from refact_lsp.providers.model import ProviderModel

PARSE_LIMIT_S = 5.0
"""A server has parsed a file long before somebody asks; here it was opened a moment ago."""

HERE = Destination("this process", is_own=True)
"""Stands for a destination where nothing is sent."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a place in a file, and how.

    `root` is the folder that counts as open; `model` an id that wins over the files, or empty.
    """

    path: Path
    text: str
    position: Position
    root: Path
    model: str = ""
    is_dry: bool = False

    @property
    def line(self) -> str:
        """The line with the cursor, without its end."""
        line = Text(self.text).line(self.position.line)
        return line[: content_length(line)]


class _Unsent:
    """A model behind a server that says what it would send, and sends nothing."""

    def __init__(self, model: ProviderModel, record: Record) -> None:
        self._model = model
        self._record = record
        self.id = model.id
        self.destination = model.destination

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer the end."""
        if (unsent := self._model.would_send(request)) is not None:
            self._record.attempted(*unsent, is_sent=False)
            yield Finish("stop")
        else:
            yield Finish("no_completion_model", "no way to ask it is known")


async def ask_once(
    asked: Asked,
    environ: Mapping[str, str],
    check: Callable[[Configuration], None],
    on_reading: Callable[[str], None],
) -> Record:
    """Answer one request by key, and what happened on the way.

    `check` looks at what the user's files say, and may raise what forbids to go on. `on_reading`
    is told how far reading the workspace is. In a dry run a model of this process is not asked.
    """
    session = Session(environ)
    record = Record(session.clock)
    session.workspaces.blocked = _nothing  # only the embedded engine needs the workspace's index
    session.watched = lambda model: Recorded(model, record)
    session.servers.watch = record.heard
    if asked.is_dry:
        session.servers.warms = session.listings.asks = False
        session.models = _unsent(session, record)
    try:
        await _settle(session, asked, check, record)
        await _ask(session, asked, on_reading, record)
    finally:
        session.shutdown()
        await session.closed()
    return record


async def _nothing(_root: Path) -> Sequence[str] | None:
    return None


def _unsent(
    session: Session, record: Record
) -> Callable[[Configuration, Choice], CompletionModel | None]:
    def make(configuration: Configuration, choice: Choice) -> CompletionModel | None:
        model = session.servers.model(configuration, choice)
        return None if model is None else _Unsent(cast("ProviderModel", model), record)

    return make


async def _settle(
    session: Session, asked: Asked, check: Callable[[Configuration], None], record: Record
) -> None:
    """Have everything in force that the user's files say."""
    session.configure({"models": {ROLE: asked.model}} if asked.model else {})
    session.guard.folders_changed(added=(asked.root,), removed=())
    session.configuration.start()
    await session.configuration.settled()
    if (current := session.configuration.current) is not None:
        record.configuration = current
        check(current)
    record.choice = session.role(ROLE)


async def _ask(
    session: Session, asked: Asked, on_reading: Callable[[str], None], record: Record
) -> None:
    model = session.completion_model()
    record.model, record.destination = model.id, model.destination
    snapshot = _opened(session, asked)
    gate = session.guard.gate
    record.privacy = await gate.judge(snapshot, model.destination or HERE, texts=())
    if model.destination is None:
        if asked.is_dry:
            record.outcome = session.inline.standing(snapshot.uri)
            return
        if record.privacy.allowed and model.id:
            await _read_workspace(session, asked.root, on_reading)
    await session.syntax.parsed(snapshot, PARSE_LIMIT_S)
    answer = session.inline.ask(snapshot.uri, asked.position, Kind.INVOKED)
    record.outcome = await session.inline.wait(answer, snapshot.uri)
    record.stages = session.history.entries[-1].stages


def _opened(session: Session, asked: Asked) -> DocumentSnapshot:
    uri = asked.path.as_uri()
    language = language_of("", uri)
    session.documents.open(uri, language.id if language else "plaintext", 1, asked.text)
    snapshot = session.documents.get(uri)
    if snapshot is None:
        raise RuntimeError("A document just opened is not there.")
    return snapshot


async def _read_workspace(session: Session, root: Path, on_reading: Callable[[str], None]) -> None:
    """Wait until the index of a folder is as its files are now."""
    over = asyncio.Event()

    def told(_root: Path, progress: object) -> None:
        if progress is None:
            over.set()
        else:
            on_reading(f"{getattr(progress, 'done', 0)} of {getattr(progress, 'total', 0)} files")

    session.on_index_progress = told
    session.workspaces.blocked = session.guard.indexing.blocked
    session.workspaces.add(root)
    session.workspaces.read_again()
    if session.workspaces.indexes():
        on_reading("")
        await over.wait()
