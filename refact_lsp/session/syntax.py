"""The syntax trees of the documents at work, parsed in threads and never waited for."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from refact_lsp.completion.gate import MAX_DOCUMENT_CHARS
from refact_lsp.languages.place import Place, place_in_plain_text
from refact_lsp.languages.table import language_of
from refact_lsp.languages.tracker import SyntaxTracker
from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.snapshot import DocumentSnapshot

MAX_TREES = 16
FIRST_S = 0.03
"""A short wait gathers the edits of one burst into the first parse."""

QUIET_S = 0.12
"""A document is parsed when nothing was typed for so long: a key within a word is shorter."""

LONGEST_WAIT_S = 0.6
"""... but somebody who never rests is not waited for longer."""


@dataclass(slots=True)
class _Watched:
    tracker: SyntaxTracker
    text: Text
    changed_s: float = 0.0
    parsing: asyncio.Task[None] | None = None


class SyntaxTrees:
    """One tracker for each of the documents used last; others get one when they are asked about."""

    def __init__(self) -> None:
        self._watched: OrderedDict[str, _Watched] = OrderedDict()

    def changed(
        self, before: DocumentSnapshot, after: DocumentSnapshot, edits: Sequence[Edit]
    ) -> None:
        """Map a document's tree over its edits and have it parsed anew."""
        watched = self._watch(before)
        if watched is None:
            return
        text = before.text
        for edit in edits:
            watched.tracker.on_edit(edit, text)
            text = text.replace(edit.start, edit.end, edit.new_text)
        watched.text = after.text
        self._parse_soon(watched)

    def closed(self, uri: str) -> None:
        """Drop a document's tree."""
        watched = self._watched.pop(uri, None)
        if watched is not None and watched.parsing is not None:
            watched.parsing.cancel()

    def place(self, snapshot: DocumentSnapshot, position: Position) -> Place:
        """Say what is known of a place: by the tree when there is one, else by its line."""
        watched = self._watch(snapshot)
        if watched is None:
            return place_in_plain_text(
                snapshot.text, position, language_of(snapshot.language_id, snapshot.uri)
            )
        return watched.tracker.place(snapshot.text, position)

    async def parsed(self, snapshot: DocumentSnapshot, limit_s: float) -> None:
        """Wait until a document's tree is there, but no longer than a limit."""
        watched = self._watch(snapshot)
        if watched is not None and watched.parsing is not None:
            await asyncio.wait({watched.parsing}, timeout=limit_s)

    def stop(self) -> None:
        """End all parsing."""
        for uri in list(self._watched):
            self.closed(uri)

    def _watch(self, snapshot: DocumentSnapshot) -> _Watched | None:
        watched = self._watched.get(snapshot.uri)
        if watched is None:
            language = language_of(snapshot.language_id, snapshot.uri)
            if language is None or len(snapshot.text) > MAX_DOCUMENT_CHARS:
                return None
            watched = _Watched(SyntaxTracker(language), snapshot.text)
            self._watched[snapshot.uri] = watched
            self._parse_soon(watched)
        self._watched.move_to_end(snapshot.uri)
        while len(self._watched) > MAX_TREES:
            self.closed(next(iter(self._watched)))
        return watched

    def _parse_soon(self, watched: _Watched) -> None:
        watched.changed_s = asyncio.get_running_loop().time()
        if watched.parsing is None or watched.parsing.done():
            watched.parsing = asyncio.create_task(_parse_until_current(watched))


async def _parse_until_current(watched: _Watched) -> None:
    while watched.tracker.needs_parse:
        await _rest(watched)
        job = watched.tracker.begin_parse(watched.text)
        if job is None:
            return
        try:
            await asyncio.to_thread(job.run)
        except asyncio.CancelledError:
            job.cancel()
            raise
        watched.tracker.finish(job)


async def _rest(watched: _Watched) -> None:
    """Wait until nothing was typed for a moment; a document without a tree is not kept waiting."""
    loop = asyncio.get_running_loop()
    begun, rest_s = loop.time(), watched.tracker.rest_s
    await asyncio.sleep(max(FIRST_S, rest_s))
    if watched.tracker.tree is None:
        return
    while (left := watched.changed_s + QUIET_S - loop.time()) > 0:
        if loop.time() - begun > LONGEST_WAIT_S:
            return
        await asyncio.sleep(left)
