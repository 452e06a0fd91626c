"""What the editor has open, as tokens: kept per block of lines, so that an edit costs one block.

Open buffers win over their files: the search leaves an open file's indexed version out.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from weakref import WeakKeyDictionary

from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Block
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.deletions import Cursor, Deletions
from refact_lsp.workspace.segment import LINE_TOKENS
from refact_lsp.workspace.tokens import (
    FIRST_LINE_ID,
    TokenIds,
    Tokens,
    columns,
    indentation_of,
    line_id,
    tokenize,
)

_ID_BYTES = 4

NEAR_BLOCKS = 4
"""Blocks on each side of the cursor that a query tokenizes itself when they are not ready."""

MAX_BLOCK_CHARS = 200_000
"""A block of longer lines than this makes is data, and is not looked at."""

MAX_VIEWS = 24
"""Open documents looked at by one query, the most recently changed ones."""

_MAX_KNOWN = 200_000
"""Token texts whose ids are remembered; then all are forgotten, which only costs time."""


@dataclass(frozen=True, slots=True)
class LiveView:
    """An open document's tokens as far as they are ready, in order.

    `raw` holds the ids of all blocks as bytes, `ids` is the same as uint32; `bases[i]` is where
    block `i` begins in it, and `first_lines[i]` the zero-based line it begins with.
    """

    uri: str
    path: Path | None
    language_id: str
    blocks: tuple[Block, ...]
    tokens: tuple[Tokens, ...]
    bases: tuple[int, ...]
    first_lines: tuple[int, ...]
    raw: bytes
    ids: Sequence[int]

    def occurrences(self, ids: Sequence[int], near: int, limit: int) -> list[int]:
        """Answer positions that follow this run of ids, the nearest before `near` first."""
        wanted = array("I", ids).tobytes()
        found: list[int] = []
        at = near * _ID_BYTES + len(wanted)
        while len(found) < limit and (at := self.raw.rfind(wanted, 0, at - 1)) >= 0:
            if at % _ID_BYTES == 0:
                found.append((at + len(wanted)) // _ID_BYTES)
            at += len(wanted)
        at = near * _ID_BYTES - 1
        while len(found) < limit and (at := self.raw.find(wanted, at + 1)) >= 0:
            if at % _ID_BYTES == 0:
                found.append((at + len(wanted)) // _ID_BYTES)
        return found

    def line_end(self, position: int) -> int:
        """Answer the position of the next line token; -1 when it is far away."""
        window = self.ids[position : position + LINE_TOKENS]
        for offset, identity in enumerate(window):
            if identity >= FIRST_LINE_ID:
                return position + offset
        return position + len(window) if len(window) < LINE_TOKENS else -1

    def slice(self, start: int, end: int) -> str:
        """Answer the text of tokens `start` to `end` (exclusive), the blanks before included."""
        pieces: list[str] = []
        while start < end and start < len(self.ids):
            at = self._block_of(start)
            base, starts = self.bases[at], self.tokens[at].starts
            source = str(self.blocks[at])
            stop = starts[end - base] if end - base < len(starts) else len(source)
            pieces.append(source[starts[start - base] : stop])
            start = base + len(starts)
        return "".join(pieces)

    def token_at_line(self, line: int) -> int:
        """Answer the position of the first token in or after a zero-based line."""
        at = max(bisect_right(self.first_lines, line) - 1, 0)
        if not self.blocks:
            return 0
        lines = self.blocks[at].lines[: max(line - self.first_lines[at], 0)]
        return self.bases[at] + _first_after(self.tokens[at], lines)

    def line_number(self, position: int) -> int:
        """Answer the one-based line number of a position."""
        at = self._block_of(position)
        offset = self.tokens[at].starts[position - self.bases[at]]
        for number, line in enumerate(self.blocks[at].lines, self.first_lines[at] + 1):
            offset -= len(line)
            if offset < 0:
                return number
        return self.first_lines[at] + len(self.blocks[at].lines)

    def _block_of(self, position: int) -> int:
        return bisect_right(self.bases, position) - 1


@dataclass(frozen=True, slots=True)
class _BlockTokens:
    """A block's tokens, and how its first and last line that are not blank are indented."""

    tokens: Tokens
    first_indentation: int
    last_indentation: int


@dataclass(frozen=True, slots=True)
class _Open:
    snapshot: DocumentSnapshot
    path: Path | None


