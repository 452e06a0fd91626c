"""Choosing among candidates: each place votes for the whole rest of its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refact_lsp.embedded.search import Candidate

MAX_MATCH = 24
MAX_AGREED = 10


@dataclass(frozen=True, slots=True)
class Ranked:
    """One text with its share of the votes (0 to 1) and the best place that supports it."""

    text: str
    share: float
    best: Candidate
    sources: int


def rank(candidates: Sequence[Candidate]) -> list[Ranked]:
    """Answer the texts in order of their votes."""
    votes: dict[str, float] = {}
    best: dict[str, tuple[float, Candidate]] = {}
    sources: dict[str, int] = {}
    for candidate in candidates:
        weight = weight_of(candidate)
        text = candidate.text
        votes[text] = votes.get(text, 0.0) + weight
        sources[text] = sources.get(text, 0) + 1
        if text not in best or weight > best[text][0]:
            best[text] = (weight, candidate)
    total = sum(votes.values())
    ordered = sorted(votes, key=lambda text: -votes[text])
    return [Ranked(text, votes[text] / total, best[text][1], sources[text]) for text in ordered]


def weight_of(candidate: Candidate) -> float:
    """Answer the weight of one vote."""
    place = candidate.place
    weight = 2.0 ** min(place.length, MAX_MATCH)
    weight *= 2.0 ** min(candidate.agreed_after, MAX_AGREED)
    if place.is_same_file:
        weight *= 3
    if place.is_same_folder:
        weight *= 1.5
    return weight
