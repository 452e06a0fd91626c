"""Syntax trees of documents, kept in step with edits without parsing anew.

The parser holds the interpreter lock while it works (tree-sitter 0.26; tree-sitter/py-tree-sitter
issue 111), but reads the text through a callback of ours, and that callback lets other threads in.
"""

from __future__ import annotations

import re
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from typing import NamedTuple

import tree_sitter

from refact_lsp.languages.grammar import LoadedGrammar, load
from refact_lsp.languages.nodes import predicates, rows
from refact_lsp.languages.table import Language
from refact_lsp.text.edits import Edit, advance
from refact_lsp.text.lines import Position, Text, content_length, utf8

MAX_PARSED_CHARS = 2_000_000
"""Longer documents are treated as plain text: their trees would take hundreds of megabytes."""

PARSE_TIMEOUT_S = 3.0
"""Broken text can send a grammar into minutes of error recovery; no answer is better."""

MAX_IMPORT_LINES = 400
"""Imports are looked for in this many lines at the top of a document."""

_YIELD_EVERY_S = 0.0005
_LONE_CR = re.compile(rb"\r(?!\n)")


class Lines(NamedTuple):
    """Whole lines, `stop` not among them."""

    start: int
    stop: int


class ByteEdit(NamedTuple):
    """An edit as tree-sitter wants it: bytes, and points of line and byte column."""

    start_byte: int
    old_end_byte: int
    new_end_byte: int
    start_point: tuple[int, int]
    old_end_point: tuple[int, int]
    new_end_point: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class SyntaxTree:
    """The tree of one text; never changed once made, so any thread may read it.

    `imports` are the lines near the top that bring in other files. `dirty` are the lines touched
    by edits since the parse: there the tree knows where things stood, not what they are now.
    """

    tree: tree_sitter.Tree
    grammar: LoadedGrammar
    language: Language
    imports: tuple[Lines, ...] = ()
    dirty: Lines | None = None

    @property
    def root(self) -> tree_sitter.Node:
        """The node of the whole text."""
        return self.tree.root_node

    def edited(self, edit: Edit, before: Text) -> SyntaxTree:
        """Answer the tree moved along with an edit of `before`, the text it belongs to."""
        return self.moved(byte_edit(edit, before))

    def moved(self, change: ByteEdit) -> SyntaxTree:
        """Answer the tree moved along with an edit; microseconds, whatever the size."""
        tree = self.tree.copy()
        tree.edit(*change)
        imports = tuple(_moved_lines(lines, change) for lines in self.imports)
        return replace(self, tree=tree, imports=imports, dirty=_dirty(self.dirty, change))


def parse(
    text: Text,
    language: Language,
    old: SyntaxTree | None = None,
    *,
    should_stop: Callable[[], bool] = lambda: False,
) -> SyntaxTree | None:
    """Parse a text, reusing what `old` (moved along with every edit up to `text`) still knows.

    Meant for a thread: other threads wait for half a millisecond at a time, a few when a large
    tree is finished. None when there is no grammar, the text is too long, time is up, or
    `should_stop` said so.
    """
    grammar = load(language)
    if grammar is None or len(text) > MAX_PARSED_CHARS:
        return None
    deadline = time.monotonic() + PARSE_TIMEOUT_S

    def gives_up(_offset: int, _has_error: bool) -> bool:  # noqa: FBT001 - tree-sitter's signature
        return time.monotonic() > deadline or should_stop()

    parse_from = tree_sitter.Parser(grammar.language).parse
    if old is not None:
        parse_from = partial(parse_from, old_tree=old.tree)
    try:
        tree = parse_from(_reader(text), encoding="utf8", progress_callback=gives_up)
    except ValueError:  # "Parsing failed": it was stopped
        return None
    is_lost = old is not None and tree.root_node.is_error
    imports = old.imports if old is not None and is_lost else _imports(tree, grammar, text)
    return SyntaxTree(tree, grammar, language, imports)


