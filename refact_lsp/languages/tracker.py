"""One document's syntax tree through its life: edited on the event loop, parsed in a thread.

The consumer calls `on_edit` for each change and, when `needs_parse`, runs one job at a time:

    job = tracker.begin_parse(text)
    await asyncio.to_thread(job.run)
    tracker.finish(job)
"""

from __future__ import annotations

import time

from refact_lsp.languages.place import Place, place, place_in_plain_text
from refact_lsp.languages.syntax import ByteEdit, SyntaxTree, byte_edit, parse
from refact_lsp.languages.table import Language
from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position, Text

MAX_FAILURES = 3
"""After so many failed parses in a row a document is left alone."""

MAX_REST_S = 1.0


class ParseJob:
    """One parse of one text; `run` may be called in any thread, `cancel` at any time."""

    def __init__(self, text: Text, language: Language, old: SyntaxTree | None) -> None:
        self._text = text
        self._language = language
        self._old = old
        self.is_cancelled = False
        self.late_edits: list[ByteEdit] = []
        self.seconds = 0.0
        self.tree: SyntaxTree | None = None

    def run(self) -> None:
        """Parse; `tree` stays None when there is nothing to show for it."""
        if self.is_cancelled:
            return
        began = time.perf_counter()
        self.tree = parse(
            self._text, self._language, self._old, should_stop=lambda: self.is_cancelled
        )
        self.seconds = time.perf_counter() - began

    def cancel(self) -> None:
        """Let a running parse stop soon."""
        self.is_cancelled = True


class SyntaxTracker:
    """The best tree known of a document, always moved along to its present text.

    `rest_s` is how long to wait before the next parse, so that parsing takes a quarter of the
    time at most, however large the document.

    All methods belong to one thread, the event loop's; only jobs run elsewhere.
    """

    def __init__(self, language: Language | None) -> None:
        self.language = language
        self.tree: SyntaxTree | None = None
        self._is_stale = language is not None
        self._jobs: list[ParseJob] = []
        self._failures = 0
        self.rest_s = 0.0

    @property
    def needs_parse(self) -> bool:
        """True when the text changed since the last parse began, and parsing may succeed."""
        return self._is_stale and self._failures < MAX_FAILURES

    def on_edit(self, edit: Edit, before: Text) -> None:
        """Move the tree along with one edit of `before`, the document's text until now."""
        if self.language is None:
            return
        self._is_stale = True
        if self.tree is None and not self._jobs:
            return
        change = byte_edit(edit, before)
        if self.tree is not None:
            self.tree = self.tree.moved(change)
        for job in self._jobs:
            job.late_edits.append(change)

    def begin_parse(self, text: Text) -> ParseJob | None:
        """Answer a job for the document's present text; None for plain text."""
        if self.language is None:
            return None
        # A text splits itself into lines when first asked, which two threads must not do at once.
        _ = text.blocks
        job = ParseJob(text, self.language, self.tree)
        self._jobs.append(job)
        self._is_stale = False
        return job

    def finish(self, job: ParseJob) -> None:
        """Take over what a job found, moved along with the edits that came meanwhile.

        A job that was cancelled or overtaken by a later one changes nothing. After one that
        failed (too long a text, too slow a parse) the document is plain text.
        """
        if job not in self._jobs:
            return
        # Jobs that began earlier know less than this one.
        self._jobs = self._jobs[self._jobs.index(job) + 1 :]
        self.rest_s = min(job.seconds * 3, MAX_REST_S)
        tree = job.tree
        if tree is None and job.is_cancelled:
            return
        self._failures = self._failures + 1 if tree is None else 0
        for change in job.late_edits:
            tree = tree.moved(change) if tree is not None else None
        self.tree = tree

    def place(self, text: Text, position: Position) -> Place:
        """Say what stands around a position of the present text, with or without a tree."""
        if self.tree is None:
            return place_in_plain_text(text, position, self.language)
        return place(self.tree, text, position)
