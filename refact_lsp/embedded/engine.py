"""The workspace's own text as a completion model: no key, no network, no weights."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from refact_lsp.embedded.confidence import confidence, threshold
from refact_lsp.embedded.query import Query, query_at
from refact_lsp.embedded.rank import Ranked, rank
from refact_lsp.embedded.search import Scope, find
from refact_lsp.messages import Evidence, FimRequest, Finish, StreamEvent, TextDelta
from refact_lsp.workspace.index import WorkspaceIndex
from refact_lsp.workspace.live import LiveDocuments
from refact_lsp.workspace.segment import Segment

DEADLINE_S = 0.010
MAX_CHOICES = 3


class WorkspaceEngine:
    """Answers from the open documents and the workspaces' indexes, or says why it is silent.

    Causes of silence: `not_indexed_yet`, `no_match`, `unsure`.
    """

    def __init__(
        self,
        live: LiveDocuments,
        indexes: Callable[[], Sequence[WorkspaceIndex]],
        clock: Callable[[], float],
    ) -> None:
        self._live = live
        self._indexes = indexes
        self._clock = clock

    @property
    def id(self) -> str:
        """As it is written in a role."""
        return "embedded/workspace"

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer up to three rests of the line, each with its evidence, best first."""
        for event in self.answer(request):
            yield event

    def answer(self, request: FimRequest) -> list[StreamEvent]:
        """Answer all events at once; takes some ten milliseconds at most."""
        started = self._clock()
        indexes = tuple(self._indexes())
        try:
            return self._answer(request, indexes, started)
        except (IndexError, ValueError):
            for index in indexes:
                index.drop_damaged()
            return [Finish("not_indexed_yet", "the index was damaged and is built anew")]

    def _answer(
        self, request: FimRequest, indexes: Sequence[WorkspaceIndex], started: float
    ) -> list[StreamEvent]:
        scope = self._scope(request, indexes)
        query = query_at(scope.current, request.snapshot, request.position, scope.current_path)
        candidates = find(query, scope, lambda: self._clock() - started > DEADLINE_S)
        ranked = self._allowed(query, rank(candidates), started)
        if not ranked:
            cause = "no_match" if scope.segments else "not_indexed_yet"
            return [Finish(cause)]
        sure = [(confidence(query, choice), choice) for choice in ranked[:MAX_CHOICES]]
        spoken = [pair for pair in sure if pair[0] >= threshold(query)]
        if not spoken:
            return [Finish("unsure", f"best confidence {max(sure, key=_first)[0]:.2f}")]
        events: list[StreamEvent] = []
        for number, (sureness, choice) in enumerate(spoken):
            events.append(Evidence(sureness, _note(choice), number))
            events.append(TextDelta(choice.text, number))
        return [*events, Finish("stop")]

    def _allowed(self, query: Query, ranked: list[Ranked], now: float) -> list[Ranked]:
        kept: list[Ranked] = []
        for choice in ranked:
            if len(kept) >= MAX_CHOICES:
                break
            if not self._live.was_deleted(query.line_prefix, choice.text, now):
                kept.append(choice)
        return kept

    def _scope(self, request: FimRequest, indexes: Sequence[WorkspaceIndex]) -> Scope:
        snapshot = request.snapshot
        view = self._live.view(snapshot, request.position.line)
        path = _shown_path(view.path, indexes) or snapshot.uri
        segments: list[tuple[Segment, frozenset[int]]] = []
        for index in indexes:
            segment = index.segment
            if segment is not None:
                segments.append((segment, _masked(index, segment, self._live.paths())))
        return Scope(view, path, self._live.others(snapshot.uri), segments)


def _first(pair: tuple[float, Ranked]) -> float:
    return pair[0]


def _masked(index: WorkspaceIndex, segment: Segment, paths: Sequence[Path]) -> frozenset[int]:
    masked = set(index.invalid)
    masked.update(name for path in paths if (name := index.relative(path)) is not None)
    return frozenset(at for at, document in enumerate(segment.documents) if document.path in masked)


def _shown_path(path: Path | None, indexes: Sequence[WorkspaceIndex]) -> str | None:
    if path is None:
        return None
    for index in indexes:
        relative = index.relative(path)
        if relative is not None:
            return relative
    return str(path)


def _note(choice: Ranked) -> str:
    place = choice.best.place
    line = place.source.line_number(place.position)
    times = "once" if choice.sources == 1 else f"{choice.sources} times"
    return f"seen {times}, {place.length} tokens match, {place.path}:{line}"