class LiveDocuments:
    """The open documents of one server, and what their user lately deleted."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, _Open] = {}
        self._paths: frozenset[Path] | None = None
        self._tokens: WeakKeyDictionary[Block, _BlockTokens] = WeakKeyDictionary()
        self._known = TokenIds()
        self._deletions = Deletions()
        self._views: OrderedDict[str, tuple[tuple[int, ...], LiveView]] = OrderedDict()

    def update(self, snapshot: DocumentSnapshot, path: Path | None) -> None:
        """Take in a document that was opened or has changed; cheap, tokenizes nothing."""
        before = self._open.pop(snapshot.uri, None)
        self._open[snapshot.uri] = _Open(snapshot, path)
        if before is None or before.path != path:
            self._paths = None

    def prepare(self, snapshot: DocumentSnapshot) -> None:
        """Tokenize what is not ready yet of a document; may run in a thread."""
        for block in snapshot.text.blocks:
            self._tokens_of(block)

    def edited(self, uri: str, edit: Edit) -> None:
        """Remember what an edit took away."""
        self._deletions.add(uri, edit, self._clock())

    def close(self, uri: str) -> None:
        """Forget a document; its file counts again."""
        self._open.pop(uri, None)
        self._views.pop(uri, None)
        self._paths = None

    def was_deleted(self, cursor: Cursor, completion: str, now: float) -> bool:
        """Say whether a completion would bring back what the user deleted lately."""
        return self._deletions.would_bring_back(cursor, completion, now)

    def paths(self) -> frozenset[Path]:
        """Answer the files that are open; the same object until one is opened or closed."""
        if self._paths is None:
            entries = self._open.values()
            self._paths = frozenset(entry.path for entry in entries if entry.path is not None)
        return self._paths

    def path_of(self, uri: str) -> Path | None:
        """Answer the file of an open document, None for one that has none."""
        entry = self._open.get(uri)
        return entry.path if entry else None

    def others(self, uri: str) -> list[LiveView]:
        """Answer the other open documents as far as ready, most recently changed first."""
        entries = [entry for key, entry in reversed(self._open.items()) if key != uri]
        return [self._view(entry.snapshot, entry.path, ()) for entry in entries[:MAX_VIEWS]]

    def view(self, snapshot: DocumentSnapshot, line: int) -> LiveView:
        """Answer one document: the blocks near `line` in any case, the others as far as ready."""
        blocks = snapshot.text.blocks
        ends = accumulate(block.line_count for block in blocks)
        at = next((index for index, end in enumerate(ends) if end > line), len(blocks) - 1)
        near = blocks[max(at - NEAR_BLOCKS, 0) : at + NEAR_BLOCKS + 1]
        return self._view(snapshot, self.path_of(snapshot.uri), near)

    def _view(
        self, snapshot: DocumentSnapshot, path: Path | None, needed: Sequence[Block]
    ) -> LiveView:
        for block in needed:
            self._tokens_of(block)
        ready = [(block, self._tokens.get(block)) for block in snapshot.text.blocks]
        shape = tuple(id(tokens) for _, tokens in ready)
        cached = self._views.get(snapshot.uri)
        if cached is not None and cached[0] == shape and cached[1].path == path:
            return cached[1]
        view = _flatten(snapshot, path, ready)
        if snapshot.uri in self._open:
            self._views[snapshot.uri] = (shape, view)
            self._views.move_to_end(snapshot.uri)
            if len(self._views) > MAX_VIEWS + 1:
                self._views.popitem(last=False)
        return view

    def _tokens_of(self, block: Block) -> _BlockTokens:
        tokens = self._tokens.get(block)
        if tokens is None:
            if len(self._known) > _MAX_KNOWN:
                self._known = TokenIds()
            tokens = self._tokens[block] = _tokenize_block(block, self._known)
        return tokens


def _flatten(
    snapshot: DocumentSnapshot, path: Path | None, ready: list[tuple[Block, _BlockTokens | None]]
) -> LiveView:
    ids, bases, lines, line = array("I"), [], [], 0
    kept: list[tuple[Block, Tokens]] = []
    indentation: int | None = None
    for block, ready_tokens in ready:
        if ready_tokens is None:
            indentation = None
        elif ready_tokens.tokens.ids:
            kept.append((block, ready_tokens.tokens))
            bases.append(len(ids))
            lines.append(line)
            ids.extend(ready_tokens.tokens.ids)
            if indentation is not None:
                ids[bases[-1]] = line_id(ready_tokens.first_indentation, indentation)
            indentation = ready_tokens.last_indentation
        line += block.line_count
    raw = ids.tobytes()
    return LiveView(
        uri=snapshot.uri,
        path=path,
        language_id=snapshot.language_id,
        blocks=tuple(block for block, _ in kept),
        tokens=tuple(tokens for _, tokens in kept),
        bases=tuple(bases),
        first_lines=tuple(lines),
        raw=raw,
        ids=memoryview(raw).cast("I"),
    )


def _tokenize_block(block: Block, known: TokenIds) -> _BlockTokens:
    if block.char_count > MAX_BLOCK_CHARS:
        return _BlockTokens(tokenize(""), 0, 0)
    source = str(block)
    return _BlockTokens(tokenize(source, known), *_outer_indentation(source))


def _outer_indentation(source: str) -> tuple[int, int]:
    """Answer how the first and the last line that are not blank are indented."""
    begin = len(source) - len(source.lstrip())
    blanks = source[_line_start(source, begin) : begin]
    body = source.rstrip()
    return columns(blanks), indentation_of(body[_line_start(body, len(body)) :])


def _line_start(source: str, offset: int) -> int:
    return max(source.rfind("\n", 0, offset), source.rfind("\r", 0, offset)) + 1


def _first_after(tokens: Tokens, lines: Sequence[str]) -> int:
    """Answer the index of the line token before the first line after these that is not blank."""
    if not lines:
        return 0
    following = bisect_left(tokens.starts, sum(map(len, lines)))
    return following - 1 if following < len(tokens.starts) else following
