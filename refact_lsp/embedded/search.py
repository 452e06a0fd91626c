"""Finding places in the workspace where the same tokens came before, and what followed there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol

from refact_lsp.embedded.adapt import name_changes, rebalanced, renamed, renamed_length
from refact_lsp.embedded.query import Query
from refact_lsp.workspace.live import LiveView
from refact_lsp.workspace.segment import Match, Segment
from refact_lsp.workspace.suffixes import match_length
from refact_lsp.workspace.tokens import word_id

MAX_SEGMENT_MATCHES = 200
OWN_RUNS = ((2, 64), (1, 24))
"""Tokens that must agree in the cursor's document, and how many such places are looked at,
nearest first: lines like the cursor's often agree in one token only."""
OTHER_RUNS = ((2, 16),)
"""The same for the other open documents."""
MAX_PLACES = 128
"""Places looked at for one question: a count, so that a busy machine answers as an idle one does.

On replayed commits of starlette, ripgrep and textual (2026-11-21) 256 found as many right answers,
give or take one in a hundred, at two thirds more processor time.
"""
CLOCK_INTERVAL = 16
"""Places between two looks at the clock."""
MAX_WORDS = 96
MAX_MATCHES_PER_WORD = 6
CLOSERS = ")]}\"'`:;,"
"""What editors put right of the cursor by themselves, or what ends a line."""
MAX_CHARS = 200
"""A longer rest of a line is not proposed."""


class Source(Protocol):
    """What segments and live views have in common."""

    @property
    def ids(self) -> Sequence[int]:
        """All token ids."""

    def line_end(self, position: int) -> int:
        """Answer where the line of a position ends, -1 when far away."""

    def slice(self, start: int, end: int) -> str:
        """Answer the text of a run of tokens."""

    def line_number(self, position: int) -> int:
        """Answer the one-based line of a position."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere the query's context was found. `path` is for the eyes of the user."""

    source: Source
    position: int
    length: int
    path: str
    is_same_file: bool
    is_same_folder: bool
    is_same_language: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """What followed at one place: the rest of the line, and how well the next lines agree."""

    text: str
    place: Place
    agreed_after: int
    line_end: int
    is_adapted: bool
    unfamiliar: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: the document itself, the other open ones, and each workspace's segment.

    `masked` holds, per segment, the documents (indexes) that are open or have changed.
    """

    current: LiveView
    current_path: str
    others: Sequence[LiveView]
    segments: Sequence[tuple[Segment, frozenset[int]]]


def find(query: Query, scope: Scope, is_late: Callable[[], bool]) -> list[Candidate]:
    """Answer what followed at the first `MAX_PLACES` where the context was found.

    `is_late` may end the search before that.
    """
    candidates: list[Candidate] = []
    seen: set[tuple[int, int]] = set()
    for place in _places(query, scope):
        key = (id(place.source), place.position)
        if key in seen:
            continue
        seen.add(key)
        candidates.extend(_candidates(query, place))
        if len(seen) == MAX_PLACES or (len(seen) % CLOCK_INTERVAL == 0 and is_late()):
            break
    return candidates


def _places(query: Query, scope: Scope) -> Iterator[Place]:
    """Take turns, so that a search that ends early has seen the best of everything."""
    waiting = [
        _live_places(query, scope),
        *(_segment_places(query, segment, masked) for segment, masked in scope.segments),
    ]
    while waiting:
        for places in tuple(waiting):
            if (place := next(places, None)) is None:
                waiting.remove(places)
            else:
                yield place


def _live_places(query: Query, scope: Scope) -> Iterator[Place]:
    for view in (scope.current, *scope.others):
        own = view is scope.current
        path = scope.current_path if own else str(view.path or view.uri)
        folder = query.folder == str(PurePath(path).parent)
        language = view.language_id == scope.current.language_id
        skipped = query.line_tokens if own else range(0)
        near = query.line_tokens.start if own else len(view.ids)
        runs = OWN_RUNS if own else OTHER_RUNS
        for match in _live_matches(query, view, near, runs):
            if match.position not in skipped and match.position - 1 not in skipped:
                yield Place(view, match.position, match.length, path, own, folder, language)


def _live_matches(
    query: Query, view: LiveView, near: int, runs: Sequence[tuple[int, int]]
) -> Iterator[Match]:
    contexts = [query.full_context]
    if query.unfinished:
        contexts.append(query.context)
    for context in contexts:
        for tokens, limit in runs:
            run = tuple(reversed(context[:tokens]))
            for position in view.occurrences(run, near, limit):
                yield Match(position, match_length(view.ids, position, context))


def _segment_places(query: Query, segment: Segment, masked: frozenset[int]) -> Iterator[Place]:
    standing: dict[int, tuple[str, bool, bool]] = {}
    for match in _segment_matches(query, segment):
        at = segment.document_of(match.position)
        if at in masked:
            continue
        if at not in standing:
            standing[at] = _standing(query, segment.documents[at].path)
        path, is_same_folder, is_same_language = standing[at]
        yield Place(
            segment, match.position, match.length, path, False, is_same_folder, is_same_language
        )


def _standing(query: Query, path: str) -> tuple[str, bool, bool]:
    pure = PurePath(path)
    return path, str(pure.parent) == query.folder, pure.suffix == query.suffix


def _segment_matches(query: Query, segment: Segment) -> Iterator[Match]:
    yield from segment.longest_matches(query.full_context, MAX_SEGMENT_MATCHES)
    if not query.unfinished:
        return
    for word in segment.words_beginning(query.unfinished, MAX_WORDS):
        context = (word_id(word), *query.context)
        for match in segment.longest_matches(context, MAX_MATCHES_PER_WORD):
            if match.length > 1:
                yield Match(match.position - 1, match.length - 1)


def _candidates(query: Query, place: Place) -> Iterator[Candidate]:
    source, position = place.source, place.position
    end = source.line_end(position)
    if end <= position:
        return
    rest = source.slice(position, end).rstrip()
    if len(rest) > MAX_CHARS or "\n" in rest:
        return
    agreed = _agreement(source.ids, end, query.after)
    ids = frozenset(source.ids[position:end])
    unfamiliar = len(ids - query.near_ids)
    text = _fit(query, rest, place)
    if text and not _follows_already(query, text):
        yield Candidate(text, place, agreed, end, False, unfamiliar)
    draft = Candidate(text, place, agreed, end, True, unfamiliar)
    yield from _adapted(query, draft, rest, ids)


def _adapted(
    query: Query, draft: Candidate, rest: str, rest_ids: frozenset[int]
) -> Iterator[Candidate]:
    """Yield what followed with this line's names and brackets, where that differs."""
    place = draft.place
    ids, position = place.source.ids, place.position
    if query.unfinished and _follows_whole_word(query, place):
        position -= 1
    changes = name_changes(query, ids, position)
    text = rest if rest_ids.isdisjoint(changes) else renamed(changes, rest)
    was_renamed = text != rest
    text = _fit(query, rebalanced(query, ids, place.position, text), place)
    if text in ("", draft.text) or _follows_already(query, text):
        return
    if was_renamed:
        length = renamed_length(query, ids, position, changes) + place.position - position
        place = replace(place, length=max(length, place.length))
    yield replace(draft, text=text, place=place)


