"""Replays commits of a git repository as typing, and counts what the embedded engine would say.

    python tests/bench/replay.py REPOSITORY [--commits N] [--skip N] [--alone] [--json]

The index holds the parent's tree. The file being typed is the editor's buffer, with the commit's
earlier hunks done; so are the commit's earlier files, unless `--alone`. A text counts as right
when it is the whole rest of the line; a beginning, shown where no whole rest is sure enough, when
the rest begins with it. Lines that are comments or have fewer than four tokens are left out, and
at most eight lines of a file are typed; places and lines are drawn with a fixed seed. Processor
time is counted, not time on the clock, as other programs may be running.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path, PurePath

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from refact_lsp.embedded.agreement import agreed_beginning
from refact_lsp.embedded.confidence import confidence, threshold
from refact_lsp.embedded.engine import DEADLINE_S
from refact_lsp.embedded.query import Query, query_at
from refact_lsp.embedded.rank import Ranked, rank
from refact_lsp.embedded.search import Scope, find
from refact_lsp.text.edits import Edit, advance
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.deletions import Cursor
from refact_lsp.workspace.live import LiveDocuments
from refact_lsp.workspace.segment_file import read_segment
from tests.bench.replay_history import Kind, Point, Repository, points
from tests.bench.replay_world import World

SEED = 20261121
SUFFIXES = (
    *(".py", ".pyi", ".rs", ".go", ".ts", ".tsx", ".js", ".jsx", ".java", ".c", ".h", ".cpp"),
    *(".hpp", ".cs", ".rb", ".php", ".lua", ".sh", ".css", ".tcss", ".html"),
)
MAX_OPEN = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the engine made of one point: its texts with their probabilities, best first."""

    point: Point
    query: Query
    ranked: list[Ranked]
    texts: int
    processor_ms: float

    @property
    def is_right(self) -> bool:
        """Whether the best text is the whole rest of the line."""
        return bool(self.ranked) and self.ranked[0].text.strip() == self.point.truth.strip()

    @property
    def confidence(self) -> float:
        """How sure the engine is of its best text; 0 without one."""
        return confidence(self.query, self.ranked[0], self.texts) if self.ranked else 0.0

    @property
    def is_spoken(self) -> bool:
        """Whether the best text would be shown."""
        return bool(self.ranked) and self.confidence >= threshold(self.query)

    @property
    def beginning(self) -> str:
        """What would be shown where no whole rest of the line is sure enough."""
        return "" if self.is_spoken else agreed_beginning(self.query, self.ranked).strip()


@dataclass(frozen=True, slots=True)
class Row:
    """The table's figures for one kind of place; shares are of all points, precision of spoken."""

    kind: str
    points: int
    exact: float
    among_candidates: float
    spoken: float
    precision: float
    precision_at_30_percent: float
    begun: float
    begun_right: float
    processor_ms_p50: float
    processor_ms_p95: float


def replay(
    path: Path, commits: int, skip: int, *, alone: bool, on_outcome: Callable[[Outcome], None]
) -> None:
    """Replay `commits` commits before the last `skip` of a repository."""
    repository = Repository(path)
    history = repository.commits(commits, skip)
    world = World(repository)
    world.load(history[0].id + "^")
    dice = random.Random(SEED)
    for commit in history:
        live = LiveDocuments()
        opened: list[str] = []
        for change in commit.changes:
            if not change.path.endswith(SUFFIXES):
                continue
            for point in points(repository, change, dice):
                on_outcome(_ask(world, live, opened[-MAX_OPEN:], point))
            source = repository.source(change.blob) if change.blob else None
            if source and not alone:
                _open(live, change.path, source)
                opened.append(change.path)
        world.apply(commit.changes)
    repository.close()


def _open(live: LiveDocuments, path: str, source: str) -> DocumentSnapshot:
    snapshot = DocumentSnapshot("file:///" + path, 1, PurePath(path).suffix, Text(source))
    live.update(snapshot, Path(path))
    live.prepare(snapshot)
    return snapshot


def _ask(world: World, live: LiveDocuments, opened: Sequence[str], point: Point) -> Outcome:
    snapshot = _open(live, point.path, point.before + point.after)
    position = snapshot.text.position(len(point.before))
    start = Position(position.line, 0)
    if point.removed:
        removed = Edit(start, advance(start, point.removed), point.removed, "")
        live.edited(snapshot.uri, removed)
    segments = world.segments((*opened, point.path))
    started = time.thread_time()
    view = live.view(snapshot, position.line)
    query = query_at(view, snapshot, position, point.path)
    scope = Scope(view, point.path, live.others(snapshot.uri), segments)
    ranked = rank(query, find(query, scope, lambda: time.thread_time() - started > DEADLINE_S))
    spent = (time.thread_time() - started) * 1000
    now = time.monotonic()
    cursor = Cursor(snapshot.uri, position.line, query.line_prefix)
    kept = [choice for choice in ranked if not live.was_deleted(cursor, choice.text, now)]
    live.close(snapshot.uri)
    return Outcome(point, query, kept, len(ranked), spent)


