"""The workspace's own text as a completion model: no key, no network, no neural weights."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from refact_lsp.embedded.confidence import threshold
from refact_lsp.embedded.query import query_at
from refact_lsp.embedded.search import Scope
from refact_lsp.embedded.suggest import Suggestion, suggest
from refact_lsp.messages import Evidence, FimRequest, Finish, Shape, StreamEvent, TextDelta
from refact_lsp.workspace.deletions import Cursor
from refact_lsp.workspace.index import WorkspaceIndex
from refact_lsp.workspace.live import LiveDocuments
from refact_lsp.workspace.segment import Segment

logger = logging.getLogger(__name__)

DEADLINE_S = 0.01
"""Processor time after which the search goes with what it has found; `MAX_PLACES` comes before.

It guards against places that cost more than any measured. Not time on the clock: on a busy machine
that would pass while nothing has been searched.
"""

ASKED_FOR = 0.1
"""The confidence that is enough when somebody asks by key: a guess is what they want then."""


class Borders(Protocol):
    """Which text may become whose context; asked at each request, so it answers from what it knows.

    Documents are named by their URIs.
    """

    def admits(self, source: str, target: str) -> bool:
        """Answer whether text of one open document may be suggested in another."""

    def hidden(self, root: Path, segment: Segment, target: str) -> frozenset[int] | None:
        """Answer the documents of an index whose text may not be; None: none of them may be."""


class NoBorders:
    """Keeps nothing from anything: one workspace, one user, no rules."""

    def admits(self, source: str, target: str) -> bool:  # noqa: ARG002 - the protocol's
        """Admit every document."""
        return True

    def hidden(
        self,
        root: Path,  # noqa: ARG002 - the protocol's
        segment: Segment,  # noqa: ARG002 - the protocol's
        target: str,  # noqa: ARG002 - the protocol's
    ) -> frozenset[int]:
        """Hide nothing."""
        return frozenset()


class WorkspaceEngine:
    """Answers from the open documents and the workspaces' indexes, or says why it is silent.

    Causes of silence: `not_indexed_yet`, `no_match`, `unsure`. `clock` is monotonic, in seconds,
    the one that `live` has; `cpu_clock` counts this thread's processor time.
    """

    def __init__(
        self,
        live: LiveDocuments,
        indexes: Callable[[], Sequence[WorkspaceIndex]],
        clock: Callable[[], float],
        cpu_clock: Callable[[], float] = time.thread_time,
        *,
        borders: Borders | None = None,
    ) -> None:
        self._live = live
        self._indexes = indexes
        self._clock = clock
        self._cpu_clock = cpu_clock
        self._borders = borders or NoBorders()

    @property
    def id(self) -> str:
        """As it is written in a role."""
        return "embedded/workspace"

    @property
    def destination(self) -> None:
        """Nothing leaves this process."""

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer up to three suggestions, each with its evidence, best first."""
        for event in self.answer(request):
            yield event

    def answer(self, request: FimRequest) -> list[StreamEvent]:
        """Answer all events at once; some ten milliseconds at most, so no thread is needed."""
        indexes = tuple(self._indexes())
        try:
            return self._answer(request, indexes)
        except (IndexError, ValueError):
            logger.warning("damaged index dropped", exc_info=True)
            for index in indexes:
                index.drop_segment()
            return [Finish("not_indexed_yet", "The index was damaged and is built anew.")]

    def _answer(self, request: FimRequest, indexes: Sequence[WorkspaceIndex]) -> list[StreamEvent]:
        now, started = self._clock(), self._cpu_clock()
        scope = self._scope(request, indexes)
        query = query_at(scope.current, request.snapshot, request.position, scope.current_path)
        cursor = Cursor(request.snapshot.uri, request.position.line, query.line_prefix)
        found = suggest(
            query,
            scope,
            lambda: self._cpu_clock() - started > DEADLINE_S,
            lambda text: self._live.was_deleted(cursor, text, now),
            is_multi_line=request.shape is Shape.MULTI_LINE,
        )
        if not found:
            return [_nothing_found(indexes, scope)]
        wanted = ASKED_FOR if request.by_key else threshold(query)
        spoken = [choice for choice in found if choice.confidence >= wanted]
        if not spoken:
            surest = max(choice.confidence for choice in found)
            return [Finish("unsure", f"{surest:.2f} sure, {wanted:.2f} wanted")]
        best = spoken[0].confidence
        return [*_events([it for it in spoken if it.confidence >= best / 2]), Finish("stop")]

    def _scope(self, request: FimRequest, indexes: Sequence[WorkspaceIndex]) -> Scope:
        snapshot = request.snapshot
        view = self._live.view(snapshot, request.position.line)
        open_paths = self._live.paths()
        segments: list[tuple[Segment, frozenset[int]]] = []
        for index in indexes:
            segment = index.segment
            hidden = segment and self._borders.hidden(index.root, segment, snapshot.uri)
            if segment is not None and hidden is not None:
                segments.append((segment, _union(index.masked(open_paths), hidden)))
        path = _shown_path(view.path, indexes) or snapshot.uri
        others = [
            each
            for each in self._live.others(snapshot.uri)
            if self._borders.admits(each.uri, snapshot.uri)
        ]
        return Scope(view, path, others, segments)


@lru_cache(maxsize=32)
def _union(one: frozenset[int], other: frozenset[int]) -> frozenset[int]:
    """Answer what is in either; both stay the same from one request to the next."""
    return one | other if other else one


def _nothing_found(indexes: Sequence[WorkspaceIndex], scope: Scope) -> Finish:
    if scope.segments or not indexes:
        return Finish("no_match")
    if any(index.segment is not None for index in indexes):
        return Finish("no_match", "the indexed files are kept from this one by a privacy rule")
    return Finish("not_indexed_yet")


def _events(spoken: Sequence[Suggestion]) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    for number, choice in enumerate(spoken):
        note = _note(choice)
        events.append(Evidence(choice.confidence, note, number, choice.is_beginning))
        events.append(TextDelta(choice.text, number))
    return events


def _shown_path(path: Path | None, indexes: Sequence[WorkspaceIndex]) -> str | None:
    if path is None:
        return None
    relatives = (index.relative(path) for index in indexes)
    return next((relative for relative in relatives if relative is not None), str(path))


def _note(choice: Suggestion) -> str:
    place = choice.best
    line = place.source.line_number(place.position)
    times = "once" if choice.places == 1 else f"{choice.places} times"
    end = ", differs from here on" if choice.is_beginning else ""
    match = "1 token matches" if place.length == 1 else f"{place.length} tokens match"
    return f"seen {times}, {match}, {place.path}:{line}{end}"
