"""When a stream has brought enough: incremental, one detector a choice."""

from __future__ import annotations

from dataclasses import dataclass, field

from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.completion.cleanup.indentation import drop_doubled_indent
from refact_lsp.completion.cleanup.markup import is_fence, is_in_code, is_talk, opens_fence
from refact_lsp.completion.cleanup.opener import is_opener_again
from refact_lsp.completion.cleanup.shift import missing_indent
from refact_lsp.completion.surroundings import Surroundings, says_something
from refact_lsp.languages.block_end import block_end
from refact_lsp.languages.blocks import opens_block
from refact_lsp.messages import Shape

MAX_CHARS = {Shape.SINGLE_LINE: 500, Shape.MULTI_LINE: 4_000}
MAX_LINES = {Shape.SINGLE_LINE: 1, Shape.MULTI_LINE: 20}
SAME_LINE_TIMES = 3
_SURE_CHARS = 5
"""A line of so many characters that stands below already is no accident."""


@dataclass(slots=True)
class StopDetector:
    """Collects one choice's text and says when to stop reading it.

    Whole lines are judged one after the other, so it stops at the same text however that is
    split into deltas. `why` names the rule that stopped it.
    """

    around: Surroundings
    text: str = ""
    why: str = ""
    _judged: int = 0
    _lines: list[str] = field(default_factory=list)
    _fenced: list[str] = field(default_factory=list)
    _missing: str | None = ""
    _extra: str = ""
    _is_opened: bool = False

    @property
    def done(self) -> bool:
        """Whether enough has come."""
        return bool(self.why)

    def feed(self, delta: str) -> bool:
        """Add text; answer whether this choice is complete. Text after the stop is dropped."""
        if not self.done:
            self.text += delta
            self._read_on(MAX_CHARS[self.around.shape])
        return self.done

    def end(self) -> None:
        """Judge a last line without a line end by its block too; the model has ended with it."""
        if self.done or self.around.shape is Shape.SINGLE_LINE:
            return
        if self._lines and not is_fence(self.text[self._judged :]):
            self._indent(self._judged, len(self.text))
            self._judged = len(self.text)
        end = len(self.text.rstrip())
        kept = self._block_end(self.text[:end] + "\n")
        if kept < end:
            self._stop("block", kept)

    def _read_on(self, limit: int) -> None:
        """Judge the lines that have become whole."""
        while (end := self.text.find("\n", self._judged, limit)) >= 0:
            self._judge(end)
            if self.why:
                return
        if len(self.text) > limit:
            self._stop("too_long", self.text.rfind("\n", 0, limit) + 1 or limit)

    def _judge(self, end: int) -> None:
        """Judge the line that ends at an offset, and all before it."""
        line, start = self.text[self._judged : end], self._judged
        self._judged = end + 1
        if not self._lines:
            if not line.strip():
                return
            if self._is_noise(line):
                self._missing = None if opens_fence(line) else self._missing
                self.text, self._judged = self.text[end + 1 :], 0
                return
            if self._is_opener_again(start, line):
                self.text, self._judged = self.text[:start] + self.text[end + 1 :], start
                self._is_opened = True
                return
            self._fenced = [line]
            end -= self._drop_doubled_indent()
            line, self._judged = self.text[start:end], end + 1
        elif self.around.language is not None and is_fence(line):
            self._stop("fence", start - 1)
            return
        else:
            end += self._indent(start, end)
            line, self._judged = self.text[start:end], end + 1
        self._lines.append(line)
        if len(self._lines) >= MAX_LINES[self.around.shape]:
            self._stop("lines", end)
        elif self._stands_below(line, is_first=start == 0):
            self._stop("text_below", max(start - 1, 0))
        elif self._goes_round():
            kept = sum(len(each) + 1 for each in self._lines[1 - SAME_LINE_TIMES :])
            self._stop("repetition", end - kept)
        elif (kept := self._block_end(self.text[: end + 1])) <= end:
            self._stop("block", kept)

    def _is_noise(self, line: str) -> bool:
        """Tell whether a line before the code is a fence, talk, or the block's header once more."""
        language = self.around.language
        if language is None or is_fence(line):
            return language is not None
        if (opens_fence(line) or is_talk(line)) and is_in_code(self.around):
            return True
        if self.around.before.strip():
            return False
        header = next(iter(self.around.previous_lines), "").strip()
        return line.strip() == header and says_something(header) and opens_block(header, language)

    def _is_opener_again(self, start: int, line: str) -> bool:
        around = self.around
        if around.language is None or (around.before.strip() and start == 0):
            return False
        above = next(iter(around.previous_lines), "")
        above = around.before if around.before.strip() else above
        return is_opener_again(line, above, around.language)

    def _drop_doubled_indent(self) -> int:
        """Drop the first line's indentation where it is typed already; answer its length."""
        before, indent = len(self.text), self.around.before
        if self._is_opened and indent and not indent.strip() and self.text.startswith(indent):
            lead = self.text[: before - len(self.text.lstrip(" \t"))]
            self._extra, self.text = lead.removeprefix(indent), self.text[len(lead) :]
        self.text = drop_doubled_indent(Draft(self.text, self.around)).text
        return before - len(self.text)

    def _indent(self, start: int, end: int) -> int:
        """Indent a line as the cursor's block is, where that was not; answer by how much."""
        line = self.text[start:end]
        if self._extra and line.startswith(self._extra):
            self.text = self.text[:start] + self.text[start + len(self._extra) :]
            return -len(self._extra)
        if self._missing is None:
            self._missing = missing_indent(self.around, self._fenced, line)
            self._fenced.append(line)
        if not self._missing or not line.strip():
            return 0
        self.text = self.text[:start] + self._missing + self.text[start:]
        return len(self._missing)

    def _stands_below(self, line: str, *, is_first: bool) -> bool:
        whole = (self.around.before + line if is_first else line).rstrip()
        is_long = len(whole.strip()) >= _SURE_CHARS and says_something(whole)
        return is_long and whole == next(iter(self.around.next_lines), "")

    def _goes_round(self) -> bool:
        last = self._lines[-SAME_LINE_TIMES:]
        return len(last) == SAME_LINE_TIMES and len(set(last)) == 1

    def _block_end(self, written: str) -> int:
        around = self.around
        return block_end(around.before, written, around.language, text_after=around.below)

    def _stop(self, why: str, end: int) -> None:
        self.why, self.text = why, self.text[:end]
