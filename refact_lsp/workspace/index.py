"""One workspace's index as a running server holds it: refreshed by a child, mapped when ready."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp import processes
from refact_lsp.processes import Process
from refact_lsp.workspace.segment import Segment
from refact_lsp.workspace.segment_file import read_generation, read_segment

logger = logging.getLogger(__name__)

LOOK_INTERVAL_S = 2.0
"""How often a query looks whether another server has written a newer segment."""

_SEGMENT_NAME = "segment"

_NEEDED = re.compile(
    r"PATH|HOME|USERPROFILE|LANG|LANGUAGE|LC_\w+|TZ|TMP|TEMP|TMPDIR|PYTHON\w*|VIRTUAL_ENV|LD_\w+"
    r"|SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|PROGRAMDATA",
    re.IGNORECASE,
)
"""Variables that the indexer gets."""


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far an index is: `phase` is waiting, walk, read, sort, done or failed."""

    phase: str
    done: int
    total: int
    tokens: int
    left_out: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Mask:
    """The documents not to be quoted, and what they were worked out from."""

    segment: Segment | None = None
    open_paths: frozenset[Path] = frozenset()
    invalid: frozenset[str] = frozenset()
    documents: frozenset[int] = frozenset()


class WorkspaceIndex:
    """The index of one root folder. `segment` is None until the first one is there.

    `notice` is a sentence for the user when the cache cannot be kept where it should be.
    """

    def __init__(
        self, root: Path, cache_dir: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.root = root.resolve()
        self.notice = ""
        self._folder = self._choose_folder(cache_dir)
        self._clock = clock
        self._segment: Segment | None = None
        self._looked_at = float("-inf")
        self._invalid: set[str] = set()
        self._mask = _Mask()
        self._child: Process | None = None
        self._refreshing: asyncio.Task[None] | None = None
        self._again = False
        self._blocked: tuple[str, ...] = ()
        self._closed = False

    @property
    def segment(self) -> Segment | None:
        """The newest segment; looks for a newer one at most every two seconds."""
        now = self._clock()
        if now - self._looked_at >= LOOK_INTERVAL_S:
            self._looked_at = now
            self._take_newer()
        return self._segment

    @property
    def invalid(self) -> frozenset[str]:
        """Files (relative, with `/`) changed since they were indexed: not to be quoted."""
        return frozenset(self._invalid)

    def masked(self, open_paths: frozenset[Path]) -> frozenset[int]:
        """Answer the documents of the segment not to be quoted: open ones, and changed ones.

        Worked out anew only when one of the three has changed; `open_paths` by its identity.
        """
        segment, invalid = self._segment, self.invalid
        known = self._mask
        if known.segment is segment and known.open_paths is open_paths and known.invalid == invalid:
            return known.documents
        hidden = {*invalid, *filter(None, map(self.relative, open_paths))}
        numbers = (segment.number_of(path) for path in hidden) if segment else ()
        documents = frozenset(number for number in numbers if number is not None)
        self._mask = _Mask(segment, open_paths, invalid, documents)
        return documents

    def relative(self, path: Path) -> str | None:
        """Answer a path as the segment's documents name it; None outside the root."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            pass
        try:
            return path.resolve().relative_to(self.root).as_posix()
        except (ValueError, OSError):
            return None

    def invalidate(self, path: Path) -> None:
        """Leave a changed or deleted file's indexed text out until the next refresh."""
        relative = self.relative(path)
        if relative is not None:
            self._invalid.add(relative)

    def drop_segment(self) -> None:
        """Forget the segment, here and on disk, and have it rebuilt from nothing next time."""
        self._segment = None
        with contextlib.suppress(OSError):
            (self._folder / _SEGMENT_NAME).unlink()

    async def refresh(
        self, on_progress: Callable[[IndexProgress], None], blocked: Sequence[str] = ()
    ) -> None:
        """Bring the index up to date; one that is called while another runs waits for a rerun.

        What matches a pattern of `blocked` is left out.
        """
        if self._closed:
            return
        self._blocked = tuple(blocked)
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh(on_progress))
        else:
            self._again = True
        await asyncio.wait({self._refreshing})

    def close(self) -> None:
        """End the child at once, remove a temporary cache; later refreshes do nothing."""
        self._closed = True
        if self._child is not None and self._child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
        if self.notice:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _refresh(self, on_progress: Callable[[IndexProgress], None]) -> None:
        while True:
            self._again = False
            before = set(self._invalid)
            if await self._run_indexer(on_progress):
                self._take_newer()
                self._invalid -= before
            if not self._again or self._closed:
                return

    async def _run_indexer(self, on_progress: Callable[[IndexProgress], None]) -> bool:
        # -P and a folder of our own: no module that lies in the workspace can be imported.
        command = (sys.executable, "-P", "-m", "refact_lsp.workspace.indexer")
        options = ("--root", str(self.root), "--cache", str(self._folder), "--rules")
        try:
            self._child = await processes.start(
                (*command, *options), environ=_bare(os.environ), folder=self._folder
            )
            _hand_over(self._child, self._blocked)
        except OSError as error:
            if not self._closed:  # else its folder may have gone with it
                on_progress(IndexProgress("failed", 0, 0, 0, reason=str(error)))
            return False
        if self._closed:
            self.close()
        try:
            return await self._follow(self._child, on_progress)
        finally:
            self._child.close()

    async def _follow(self, child: Process, on_progress: Callable[[IndexProgress], None]) -> bool:
        if child.stdout is None or child.stderr is None:
            return False
        errors = asyncio.create_task(child.stderr.read())
        async for line in child.stdout:
            progress = _parse_progress(line)
            if progress is not None and not self._closed:
                on_progress(progress)
        await child.wait()
        message = (await errors).decode("utf-8", "replace").strip()
        if child.returncode != 0 and not self._closed:
            last_line = message.splitlines()[-1] if message else f"exit code {child.returncode}"
            logger.warning("indexer failed root=%s reason=%s", self.root, last_line)
            on_progress(IndexProgress("failed", 0, 0, 0, reason=last_line))
        return child.returncode == 0

    def _take_newer(self) -> None:
        path = self._folder / _SEGMENT_NAME
        generation = read_generation(path)
        if generation and (self._segment is None or generation != self._segment.generation):
            newer = read_segment(path)
            self._segment = newer or self._segment

    def _choose_folder(self, cache_dir: Path) -> Path:
        name = hashlib.blake2b(str(self.root).encode("utf-8", "surrogatepass"), digest_size=12)
        folder = cache_dir / "index" / name.hexdigest()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            folder = Path(tempfile.mkdtemp(prefix="refact-index-"))
            self.notice = (
                f"The index cannot be kept in {cache_dir} ({error.strerror}); "
                f"it is kept in {folder} until the end."
            )
        return folder


def _hand_over(child: Process, blocked: Sequence[str]) -> None:
    """Tell the indexer its rules: patterns of people's files are nobody's business in `ps`."""
    if child.stdin is not None:
        child.stdin.write(json.dumps({"blocked": blocked}).encode() + b"\n")


def _bare(environ: Mapping[str, str]) -> Mapping[str, str]:
    """Answer what a Python process needs of the environment; the user's keys stay here."""
    return {name: value for name, value in environ.items() if _NEEDED.fullmatch(name)}


def _parse_progress(line: bytes) -> IndexProgress | None:
    try:
        fields = json.loads(line)
        return IndexProgress(
            phase=str(fields["phase"]),
            done=int(fields["done"]),
            total=int(fields["total"]),
            tokens=int(fields["tokens"]),
            left_out=dict(fields.get("left_out", {})),
            reason=str(fields.get("reason", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None
