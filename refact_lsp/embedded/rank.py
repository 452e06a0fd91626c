"""Choosing among candidates: every place votes for the whole rest of its line.

Places that stand for the same text are tallied; the tally's features times learned weights
(`weights`) are its score, and the scores' softmax its probability among the candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import exp, log, log1p

from refact_lsp.embedded.query import Query
from refact_lsp.embedded.search import Candidate
from refact_lsp.embedded.weights import LINE_START_WEIGHTS, WEIGHTS
from refact_lsp.workspace.tokens import FIRST_LINE_ID, split

MAX_TEXTS = 24
"""Texts that are looked at closely; a right one is nearly never below (replay, 2026-11)."""

_MAX_MATCH = 24
_MAX_AGREED = 10
_TIERS = (1, 2, 3, 4, 16)
_LOWEST_LOG_SHARE = -16.0


@dataclass(slots=True)
class Tally:
    """The votes for one text. `longest` is the best match, `tiers` counts matches by length."""

    best: Candidate
    votes: float = 0.0
    places: int = 0
    longest: int = 0
    unfamiliar: int = 1_000
    is_adapted: bool = True
    is_in_same_file: bool = False
    is_in_same_folder: bool = False
    is_in_same_language: bool = False
    tiers: list[int] = field(default_factory=lambda: [0] * len(_TIERS))

    def add(self, candidate: Candidate) -> None:
        """Count one place's vote."""
        place = candidate.place
        self.votes += _vote(candidate)
        self.places += 1
        if _merit(candidate) > _merit(self.best):
            self.best = candidate
        self.longest = max(self.longest, place.length)
        self.unfamiliar = min(self.unfamiliar, candidate.unfamiliar)
        self.is_adapted &= candidate.is_adapted
        self.is_in_same_file |= place.is_same_file
        self.is_in_same_folder |= place.is_same_folder
        self.is_in_same_language |= place.is_same_language
        for at, tier in enumerate(_TIERS):
            if place.length < tier:
                break
            self.tiers[at] += 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """One text, the probability that it is the right one if one is, and what speaks for it."""

    text: str
    probability: float
    tally: Tally
    features: tuple[float, ...]


def rank(query: Query, candidates: Sequence[Candidate]) -> list[Ranked]:
    """Answer the texts, the most probable first."""
    tallies = _count(candidates)
    if not tallies:
        return []
    rows = _features(query, tallies)
    weights = LINE_START_WEIGHTS if query.is_line_start else WEIGHTS
    scores = [sum(a * b for a, b in zip(row, weights.values(), strict=True)) for row in rows]
    highest = max(scores)
    odds = [exp(score - highest) for score in scores]
    total = sum(odds)
    ranked = [
        Ranked(tally.best.text, share / total, tally, row)
        for tally, share, row in zip(tallies, odds, rows, strict=True)
    ]
    return sorted(ranked, key=lambda choice: -choice.probability)


def _count(candidates: Sequence[Candidate]) -> list[Tally]:
    found: dict[str, Tally] = {}
    for candidate in candidates:
        tally = found.get(candidate.text)
        if tally is None:
            tally = found[candidate.text] = Tally(candidate)
        tally.add(candidate)
    return sorted(found.values(), key=lambda tally: -tally.votes)[:MAX_TEXTS]


def _vote(candidate: Candidate) -> float:
    place = candidate.place
    doublings = min(place.length, _MAX_MATCH) + min(candidate.agreed_after, _MAX_AGREED)
    weight: float = 2.0 ** (doublings - candidate.is_adapted)
    return weight * 3 if place.is_same_file else weight


def _merit(candidate: Candidate) -> tuple[bool, int, bool]:
    place = candidate.place
    return (not candidate.is_adapted, place.length, place.is_same_file)


def _features(query: Query, tallies: Sequence[Tally]) -> list[tuple[float, ...]]:
    """Answer one row per tally, in the order of the weights' names."""
    votes = sum(tally.votes for tally in tallies)
    tiers = [max(sum(column), 1) for column in zip(*(t.tiers for t in tallies), strict=True)]
    begins = [_first_token(tally.best.text) for tally in tallies]
    firsts: dict[str, float] = {}
    for begin, tally in zip(begins, tallies, strict=True):
        firsts[begin] = firsts.get(begin, 0.0) + tally.votes
    return [
        (
            max(log(tally.votes / votes), _LOWEST_LOG_SHARE),
            max(log(firsts[begin] / votes), _LOWEST_LOG_SHARE),
            *_shares(tally, tiers),
            *_standing(query, tally),
            *_shape(query, tally),
        )
        for tally, begin in zip(tallies, begins, strict=True)
    ]


def _shares(tally: Tally, totals: Sequence[int]) -> tuple[float, ...]:
    one, two, three, four, sixteen = (
        count / total for count, total in zip(tally.tiers, totals, strict=True)
    )
    return one, three, sixteen, log(two + 0.02), log(four + 0.02)


def _standing(query: Query, tally: Tally) -> tuple[float, ...]:
    lines = sum(identity >= FIRST_LINE_ID for identity in query.context[: tally.longest])
    return (
        log1p(tally.longest),
        float(tally.longest >= query.line_length),
        log1p(lines),
        log1p(tally.places),
        float(tally.is_adapted),
        float(tally.is_in_same_file),
        float(tally.is_in_same_folder),
        float(tally.is_in_same_language),
    )


def _shape(query: Query, tally: Tally) -> tuple[float, ...]:
    text = tally.best.text
    return (
        log1p(len(text)),
        log1p(tally.unfamiliar),
        float(tally.unfamiliar == 0),
        float(_leaves_open(query.open_brackets, text)),
        float((query.line_prefix + text).strip() in query.near_lines),
    )


def _first_token(text: str) -> str:
    return next((piece for piece in split(text.lstrip()[:70]) if piece), "")


def _leaves_open(open_brackets: str, text: str) -> bool:
    depth = len(open_brackets)
    for character in text:
        if character in "([{":
            depth += 1
        elif depth and character in ")]}":
            depth -= 1
    return depth > 0
