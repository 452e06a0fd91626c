"""How sure the engine is: a small logistic over what the ranking saw."""

from __future__ import annotations

from math import exp, log1p

from refact_lsp.embedded.query import Query
from refact_lsp.embedded.rank import Ranked

THRESHOLD = 0.5
LINE_START_THRESHOLD = 0.6


def confidence(query: Query, ranked: Ranked) -> float:
    """Answer how likely this text is exactly the rest of the line (0 to 1)."""
    place = ranked.best.place
    score = -4.0 + 3.0 * ranked.share + 0.9 * log1p(place.length)
    score += 0.15 * ranked.best.agreed_after - 0.5 * query.is_line_start
    return 1 / (1 + exp(-score))


def threshold(query: Query) -> float:
    """Answer the confidence below which the engine is silent."""
    return LINE_START_THRESHOLD if query.is_line_start else THRESHOLD
