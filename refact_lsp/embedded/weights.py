"""What ranking and confidence learned from replayed commits. Data; nothing here computes.

Printed by `tests/bench/replay_fit.py` on 2026-11-21 from 9,110 points in 470 commits: 350 of
encode/starlette (before its newest 300 and between its newest 900 and 1,050) and 120 of
Textualize/textual (before its newest 300). The newest commits of both are kept for measuring.
"""

from __future__ import annotations

from collections.abc import Mapping

FEATURES = (
    "log vote share",
    "log vote share of first token",
    "share of places",
    "share of matches of 3 tokens",
    "share of matches of 16 tokens",
    "log share of matches of 2 tokens",
    "log share of matches of 4 tokens",
    "log longest match",
    "matches the whole line so far",
    "log lines matched",
    "log places",
    "adapted only",
    "in the same file",
    "in the same folder",
    "in the same language",
    "log characters",
    "log unfamiliar tokens",
    "no unfamiliar token",
    "leaves brackets open",
    "repeats a line nearby",
)

WEIGHTS: Mapping[str, float] = {
    "log vote share": 0.202,
    "log vote share of first token": 0.183,
    "share of places": 0.063,
    "share of matches of 3 tokens": 0.643,
    "share of matches of 16 tokens": -0.517,
    "log share of matches of 2 tokens": 0.379,
    "log share of matches of 4 tokens": 0.171,
    "log longest match": 0.901,
    "matches the whole line so far": 0.999,
    "log lines matched": 0.457,
    "log places": -0.139,
    "adapted only": 0.391,
    "in the same file": 0.290,
    "in the same folder": 0.933,
    "in the same language": 0.870,
    "log characters": -0.590,
    "log unfamiliar tokens": -0.880,
    "no unfamiliar token": 0.634,
    "leaves brackets open": -0.820,
    "repeats a line nearby": 0.952,
}
"""Of a text's score anywhere but at the start of a line."""

LINE_START_WEIGHTS: Mapping[str, float] = {
    "log vote share": 0.160,
    "log vote share of first token": 0.192,
    "share of places": -0.083,
    "share of matches of 3 tokens": -0.157,
    "share of matches of 16 tokens": 0.061,
    "log share of matches of 2 tokens": 0.751,
    "log share of matches of 4 tokens": 0.449,
    "log longest match": 0.793,
    "matches the whole line so far": 0.074,
    "log lines matched": 0.547,
    "log places": -0.360,
    "adapted only": 0.000,
    "in the same file": 0.278,
    "in the same folder": 1.078,
    "in the same language": 0.907,
    "log characters": 0.851,
    "log unfamiliar tokens": -1.372,
    "no unfamiliar token": 0.377,
    "leaves brackets open": 0.422,
    "repeats a line nearby": 0.959,
}
"""The same where only indentation stands before the cursor."""

CONFIDENCE_FEATURES = (
    "one",
    "log odds in ranking",
    "log longest match",
    "matches the whole line so far",
    "in the same file",
    "adapted only",
    "log characters",
    "no unfamiliar token",
    "log places",
    "log texts",
    "line start",
    "inside a word",
    "log tokens agreed after the line",
)
CONFIDENCE_WEIGHTS: Mapping[str, float] = {
    "one": -1.315,
    "log odds in ranking": 0.435,
    "log longest match": 0.803,
    "matches the whole line so far": -0.096,
    "in the same file": 0.355,
    "adapted only": -0.250,
    "log characters": -0.313,
    "no unfamiliar token": -0.087,
    "log places": 0.349,
    "log texts": -0.427,
    "line start": -0.715,
    "inside a word": -0.194,
    "log tokens agreed after the line": -0.093,
}

THRESHOLD = 0.5
LINE_START_THRESHOLD = 0.6
"""Confidence below which nothing is shown; a wrong whole line disturbs more than a wrong rest."""
