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
    "log vote share": 0.194,
    "log vote share of first token": 0.216,
    "share of places": -0.018,
    "share of matches of 3 tokens": 0.299,
    "share of matches of 16 tokens": -0.420,
    "log share of matches of 2 tokens": 0.375,
    "log share of matches of 4 tokens": 0.173,
    "log longest match": 0.859,
    "matches the whole line so far": 0.705,
    "log lines matched": 0.556,
    "log places": -0.002,
    "adapted only": -1.245,
    "in the same file": 0.411,
    "in the same folder": 0.979,
    "in the same language": 0.687,
    "log characters": -0.606,
    "log unfamiliar tokens": -0.769,
    "no unfamiliar token": 0.559,
    "leaves brackets open": -1.007,
    "repeats a line nearby": 0.978,
}
"""Of a text's score anywhere but at the start of a line."""

LINE_START_WEIGHTS: Mapping[str, float] = {
    "log vote share": 0.100,
    "log vote share of first token": 0.190,
    "share of places": -0.804,
    "share of matches of 3 tokens": -0.247,
    "share of matches of 16 tokens": 0.192,
    "log share of matches of 2 tokens": 1.128,
    "log share of matches of 4 tokens": 0.381,
    "log longest match": 1.165,
    "matches the whole line so far": 0.067,
    "log lines matched": 0.479,
    "log places": -0.395,
    "adapted only": 0.000,
    "in the same file": 0.242,
    "in the same folder": 1.100,
    "in the same language": 1.003,
    "log characters": 0.756,
    "log unfamiliar tokens": -1.044,
    "no unfamiliar token": 0.455,
    "leaves brackets open": 0.268,
    "repeats a line nearby": 1.007,
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
    "one": -1.299,
    "log odds in ranking": 0.497,
    "log longest match": 0.720,
    "matches the whole line so far": -0.140,
    "in the same file": 0.165,
    "adapted only": -0.616,
    "log characters": -0.286,
    "no unfamiliar token": -0.103,
    "log places": 0.317,
    "log texts": -0.354,
    "line start": -0.699,
    "inside a word": -0.254,
    "log tokens agreed after the line": -0.028,
}

THRESHOLD = 0.4
LINE_START_THRESHOLD = 0.55
"""Confidence below which nothing is shown; a wrong whole line disturbs more than a wrong rest."""
