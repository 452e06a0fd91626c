"""Questions on their way to a model, which a later request may take over.

Who types while a model thinks would cancel each question with the next key and never see an
answer. So a question lives on for a moment after its request was answered or cancelled; the next
request takes it over when what was typed since agrees with what has come of the answer so far.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from refact_lsp.completion.anchor import closers_typed_for, head_after, tail_before
from refact_lsp.completion.answer import Answer
from refact_lsp.completion.candidate import Outcome
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

LET_GO_S = 0.04
"""How long a question that nobody waits for lives on."""


@dataclass(slots=True)
class Flight:
    """One question: where it was asked, what has come of its answer, and who waits for it.

    A later request may not take over one that is sealed.
    """

    snapshot: DocumentSnapshot
    position: Position
    answer: Answer
    outcome: asyncio.Future[Outcome]
    task: asyncio.Task[Outcome]
    waiting: int = 0
    letting_go: asyncio.TimerHandle | None = None
    is_sealed: bool = False

    def typed_since(self, snapshot: DocumentSnapshot, position: Position) -> str | None:
        """Answer what was typed at the place of the question; None where the text is another."""
        if position < self.position:
            return None
        if tail_before(snapshot, self.position) != tail_before(self.snapshot, self.position):
            return None
        then, now = head_after(self.snapshot, self.position), head_after(snapshot, position)
        if closers_typed_for(then, now) is None:
            return None
        return snapshot.text.slice(self.position, position)

    def agrees_with(self, typed: str) -> bool:
        """Tell whether what has come so far may still become what was typed."""
        if "\n" in typed and not self.answer.around.goes_below:
            return False
        written, typed = _comparable(self.answer.text), _comparable(typed)
        return written.startswith(typed) or typed.startswith(written)

    def close(self) -> None:
        """End the work; who still waits hears that it was cancelled."""
        if self.letting_go is not None:
            self.letting_go.cancel()
        self.task.cancel()


@dataclass(slots=True)
class Flights:
    """At most one question at work a document."""

    _flying: dict[str, Flight] = field(default_factory=dict)

    def begin(
        self,
        snapshot: DocumentSnapshot,
        position: Position,
        answer: Answer,
        work: Coroutine[Any, Any, Outcome],
    ) -> Flight:
        """Set off; one already at work in this document is ended."""
        self.close(snapshot.uri)
        loop = asyncio.get_running_loop()
        flight = Flight(snapshot, position, answer, loop.create_future(), asyncio.create_task(work))
        flight.task.add_done_callback(lambda task: self._landed(flight, task))
        self._flying[snapshot.uri] = flight
        return flight

    def joinable(
        self, snapshot: DocumentSnapshot, position: Position, source: str
    ) -> tuple[Flight, str] | None:
        """Answer the question that may serve a place too, and what was typed since it was asked."""
        flight = self._flying.get(snapshot.uri)
        if flight is None or flight.is_sealed or flight.answer.source != source:
            return None
        typed = flight.typed_since(snapshot, position)
        if typed is None or not flight.agrees_with(typed):
            return None
        return flight, typed

    async def arrival(self, flight: Flight, typed: str = "") -> Outcome | None:
        """Wait for the outcome; None as soon as the answer turns out to be another than typed."""
        self._board(flight)
        try:
            while typed and not flight.outcome.done():
                flight.answer.grew.clear()
                if not flight.agrees_with(typed):
                    return None
                await flight.answer.grew.wait()
            return await asyncio.shield(flight.outcome)
        finally:
            self._leave(flight)

    def close(self, uri: str) -> None:
        """End the question at work in a document."""
        flight = self._flying.pop(uri, None)
        if flight is not None:
            flight.close()

    def seal(self) -> None:
        """Let no later request take over what is at work now."""
        for flight in self._flying.values():
            flight.is_sealed = True

    def close_all(self) -> None:
        """End all."""
        for uri in list(self._flying):
            self.close(uri)

    def _landed(self, flight: Flight, task: asyncio.Task[Outcome]) -> None:
        """Hand the outcome over; an error is raised where the outcome is waited for."""
        if task.cancelled():
            flight.outcome.set_result(Silence(Reason.CANCELLED))
        elif (error := task.exception()) is not None:
            flight.outcome.set_exception(error)
            flight.outcome.exception()  # taken note of, also where nobody waits any more
        else:
            flight.outcome.set_result(task.result())
        flight.answer.grew.set()
        if self._flying.get(flight.snapshot.uri) is flight:
            del self._flying[flight.snapshot.uri]

    def _board(self, flight: Flight) -> None:
        flight.waiting += 1
        if flight.letting_go is not None:
            flight.letting_go.cancel()
            flight.letting_go = None

    def _leave(self, flight: Flight) -> None:
        flight.waiting -= 1
        if not flight.waiting and not flight.outcome.done():
            loop = asyncio.get_running_loop()
            flight.letting_go = loop.call_later(LET_GO_S, flight.close)


def _comparable(text: str) -> str:
    return text.replace("\r\n", "\n").lstrip(" \t\n")
