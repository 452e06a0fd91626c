"""Inline completion for the open documents: one request at work a document, the newest wins."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from refact_lsp.completion.anchor import tail_before
from refact_lsp.completion.candidate import Candidate, Outcome, Proposal
from refact_lsp.completion.flights import Flights
from refact_lsp.completion.gate import Kind, Situation, standing
from refact_lsp.completion.pipeline import Ask, Trace, complete
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.completion.reuse import ReuseCache
from refact_lsp.config.settings import Settings
from refact_lsp.context.window import Window
from refact_lsp.languages.table import language_of
from refact_lsp.messages import CompletionModel
from refact_lsp.session.condition.busy import SLOW_S, Busy
from refact_lsp.session.condition.switches import Switches
from refact_lsp.session.documents import DocumentStore
from refact_lsp.session.history import Entry, History
from refact_lsp.session.syntax import SyntaxTrees
from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Selected:
    """The entry selected in the editor's popup: its text, and where it would begin."""

    start: Position
    text: str


@dataclass(slots=True)
class _Running:
    answer: asyncio.Future[Outcome]
    situation: Situation
    trace: Trace
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Sources:
    """What the requests draw on; `settings` and `model` are asked anew each time.

    `refusal` answers the privacy rule that forbids to suggest anything in a document.
    """

    documents: DocumentStore
    syntax: SyntaxTrees
    settings: Callable[[], Settings]
    model: Callable[[], CompletionModel]
    switches: Switches
    busy: Busy
    clock: Callable[[], float]
    refusal: Callable[[DocumentSnapshot], str | None]


