"""The program that builds a workspace's segment: `python -m refact_lsp.workspace.indexer`.

A child of the server, at the lowest priority. It prints progress as JSON lines and ends when the
segment is written, or when its standard input closes because the server has gone. One indexer
works on a workspace at a time; the next one waits, and finds everything done.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from refact_lsp.workspace.build import Building, gather, is_current
from refact_lsp.workspace.files import Found, walk
from refact_lsp.workspace.segment import Segment
from refact_lsp.workspace.segment_file import read_segment, write_segment

SEGMENT_NAME = "segment"
LOCK_NAME = "lock"
PROGRESS_INTERVAL_S = 0.1
_LOCK_POLL_S = 0.05


@dataclass(slots=True)
class Reporter:
    """Prints progress, at most ten lines a second between changes of phase."""

    total: int = 0
    phase: str = ""
    last: float = 0.0

    def tell(self, phase: str, done: int, tokens: int, **more: object) -> None:
        """Print one line when the phase is new or the last line is old enough."""
        now = time.monotonic()
        if phase == self.phase and now - self.last < PROGRESS_INTERVAL_S:
            return
        self.phase, self.last = phase, now
        line = {"phase": phase, "done": done, "total": self.total, "tokens": tokens, **more}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Build the segment of one workspace; 0 when it is current at the end."""
    parser = argparse.ArgumentParser(prog="python -m refact_lsp.workspace.indexer")
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--rules", action="store_true", help="one JSON line comes first on stdin")
    options = parser.parse_args(arguments)
    blocked = _rules() if options.rules else ()
    os.umask(0o077)
    _take_lowest_priority()
    threading.Thread(target=_end_with, args=(sys.stdin.fileno(),), daemon=True).start()
    reporter = Reporter()
    try:
        with _only_indexer(options.cache, reporter):
            _build(options.root, options.cache, reporter, blocked)
    except OSError as error:
        reporter.tell("failed", 0, 0, reason=str(error))
        return 1
    return 0


@contextlib.contextmanager
def _only_indexer(cache: Path, reporter: Reporter) -> Iterator[None]:
    lock = FileLock(cache / LOCK_NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        reporter.tell("waiting", 0, 0)
        lock.acquire(poll_interval=_LOCK_POLL_S)
    try:
        yield
    finally:
        lock.release()


def _rules() -> tuple[str, ...]:
    """Read what is left out, by patterns. Not through `sys.stdin`: see `_end_with`."""
    line = bytearray()
    while not line.endswith(b"\n"):
        more = os.read(0, 1)
        if not more:
            os._exit(0)  # the server has gone before it said a word
        line += more
    return tuple(map(str, json.loads(line)["blocked"]))


def _build(root: Path, cache: Path, reporter: Reporter, blocked: tuple[str, ...]) -> None:
    for leftover in cache.glob(".segment-*"):
        leftover.unlink(missing_ok=True)
    path = cache / SEGMENT_NAME
    reporter.tell("walk", 0, 0)
    found = walk(root, blocked)
    reporter.total = len(found.files)
    old = read_segment(path, check_body=True)
    if old is not None and is_current(old, found.files):
        _tell_done(reporter, found, old.generation, len(old.ids), None)
        return
    building = gather(
        root, found.files, old, lambda done, tokens: reporter.tell("read", done, tokens)
    )
    reporter.tell("sort", reporter.total, len(building.ids))
    contents = building.finish(old.words if old else ())
    generation = _next_generation(old)
    write_segment(path, contents, generation)
    _tell_done(reporter, found, generation, len(contents.ids), building)


def _tell_done(
    reporter: Reporter, found: Found, generation: int, tokens: int, building: Building | None
) -> None:
    left_out = dict(found.left_out)
    if building is not None and building.not_text:
        left_out["not text"] = building.not_text
    if building is not None and building.over_cap:
        left_out["over the token cap"] = building.over_cap
    reporter.tell(
        "done",
        reporter.total,
        tokens,
        generation=generation,
        left_out=left_out,
        tokenized=building.tokenized if building else 0,
        reused=building.reused if building else reporter.total,
    )


def _next_generation(old: Segment | None) -> int:
    # Time based, so that a segment written after a damaged one was dropped is newer, too.
    return max(time.time_ns(), old.generation + 1 if old else 0)


def _take_lowest_priority() -> None:
    process = psutil.Process()
    with contextlib.suppress(psutil.Error, OSError, AttributeError):
        if sys.platform == "win32":
            process.nice(psutil.IDLE_PRIORITY_CLASS)
            process.ionice(psutil.IOPRIO_VERYLOW)
        else:
            process.nice(19)
            process.ionice(psutil.IOPRIO_CLASS_IDLE)  # Linux only: AttributeError elsewhere


def _end_with(descriptor: int) -> None:
    # Not through `sys.stdin`: its lock, held by this thread, would spoil the interpreter's end.
    with contextlib.suppress(OSError):
        while os.read(descriptor, 4096):
            pass
    os._exit(0)  # the server is gone: nothing is half written, as segments are renamed whole


if __name__ == "__main__":
    sys.exit(main())
