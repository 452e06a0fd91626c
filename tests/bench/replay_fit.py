"""Learns `refact_lsp/embedded/weights.py` from replayed commits and prints it.

    python tests/bench/replay_fit.py REPOSITORY:COMMITS:SKIP ...

Ranking: softmax over a point's texts, where the right one is among them. Confidence: a logistic
on the best text, over all points. Both by gradient descent from zero, so a run repeats exactly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import exp, sqrt
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from refact_lsp.embedded import weights
from refact_lsp.embedded.confidence import confidence_features
from refact_lsp.embedded.rank import Ranked
from tests.bench.replay import Outcome, replay

ROUNDS = 150
RATE = 0.1
SHRINK = 2e-3

Rows = Sequence[Sequence[float]]
Example = tuple[Rows, int]


def main() -> int:
    """Replay, learn, print."""
    outcomes: list[Outcome] = []
    for argument in sys.argv[1:]:
        path, commits, skip = argument.rsplit(":", 2)
        replay(Path(path), int(commits), int(skip), alone=False, on_outcome=outcomes.append)
    starts = learn_ranking([o for o in outcomes if o.query.is_line_start])
    others = learn_ranking([o for o in outcomes if not o.query.is_line_start])
    reranked = [_rerank(o, starts if o.query.is_line_start else others) for o in outcomes]
    sureness = learn_confidence(reranked)
    print(f"# Learned {datetime.now(UTC):%Y-%m-%d} from {len(outcomes)} points: {sys.argv[1:]}")
    _print_table("WEIGHTS", weights.FEATURES, others)
    _print_table("LINE_START_WEIGHTS", weights.FEATURES, starts)
    _print_table("CONFIDENCE_WEIGHTS", weights.CONFIDENCE_FEATURES, sureness)
    return 0


def learn_ranking(outcomes: Sequence[Outcome]) -> list[float]:
    """Answer weights under which the right text tends to have the highest score."""
    examples: list[Example] = []
    for outcome in outcomes:
        truth = outcome.point.truth.strip()
        texts = [choice.text.strip() for choice in outcome.ranked]
        if truth in texts and len(texts) > 1:
            examples.append(([c.features for c in outcome.ranked], texts.index(truth)))

    def gradient(at: list[float]) -> list[float]:
        total = [0.0] * len(at)
        for rows, right in examples:
            for row, share, index in zip(rows, _softmax(at, rows), range(len(rows)), strict=True):
                pull = share - (index == right)
                if abs(pull) > 1e-4:
                    for column, value in enumerate(row):
                        total[column] += pull * value
        return [value / len(examples) for value in total]

    return _descend(gradient, len(weights.FEATURES))


def learn_confidence(outcomes: Sequence[Outcome]) -> list[float]:
    """Answer weights under which the logistic is the share of right texts."""
    examples = [
        (confidence_features(outcome.query, outcome.ranked[0], outcome.texts), outcome.is_right)
        for outcome in outcomes
        if outcome.ranked
    ]

    def gradient(at: list[float]) -> list[float]:
        total = [0.0] * len(at)
        for row, right in examples:
            score = sum(a * b for a, b in zip(at, row, strict=True))
            pull = 1 / (1 + exp(-max(min(score, 30), -30))) - right
            for column, value in enumerate(row):
                total[column] += pull * value
        return [value / len(examples) for value in total]

    return _descend(gradient, len(weights.CONFIDENCE_FEATURES))


def _descend(gradient: Callable[[list[float]], list[float]], size: int) -> list[float]:
    at, mean, square = [0.0] * size, [0.0] * size, [0.0] * size
    for step in range(1, ROUNDS + 1):
        slope = gradient(at)
        for i in range(size):
            value = slope[i] + SHRINK * at[i]
            mean[i] = 0.9 * mean[i] + 0.1 * value
            square[i] = 0.99 * square[i] + 0.01 * value * value
            pace = sqrt(square[i] / (1 - 0.99**step)) + 1e-8
            at[i] -= RATE * (1 - step / (ROUNDS + 1)) * mean[i] / (1 - 0.9**step) / pace
    return at


def _softmax(at: Sequence[float], rows: Rows) -> list[float]:
    scores = [sum(a * b for a, b in zip(at, row, strict=True)) for row in rows]
    highest = max(scores)
    odds = [exp(score - highest) for score in scores]
    total = sum(odds)
    return [value / total for value in odds]


def _rerank(outcome: Outcome, at: Sequence[float]) -> Outcome:
    if not outcome.ranked:
        return outcome
    shares = _softmax(at, [choice.features for choice in outcome.ranked])
    ranked = [
        Ranked(choice.text, share, choice.tally, choice.features)
        for choice, share in zip(outcome.ranked, shares, strict=True)
    ]
    ranked.sort(key=lambda choice: -choice.probability)
    return Outcome(outcome.point, outcome.query, ranked, outcome.texts, outcome.processor_ms)


def _print_table(name: str, features: Sequence[str], values: Sequence[float]) -> None:
    print(f"{name}: Mapping[str, float] = {{")
    for feature, value in zip(features, values, strict=True):
        print(f'    "{feature}": {value:.3f},')
    print("}")


if __name__ == "__main__":
    sys.exit(main())