class InlineCompletions:
    """Answers requests for suggestions; each is answered exactly once, whatever happens."""

    def __init__(self, sources: Sources, history: History) -> None:
        self.reuse = ReuseCache()
        self.flights = Flights()
        self._sources = sources
        self._history = history
        self._running: dict[str, _Running] = {}
        self._windows: dict[str, Window] = {}
        self._last_edit_deleted: dict[str, bool] = {}

    def note_edit(self, uri: str, *, deleted: bool) -> None:
        """Remember whether the last change of a document only took text away."""
        self._last_edit_deleted[uri] = deleted

    def forget(self, uri: str) -> None:
        """Drop all that is kept of a closed document."""
        self.reuse.forget(uri)
        self._windows.pop(uri, None)
        self._last_edit_deleted.pop(uri, None)
        self.supersede(uri, Reason.SUPERSEDED)
        self.flights.close(uri)

    def supersede(self, uri: str, reason: Reason) -> None:
        """Answer a document's running request at once, empty, and end its work."""
        running = self._running.pop(uri, None)
        if running is not None and not running.answer.done():
            self._settle(running, Silence(reason))
            if running.task is not None:
                running.task.cancel()

    def stop(self) -> None:
        """Answer everything that still runs: the server is leaving."""
        for uri in list(self._running):
            self.supersede(uri, Reason.SHUTTING_DOWN)
        self.flights.close_all()

    def recheck(self) -> None:
        """Answer what runs where nothing is wanted any more, after something was switched."""
        is_snoozed = bool(self._sources.switches.snoozed_until())
        for uri in list(self._running):
            if (silence := self.standing(uri)) is not None:
                self.supersede(uri, silence.reason)
                self.flights.close(uri)
            elif is_snoozed:
                self.supersede(uri, Reason.SNOOZED)
                self.flights.close(uri)

    def forget_answers(self) -> None:
        """Keep no answer made so far; what is at work goes on, and is not kept either."""
        self.reuse = ReuseCache()

    def model_changed(self) -> None:
        """Keep no answer of another model; what is at work goes on, for who waits for it only."""
        self.forget_answers()
        self.flights.seal()

    def clear(self) -> None:
        """Forget all that was kept of earlier answers."""
        self.forget_answers()
        self._windows.clear()

    def standing(self, uri: str) -> Silence | None:
        """Answer why nothing is suggested in an open document wherever the cursor is."""
        snapshot = self._sources.documents.get(uri)
        if snapshot is None:
            return None
        return standing(self._situation(snapshot, Position(0, 0), Kind.INVOKED))

    async def wait(self, answer: asyncio.Future[Outcome], uri: str) -> Outcome:
        """Wait for an answer; when the waiter is cancelled its work ends too."""
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            running = self._running.get(uri)
            if running is not None and running.answer is answer:
                self.supersede(uri, Reason.CANCELLED)
            raise

    def ask(
        self,
        uri: str,
        position: Position,
        kind: Kind,
        selected: Selected | None = None,
        *,
        for_menu: bool = False,
    ) -> asyncio.Future[Outcome]:
        """Begin a request on the document as it is now; an older one there is answered empty.

        A menu gets its answer also when more was typed there meanwhile: its editor narrows it down
        by that, and may not ask again while it waits (Helix).
        """
        self.supersede(uri, Reason.SUPERSEDED)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        snapshot = self._sources.documents.get(uri)
        if snapshot is None:
            answer.set_result(Silence(Reason.NOT_OPEN, uri))
            return answer
        situation = self._situation(snapshot, snapshot.text.clamp(position), kind)
        is_right = self._is_typed_on if for_menu else self._is_unchanged
        check = partial(_checked, is_right=is_right, at=situation, selected=selected)
        running = _Running(answer, situation, Trace(self._sources.clock()))
        running.task = asyncio.create_task(self._run(running, check))
        self._running[uri] = running
        return answer

    def _situation(self, snapshot: DocumentSnapshot, position: Position, kind: Kind) -> Situation:
        return Situation(
            snapshot=snapshot,
            position=position,
            kind=kind,
            settings=self._sources.settings(),
            secret_rule=self._sources.refusal(snapshot),
            after_deletion=self._last_edit_deleted.get(snapshot.uri, False),
            off=self._sources.switches.off(snapshot.uri),
            snoozed_until=self._sources.switches.snoozed_until(),
        )

    async def _run(self, running: _Running, checked: Callable[[Outcome], Outcome]) -> None:
        outcome: Outcome = Silence(Reason.CANCELLED)
        trace, situation = running.trace, running.situation
        try:
            ask = self._ask(situation)
            self._sources.busy.begin(running.answer, ask.delay_s + SLOW_S)
            trace.model = ask.model.id
            outcome = checked(await complete(ask, trace))
        except Exception:
            logger.exception("completion_failed uri=%s", situation.snapshot.uri)
            outcome = Silence(Reason.MODEL_ERROR)
        finally:
            self._settle(running, outcome)

    def _ask(self, at: Situation) -> Ask:
        uri = at.snapshot.uri
        delay_ms = at.settings.delay_ms if at.kind is Kind.AUTOMATIC else 0
        model = self._sources.model()
        return Ask(
            situation=at,
            model=model,
            reuse=self.reuse,
            flights=self.flights,
            place=lambda: self._sources.syntax.place(at.snapshot, at.position),
            language=language_of(at.snapshot.language_id, uri),
            clock=self._sources.clock,
            previous=self._windows.get(uri),
            delay_s=delay_ms / 1000,
        )

    def _is_unchanged(self, at: Situation) -> bool:
        now = self._sources.documents.get(at.snapshot.uri)
        return now is not None and now.version == at.snapshot.version

    def _is_typed_on(self, at: Situation) -> bool:
        """Tell whether the text before the cursor is the same: only behind it may more stand."""
        now = self._sources.documents.get(at.snapshot.uri)
        if now is None or now.text.clamp(at.position) != at.position:
            return False
        return tail_before(now, at.position) == tail_before(at.snapshot, at.position)

    def _settle(self, running: _Running, outcome: Outcome) -> None:
        """Answer a request that was not answered, and keep what is told of it; at once."""
        if running.answer.done():
            return
        running.answer.set_result(outcome)
        self._sources.busy.end(running.answer)
        at, trace = running.situation, running.trace
        uri = at.snapshot.uri
        trace.mark("total", self._sources.clock())
        if trace.window is not None:
            self._windows[uri] = trace.window
        if self._running.get(uri) is running:
            del self._running[uri]
        if isinstance(outcome, Silence):
            logger.info("silent reason=%s note=%s", outcome.reason, outcome.note)
        self._history.add(
            Entry(
                uri=uri,
                position=at.position,
                version=at.snapshot.version,
                kind=at.kind,
                outcome=outcome,
                model=trace.model,
                stages=trace.stages,
            )
        )


def _checked(
    outcome: Outcome,
    *,
    is_right: Callable[[Situation], bool],
    at: Situation,
    selected: Selected | None,
) -> Outcome:
    """Answer an outcome if it is still right, and only what agrees with the editor's popup."""
    if not is_right(at):
        return Silence(Reason.STALE_VERSION)
    if selected is None or not isinstance(outcome, Proposal):
        return outcome
    return _agreeing(outcome, at, selected)


def _agreeing(proposal: Proposal, at: Situation, selected: Selected) -> Outcome:
    """Keep the candidates that begin with what the popup would insert."""
    typed = at.snapshot.text.slice(selected.start, at.position)
    kept: tuple[Candidate, ...] = tuple(
        each for each in proposal.candidates if (typed + each.text).startswith(selected.text)
    )
    return Proposal(kept, proposal.reused) if kept else Silence(Reason.POPUP_DISAGREES)