def byte_edit(edit: Edit, before: Text) -> ByteEdit:
    r"""Say an edit of `before` in tree-sitter's terms.

    Widened by a character where the edit joins or parts a `\r` and a `\n`.
    """
    start, end, new_text = edit.start, edit.end, edit.new_text
    follows = before.line(end.line)[end.column :]
    if new_text.endswith("\r") and follows.startswith("\n"):
        end, new_text = Position(end.line + 1, 0), new_text + "\n"
    if start.column == 0 and start.line > 0 and (new_text or follows).startswith("\n"):
        line = before.line(start.line - 1)
        if line.endswith("\r"):
            start = Position(start.line - 1, content_length(line))
            new_text = "\r" + new_text
    first, start_point = before.byte_offset(start), _point(start, before)
    last = advance(Position(0, 0), new_text)
    tail = len(utf8(re.split(r"[\r\n]", new_text)[-1]))
    column = tail if last.line else start_point[1] + tail
    new_end = (start.line + last.line, column)
    size = len(utf8(new_text))
    old_end = _point(end, before)
    return ByteEdit(first, before.byte_offset(end), first + size, start_point, old_end, new_end)


def _point(position: Position, text: Text) -> tuple[int, int]:
    return position.line, len(utf8(text.line(position.line)[: position.column]))


def _reader(text: Text) -> Callable[[int, tree_sitter.Point], bytes]:
    r"""Answer the parser's reading callback: the rest of the block at an offset, as bytes.

    A lone `\r` ends a line for LSP and not for tree-sitter, so it is read as `\n`; the rows of
    nodes are then our lines.
    """
    blocks = text.blocks
    starts = list(accumulate((block.byte_count for block in blocks), initial=0))
    yielded = time.perf_counter()

    def read(offset: int, _point: tree_sitter.Point) -> bytes:
        nonlocal yielded
        if time.perf_counter() - yielded > _YIELD_EVERY_S:
            time.sleep(0)  # lets another thread have the interpreter
            yielded = time.perf_counter()
        at = bisect_right(starts, offset) - 1
        if at >= len(blocks):
            return b""
        source = utf8("".join(blocks[at].lines))
        if b"\r" in source:
            source = _LONE_CR.sub(b"\n", source)
        return source[offset - starts[at] :]

    return read


def _imports(tree: tree_sitter.Tree, grammar: LoadedGrammar, text: Text) -> tuple[Lines, ...]:
    cursor = tree_sitter.QueryCursor(grammar.imports)
    cursor.set_byte_range(0, max(text.byte_offset(Position(MAX_IMPORT_LINES, 0)), 1))
    matches = cursor.matches(tree.root_node, predicates(text))
    runs: list[Lines] = []
    for start, end in sorted(rows(captures["import"][0]) for _, captures in matches):
        if runs and start <= runs[-1].stop:
            runs[-1] = Lines(runs[-1].start, max(runs[-1].stop, end + 1))
        else:
            runs.append(Lines(start, end + 1))
    return tuple(runs)


def _moved_lines(lines: Lines, change: ByteEdit) -> Lines:
    by = change.new_end_point[0] - change.old_end_point[0]
    if change.start_point[0] >= lines.stop:
        return lines
    if change.old_end_point <= (lines.start, 0):
        return Lines(lines.start + by, lines.stop + by)
    return Lines(lines.start, max(lines.stop + by, lines.start + 1))


def _dirty(before: Lines | None, change: ByteEdit) -> Lines:
    """Widen the touched lines by an edit, moving those below it."""
    start, old_stop = change.start_point[0], change.old_end_point[0] + 1
    stop = change.new_end_point[0] + 1
    if before is None:
        return Lines(start, stop)
    moved_stop = stop if before.stop <= old_stop else before.stop + stop - old_stop
    return Lines(min(before.start, start), max(moved_stop, stop))