def _follows_already(query: Query, text: str) -> bool:
    line = (query.line_prefix + text).strip()
    return line == query.next_line and any(map(str.isalnum, line))


def _fit(query: Query, text: str, place: Place) -> str:
    """Cut off what is typed already on the left, and what stands already on the right."""
    if query.unfinished and not _follows_whole_word(query, place):
        word = text.lstrip()
        if not word.startswith(query.unfinished) or word == query.unfinished:
            return ""
        text = word[len(query.unfinished) :]
    elif query.line_prefix[-1:].isspace() or not query.line_prefix:
        text = text.lstrip()
    standing = query.line_suffix.strip()
    if not standing:
        return text
    if text.endswith(standing):
        added = text[: -len(standing)]
        added = added.rstrip() if query.line_suffix[0].isspace() else added
        return added if added.strip() else ""
    return "" if standing.strip(CLOSERS) else _until_closed(text, standing[0])


def _until_closed(text: str, closer: str) -> str:
    """Answer the text before the character that the editor has closed already; empty without."""
    depth = 0
    for at, character in enumerate(text):
        if depth == 0 and character == closer:
            return text[:at]
        depth += (character in "([{") - (character in ")]}")
    return ""


def _follows_whole_word(query: Query, place: Place) -> bool:
    return place.source.ids[place.position - 1] == word_id(query.unfinished)


def _agreement(ids: Sequence[int], end: int, after: Sequence[int]) -> int:
    agreed = 0
    for found, wanted in zip(ids[end : end + len(after)], after, strict=False):
        if found != wanted:
            break
        agreed += 1
    return agreed
