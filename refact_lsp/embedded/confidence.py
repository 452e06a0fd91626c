"""How sure the engine is of a text: a small logistic, learned from replays.

A confidence of 0.7 means right in seven cases of ten, on the commits it was learned from.
"""

from __future__ import annotations

from math import exp, log, log1p

from refact_lsp.embedded.query import Query
from refact_lsp.embedded.rank import Ranked
from refact_lsp.embedded.weights import CONFIDENCE_WEIGHTS, LINE_START_THRESHOLD, THRESHOLD

_CERTAIN = 0.98
"""Probabilities in the ranking nearer to 1 (a text alone, say) mean no more than this."""


def confidence_features(query: Query, choice: Ranked, texts: int) -> tuple[float, ...]:
    """Answer the logistic's inputs for one of `texts` texts, in the order of its weights."""
    probability = min(max(choice.probability, 1 - _CERTAIN), _CERTAIN)
    tally = choice.tally
    return (
        1.0,
        log(probability / (1 - probability)),
        log1p(tally.longest),
        float(tally.longest >= query.line_length),
        float(tally.is_in_same_file),
        float(tally.is_adapted),
        log1p(len(choice.text)),
        float(tally.unfamiliar == 0),
        log1p(tally.places),
        log1p(texts),
        float(query.is_line_start),
        float(bool(query.unfinished)),
        log1p(min(tally.best.agreed_after, 10)),
    )


def confidence(query: Query, choice: Ranked, texts: int) -> float:
    """Answer how likely this text is exactly the rest of the line (0 to 1)."""
    row = confidence_features(query, choice, texts)
    score = sum(a * b for a, b in zip(row, CONFIDENCE_WEIGHTS.values(), strict=True))
    return 1 / (1 + exp(-score))


def threshold(query: Query) -> float:
    """Answer the confidence below which the engine is silent."""
    return LINE_START_THRESHOLD if query.is_line_start else THRESHOLD
