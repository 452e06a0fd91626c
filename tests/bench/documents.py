"""What one edit costs in documents of several sizes, with everything that listens to edits."""

from __future__ import annotations

import random
import time

from refact_lsp.session.documents import Change, UnitPosition
from refact_lsp.session.session import Session
from tests.bench.figures import Figure, timing
from tests.bench.texts import python_source

MIB = 1024 * 1024


async def edit_cost(edits: int = 500) -> list[Figure]:
    """Time one-character edits at random places of 1, 10 and 50 MB."""
    return [_edits_at(size, limit, edits) for size, limit in ((1, 1.0), (10, 2.0), (50, 10.0))]


def _edits_at(size_mb: int, limit_ms: float, edits: int) -> Figure:
    rng = random.Random(size_mb)
    session = Session({})
    uri = f"file:///bench/{size_mb}.py"
    session.documents.open(uri, "python", 1, python_source(size_mb * MIB))
    snapshot = session.documents.get(uri)
    assert snapshot is not None
    lines = snapshot.text.line_count
    times = []
    for version in range(2, edits + 2):
        here = UnitPosition(rng.randrange(lines), 2)
        began = time.perf_counter()
        session.documents.change(uri, version, [Change("x", here, here)])
        times.append((time.perf_counter() - began) * 1000)
    session.shutdown()
    return timing(f"edit at {size_mb} MB", times, p50=limit_ms, p99=limit_ms)
