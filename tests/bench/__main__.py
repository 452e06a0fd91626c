"""`python -m tests.bench [NAME ...]`: measure, and print each figure beside what is to hold.

Names: start, work, edits, memory, cancel, replay, typing. Without one all are measured. `replay`
replays the newest `REFACT_BENCH_COMMITS` (100) commits of the git repository `REFACT_BENCH_REPO`
(this one; give a larger one for figures that mean something). `typing` replays the variants in
`REFACT_BENCH_TYPING` (plain,wrong) in real time, two minutes each, and prints every pause with
`REFACT_BENCH_VERBOSE=1`. Exit code 1 when a figure is missed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import documents, embedded, server
from tests.bench.figures import Figure, print_table
from tests.bench.typing_replay import typing_replay

REPOSITORY = Path(__file__).parents[2]

BENCHES: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "start": lambda: server.start_up(REPOSITORY),
    "work": lambda: server.work_per_completion(REPOSITORY),
    "edits": documents.edit_cost,
    "memory": lambda: server.memory(REPOSITORY),
    "cancel": lambda: server.cancel_storm(REPOSITORY),
    "replay": lambda: embedded.on_commits(
        Path(os.environ.get("REFACT_BENCH_REPO", REPOSITORY)),
        int(os.environ.get("REFACT_BENCH_COMMITS", "100")),
    ),
    "typing": typing_replay,
}


def main(names: list[str]) -> int:
    """Measure the named figures; answer the exit code."""
    unknown = set(names) - set(BENCHES)
    if unknown:
        sys.stderr.write(f"Unknown: {', '.join(unknown)}. Known: {', '.join(BENCHES)}.\n")
        return 2
    figures: list[Figure] = []
    for name in names or BENCHES:
        sys.stderr.write(f"measuring {name} ...\n")
        figures.extend(asyncio.run(_run(BENCHES[name])))
    return 1 if print_table(figures) else 0


async def _run(bench: Callable[[], Awaitable[list[Figure]]]) -> list[Figure]:
    return await bench()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
