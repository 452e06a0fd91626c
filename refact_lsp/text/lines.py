"""The text of a document as an immutable value that shares its lines with its successors.

A `Text` holds blocks of lines. An edit builds one new block and a new tuple of blocks, so a
snapshot costs nothing, an edit of a 50 MB document costs as much as one of a small one, and
whoever caches something per block (its tokens, say) keeps it for every block left untouched.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

BLOCK_LINES = 128
"""Lines in a fresh block: small enough to rebuild in microseconds, large enough to be few."""

BLOCK_CHARS = 40 * BLOCK_LINES
"""Characters in a block cut from a whole text, before it is split into lines."""

_NOT_A_LINE_END_FOR_LSP = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
_LINE_END = re.compile(r"\r\n?|\n")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


class Position(NamedTuple):
    """A place in a text: zero-based line, and column in code points."""

    line: int
    column: int


class Block:
    """A run of whole lines; compared and hashed by identity, so that caches can hang on it.

    Split when its lines are asked for: of a large text that is edited, most blocks never are.
    """

    __slots__ = ("__weakref__", "_byte_count", "_lines", "_source", "char_count", "line_count")

    def __init__(self, source: str, line_count: int, lines: tuple[str, ...] | None = None) -> None:
        self._source = source
        self._lines = lines
        self.line_count = line_count
        self.char_count = len(source) if lines is None else sum(map(len, lines))
        self._byte_count = -1

    @classmethod
    def of_lines(cls, lines: tuple[str, ...]) -> Block:
        """Make a block of lines that are split already."""
        return cls("", len(lines), lines)

    def __str__(self) -> str:
        source, lines = self._source, self._lines  # in this order, see `lines`
        return source if lines is None else "".join(lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines with their terminators; the last one of a text has none."""
        source = self._source
        lines = self._lines
        if lines is None:
            # Two threads may split the same block: the source goes after its lines are there, and
            # is read before them. The empty line after the last line end is the next block's.
            lines = self._lines = tuple(split_lines(source)[: self.line_count])
            self._source = ""
        return lines

    @property
    def byte_count(self) -> int:
        """Length in UTF-8, a lone surrogate counted as three bytes."""
        if self._byte_count < 0:
            self._byte_count = len(utf8(str(self)))
        return self._byte_count


def utf8(text: str) -> bytes:
    """Encode, keeping lone surrogates (as editors can send them) instead of failing."""
    return text.encode("utf-8", "surrogatepass")


def split_lines(source: str) -> list[str]:
    r"""Split at `\n`, `\r\n` and `\r` only, terminators kept; the last line has none.

    `str.splitlines` alone would also split at U+2028, form feeds and others, which are no
    line ends for LSP.
    """
    if _NOT_A_LINE_END_FOR_LSP.search(source) is None:
        lines = source.splitlines(keepends=True)
    else:
        lines = _LINE.findall(source)
    if not lines or lines[-1][-1] in "\r\n":
        lines.append("")
    return lines


def content_length(line: str) -> int:
    """Count the code points of a line without its terminator."""
    if line.endswith("\r\n"):
        return len(line) - 2
    return len(line) - 1 if line.endswith(("\n", "\r")) else len(line)


