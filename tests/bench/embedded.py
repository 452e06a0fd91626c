"""The embedded engine on replayed commits of a repository, and what indexing it costs."""

from __future__ import annotations

from pathlib import Path

from tests.bench.figures import Figure, at_most
from tests.bench.replay import Outcome, Row, measure_index, replay, table
from tests.bench.replay_history import Kind

EXACT_AIM = 0.35
RIGHT_AIM = 0.65
PROCESSOR_MS = 15.0
MEMORY_MB = 40.0


async def on_commits(repository: Path, commits: int) -> list[Figure]:
    """Replay the newest commits; the aims hold in the middle of a line."""
    outcomes: list[Outcome] = []
    replay(repository, commits, 0, alone=False, on_outcome=outcomes.append)
    figures = [figure for row in table(outcomes) for figure in _figures(row)]
    return [*figures, *_index(measure_index(repository))]


def _figures(row: Row) -> list[Figure]:
    is_aimed_at = row.kind == Kind.MIDDLE.value
    name = f"engine, {row.kind}"
    spoken = f"{row.precision:.1%} right at {row.spoken:.1%}"
    begun = f"and a beginning at {row.begun:.1%}, {row.begun_right:.1%} right"
    return [
        Figure(
            f"{name}: exact rest of line (n={row.points})",
            f"{row.exact:.1%}",
            f"{EXACT_AIM:.0%} (aim)" if is_aimed_at else "",
            row.exact >= EXACT_AIM if is_aimed_at else None,
        ),
        Figure(
            "... right when it speaks at 30 % of the places",
            f"{row.precision_at_30_percent:.1%}",
            f"{RIGHT_AIM:.0%}" if is_aimed_at else "",
            row.precision_at_30_percent >= RIGHT_AIM if is_aimed_at else None,
        ),
        Figure("... as it speaks by itself", f"{spoken}; {begun}" if row.begun else spoken),
        at_most("... processor time, p95", row.processor_ms_p95, PROCESSOR_MS, "ms"),
    ]


def _index(measured: dict[str, float]) -> list[Figure]:
    millions = measured["million_tokens"]
    return [
        Figure(
            f"index of {millions:.2f} million tokens",
            f"{measured['first_seconds']:.2f} s, again {measured['again_seconds']:.2f} s",
        ),
        Figure(
            "... processor time for a million tokens",
            f"{measured['first_processor_seconds_per_million_tokens']:.2f} s",
        ),
        at_most(
            "... mapped memory for a million tokens",
            measured["disk_mb_per_million_tokens"],
            MEMORY_MB,
            "MB",
        ),
    ]
