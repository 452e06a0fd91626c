"""One request for a suggestion, answered as a running server would, with everything written down.

For who wants to look at it: nothing of what is recorded here changes what is asked or answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

from refact_lsp.completion.candidate import Outcome
from refact_lsp.completion.gate import Kind
from refact_lsp.completion.stopping import StopDetector
from refact_lsp.completion.surroundings import surroundings
from refact_lsp.languages.table import language_of
from refact_lsp.messages import (
    CompletionModel,
    Destination,
    FimRequest,
    Finish,
    ServedBy,
    StreamEvent,
    TextDelta,
    Usage,
)
from refact_lsp.privacy.gate import Verdict
from refact_lsp.session.models import ROLE
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position, Text, content_length
from refact_lsp.text.snapshot import DocumentSnapshot

if TYPE_CHECKING:  # what talks to servers is imported when the user's files name one
    from refact_lsp.config.choose import Choice
    from refact_lsp.config.load import Configuration
    from refact_lsp.net.call import Call
    from refact_lsp.providers.asked_model import Sent
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


@dataclass(slots=True)
class Attempt:
    """One request on the wire, its headers with keys masked, and why it was refused, if it was."""

    sent: Sent
    headers: Mapping[str, str]
    is_sent: bool = True
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text as it came, in ms since its request was sent."""

    ms: float
    text: str


@dataclass(slots=True)
class Record:
    """All that happened. `raw` is the answer on the wire, `text` what of it goes to the clean-up.

    The configuration is kept because its keys are masked as long as they live.
    """

    clock: Callable[[], float]
    configuration: Configuration | None = None
    choice: Choice | None = None
    model: str = ""
    destination: Destination | None = None
    privacy: Verdict | None = None
    request: FimRequest | None = None
    attempts: list[Attempt] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    text: str = ""
    finish: Finish | None = None
    usage: Usage | None = None
    served_by: str = ""
    stop: str = ""
    outcome: Outcome | None = None
    stages: Mapping[str, float] = field(default_factory=dict)
    total_ms: float | None = None
    _began_s: float = 0.0

    @property
    def raw(self) -> str:
        """The whole text that came."""
        return "".join(each.text for each in self.pieces)

    def heard(self, what: str, at_s: float, of: object) -> None:
        """Take down what happened on the wire."""
        if what == "sent":
            sent, call = cast("tuple[Sent, Call]", of)
            self.attempted(sent, call)
            self._began_s = at_s
            self.pieces.clear()
        elif what == "refused":
            self.attempts[-1].refusal = str(of)
        elif isinstance(of, Usage):
            self.usage = of
        elif isinstance(of, ServedBy):
            self.served_by = of.model
        elif isinstance(of, TextDelta) and of.choice == 0:
            self.pieces.append(Piece(self._ms(at_s), of.text))

    def attempted(self, sent: Sent, call: Call, *, is_sent: bool = True) -> None:
        """Take down what is posted, or would be."""
        from refact_lsp.net.request import headers_shown  # noqa: PLC0415 - imported with the models

        self.attempts.append(Attempt(sent, headers_shown(call), is_sent=is_sent))

    def asked(self, request: FimRequest) -> None:
        """Take down the question, before anything is sent."""
        self.request, self._began_s = request, self.clock()

    def answered(self, event: StreamEvent) -> None:
        """Take down what the model passes on; one in this process is on no wire."""
        if isinstance(event, Finish):
            self.finish = event
        elif isinstance(event, TextDelta) and event.choice == 0:
            self.text += event.text
            if not self.attempts:
                self.pieces.append(Piece(self._ms(self.clock()), event.text))

    def ended(self) -> None:
        """Take down the end of the answer, and what ended it."""
        self.total_ms = self._ms(self.clock())
        if (request := self.request) is None:
            return
        snapshot = request.snapshot
        language = language_of(snapshot.language_id, snapshot.uri)
        around = surroundings(snapshot, request.position, request.shape, language)
        detector = StopDetector(around)
        detector.feed(self.text)
        self.stop = detector.why

    def _ms(self, at_s: float) -> float:
        return round((at_s - self._began_s) * 1000, 1)


class _Watched:
    """A model whose questions and answers are taken down."""

    def __init__(self, model: CompletionModel, record: Record) -> None:
        self._model = model
        self._record = record

    @property
    def id(self) -> str:
        """The model's own."""
        return self._model.id

    @property
    def destination(self) -> Destination | None:
        """The model's own."""
        return self._model.destination

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer the model's events."""
        self._record.asked(request)
        stream = cast("AsyncGenerator[StreamEvent, None]", self._model.stream(request))
        try:
            async with aclosing(stream) as events:
                async for event in events:
                    self._record.answered(event)
                    yield event
        finally:
            self._record.ended()


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
    session.watched = lambda model: _Watched(model, record)
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