class Text:
    """An immutable document text; `replace` answers a new one. Split into lines when needed."""

    __slots__ = ("_blocks", "_byte_starts", "_char_starts", "_line_starts", "_source")

    def __init__(self, source: str) -> None:
        self._source: str | None = source
        self._blocks: tuple[Block, ...] | None = None
        self._line_starts: list[int] | None = None
        self._char_starts: list[int] | None = None
        self._byte_starts: list[int] | None = None

    @classmethod
    def _of_blocks(cls, blocks: tuple[Block, ...]) -> Text:
        text = cls("")
        text._source = None
        text._blocks = blocks
        return text

    def __str__(self) -> str:
        source = self._source  # read once: another thread may be splitting it
        if source is not None:
            return source
        return "".join(map(str, self.blocks))

    def __len__(self) -> int:
        """Count code points."""
        source = self._source
        if source is not None:
            return len(source)
        return self._starts_in_chars()[-1]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks in order; the same objects as in the text this one was edited from."""
        source = self._source
        blocks = self._blocks
        if blocks is None:
            # Two threads may split the same text. Blocks are set before the source goes, and the
            # source is read before the blocks, so each sees one of them.
            blocks = self._blocks = _cut(source or "")
            self._source = None
        return blocks

    @property
    def line_count(self) -> int:
        """Number of lines; a text that ends in a line end has an empty last line."""
        return self._starts_in_lines()[-1]

    @property
    def end(self) -> Position:
        """The position after the last character."""
        last = self.line_count - 1
        return Position(last, len(self.line(last)))

    def line(self, index: int) -> str:
        """One line with its terminator; IndexError outside the text."""
        if index < 0:
            raise IndexError(index)
        starts = self._starts_in_lines()
        at = bisect_right(starts, index) - 1
        return self.blocks[at].lines[index - starts[at]]

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[str]:
        """Lines `start` to `stop` (exclusive), clamped to the text, with their terminators."""
        starts = self._starts_in_lines()
        stop = starts[-1] if stop is None else min(stop, starts[-1])
        index = max(start, 0)
        at = bisect_right(starts, index) - 1
        while index < stop:
            begin = starts[at]
            chunk = self.blocks[at].lines[index - begin : stop - begin]
            yield from chunk
            index += len(chunk)
            at += 1

    def clamp(self, position: Position) -> Position:
        """Answer the nearest valid position: inside the text, before the line's terminator."""
        if position.line < 0:
            return Position(0, 0)
        if position.line >= self.line_count:
            return self.end
        width = content_length(self.line(position.line))
        return Position(position.line, min(max(position.column, 0), width))

    def offset(self, position: Position) -> int:
        """Code points before a position (clamped)."""
        line, column = self.clamp(position)
        starts = self._starts_in_lines()
        at = bisect_right(starts, line) - 1
        within = sum(map(len, self.blocks[at].lines[: line - starts[at]]))
        return self._starts_in_chars()[at] + within + column

    def byte_offset(self, position: Position) -> int:
        """UTF-8 bytes before a position (clamped): what tree-sitter counts in."""
        line, column = self.clamp(position)
        starts = self._starts_in_lines()
        at = bisect_right(starts, line) - 1
        lines = self.blocks[at].lines
        within = "".join(lines[: line - starts[at]]) + lines[line - starts[at]][:column]
        return self._starts_in_bytes()[at] + len(utf8(within))

    def position(self, offset: int) -> Position:
        """Answer the position of a code point offset (clamped)."""
        offset = min(max(offset, 0), len(self))
        chars = self._starts_in_chars()
        at = min(bisect_right(chars, offset), len(self.blocks)) - 1
        rest = offset - chars[at]
        first_line = self._starts_in_lines()[at]
        for index, line in enumerate(self.blocks[at].lines):
            if rest < len(line) or index == len(self.blocks[at].lines) - 1:
                return Position(first_line + index, rest)
            rest -= len(line)
        raise AssertionError("a block has at least one line")

    def slice(self, start: Position, end: Position) -> str:
        """Answer the text between two positions (clamped); empty when they are inverted."""
        start, end = self.clamp(start), self.clamp(end)
        if start >= end:
            return ""
        if start.line == end.line:
            return self.line(start.line)[start.column : end.column]
        middle = self.lines(start.line + 1, end.line)
        head, tail = self.line(start.line)[start.column :], self.line(end.line)[: end.column]
        return "".join((head, *middle, tail))

    def replace(self, start: Position, end: Position, new: str) -> Text:
        """Answer the text with `start`..`end` (clamped; swapped when inverted) replaced."""
        start, end = self.clamp(start), self.clamp(end)
        if start > end:
            start, end = end, start
        first, last = start.line, end.line
        head = self.line(first)[: start.column]
        joined = head + new + self.line(last)[end.column :]
        if joined.startswith("\n") and first > 0 and self.line(first - 1).endswith("\r"):
            first -= 1
            joined = self.line(first) + joined
        lines = split_lines(joined)
        if last < self.line_count - 1:
            lines.pop()  # the empty line after the terminator is the untouched line `last + 1`
        return self._with_lines(first, last + 1, lines)

    def _with_lines(self, first: int, stop: int, lines: list[str]) -> Text:
        starts, blocks = self._starts_in_lines(), self.blocks
        low = bisect_right(starts, first) - 1
        high = bisect_right(starts, stop - 1) - 1
        merged = [
            *blocks[low].lines[: first - starts[low]],
            *lines,
            *blocks[high].lines[stop - starts[high] :],
        ]
        if len(merged) < BLOCK_LINES // 4 and high + 1 < len(blocks):
            high += 1
            merged.extend(blocks[high].lines)
        block = Block.of_lines(tuple(merged))
        is_small = len(merged) <= 2 * BLOCK_LINES or block.char_count <= 2 * BLOCK_CHARS
        fresh = (block,) if is_small else _chunk(merged)
        return Text._of_blocks(blocks[:low] + fresh + blocks[high + 1 :])

    def _starts_in_lines(self) -> list[int]:
        if self._line_starts is None:
            sizes = (block.line_count for block in self.blocks)
            self._line_starts = list(accumulate(sizes, initial=0))
        return self._line_starts

    def _starts_in_chars(self) -> list[int]:
        if self._char_starts is None:
            sizes = (block.char_count for block in self.blocks)
            self._char_starts = list(accumulate(sizes, initial=0))
        return self._char_starts

    def _starts_in_bytes(self) -> list[int]:
        if self._byte_starts is None:
            sizes = (block.byte_count for block in self.blocks)
            self._byte_starts = list(accumulate(sizes, initial=0))
        return self._byte_starts


def _chunk(lines: list[str]) -> tuple[Block, ...]:
    starts = range(0, len(lines), BLOCK_LINES)
    return tuple(Block.of_lines(tuple(lines[at : at + BLOCK_LINES])) for at in starts)


def _cut(source: str) -> tuple[Block, ...]:
    """Cut a text into blocks after line ends, counting lines at the speed of memory."""
    blocks: list[Block] = []
    start, has_returns = 0, "\r" in source
    while True:
        stop = _line_end_after(source, start + BLOCK_CHARS, has_returns=has_returns)
        piece = source[start:stop]
        line_ends = piece.count("\n")
        if has_returns:
            line_ends += piece.count("\r") - piece.count("\r\n")
        if stop == len(source):
            return (*blocks, Block(piece, line_ends + 1))
        blocks.append(Block(piece, line_ends))
        start = stop


def _line_end_after(source: str, at: int, *, has_returns: bool) -> int:
    if not has_returns:
        found = source.find("\n", at)
        return found + 1 or len(source)
    match = _LINE_END.search(source, at)
    return match.end() if match else len(source)