def table(outcomes: Sequence[Outcome]) -> list[Row]:
    """Answer one row per kind of place."""
    rows: list[Row] = []
    for kind in Kind:
        chosen = [outcome for outcome in outcomes if outcome.point.kind is kind]
        if not chosen:
            continue
        spoken = [outcome for outcome in chosen if outcome.is_spoken]
        surest = sorted(chosen, key=lambda outcome: -outcome.confidence)[: len(chosen) * 3 // 10]
        begun = [outcome for outcome in chosen if outcome.beginning]
        spent = sorted(outcome.processor_ms for outcome in chosen)
        rows.append(
            Row(
                kind=kind.value,
                points=len(chosen),
                exact=_share(outcome.is_right for outcome in chosen),
                among_candidates=_share(
                    any(c.text.strip() == o.point.truth.strip() for c in o.ranked) for o in chosen
                ),
                spoken=len(spoken) / len(chosen),
                precision=_share(outcome.is_right for outcome in spoken),
                precision_at_30_percent=_share(outcome.is_right for outcome in surest),
                begun=len(begun) / len(chosen),
                begun_right=_share(o.point.truth.strip().startswith(o.beginning) for o in begun),
                processor_ms_p50=spent[len(spent) // 2],
                processor_ms_p95=spent[int(len(spent) * 0.95)],
            )
        )
    return rows


def measure_index(path: Path) -> dict[str, float]:
    """Index the newest tree from nothing with the real indexer, and again."""
    with tempfile.TemporaryDirectory() as folder:
        root, cache = Path(folder) / "root", Path(folder) / "cache"
        cache.mkdir()
        archive = subprocess.run(
            ["git", "-C", str(path), "archive", "HEAD"], check=True, capture_output=True
        )
        with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
            tar.extractall(root, filter="data")
        first, first_cpu, peak_mb = _run_indexer(root, cache)
        again, _, _ = _run_indexer(root, cache)
        segment = read_segment(cache / "segment")
        millions = len(segment.ids) / 1e6 if segment else float("nan")
        size_mb = (cache / "segment").stat().st_size / 2**20
    return {
        "million_tokens": millions,
        "first_seconds": first,
        "first_processor_seconds_per_million_tokens": first_cpu / millions,
        "again_seconds": again,
        "disk_mb_per_million_tokens": size_mb / millions,
        "indexer_peak_mb": peak_mb,
    }


def _run_indexer(root: Path, cache: Path) -> tuple[float, float, float]:
    command = [sys.executable, "-m", "refact_lsp.workspace.indexer"]
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        [*command, "--root", str(root), "--cache", str(cache)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as child:
        peak_mb = _peak_until_end(child)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, spent, peak_mb


def _peak_until_end(child: subprocess.Popen[bytes]) -> float:
    """Answer the most memory the child ever had, as far as looking often can tell (Linux)."""
    status, peak_kb = Path(f"/proc/{child.pid}/status"), 0
    while child.poll() is None:
        with contextlib.suppress(OSError):
            found = re.search(r"VmHWM:\s*(\d+)", status.read_text())
            peak_kb = int(found[1]) if found else peak_kb
        time.sleep(0.005)
    return peak_kb / 1024


def _share(flags: Iterable[bool]) -> float:
    values = list(flags)
    return sum(values) / len(values) if values else 0.0


def main() -> int:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--skip", type=int, default=0, help="the newest commits to leave out")
    parser.add_argument("--alone", action="store_true", help="no other file of the commit is open")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    outcomes: list[Outcome] = []
    replay(
        options.repository,
        options.commits,
        options.skip,
        alone=options.alone,
        on_outcome=outcomes.append,
    )
    rows, index = table(outcomes), measure_index(options.repository)
    if options.json:
        print(json.dumps({"rows": [asdict(row) for row in rows], "index": index}, indent=1))
        return 0
    head = (
        "place            points  exact  known | spoken  right | right at 30 % |"
        " begun  right | cpu ms p50  p95"
    )
    print(head)
    for row in rows:
        print(
            f"{row.kind:15s} {row.points:7d}  {row.exact:.3f}  {row.among_candidates:.3f} |"
            f"  {row.spoken:.3f}  {row.precision:.3f} |         {row.precision_at_30_percent:.3f} |"
            f" {row.begun:.3f}  {row.begun_right:.3f} |"
            f"     {row.processor_ms_p50:5.1f} {row.processor_ms_p95:5.1f}"
        )
    print("  ".join(f"{name}={value:.2f}" for name, value in index.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
