"""What stands around one position: comment or string, scopes, an empty block.

Looks at the few bytes around the position, so that it takes well under a millisecond whatever
the document's size. On lines that were edited since the parse, and on broken ones, comments and
strings are found by their marks, beginning where the tree is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter

from refact_lsp.languages.blocks import headers_above, indent_width, is_block_empty, opener_line
from refact_lsp.languages.grammar import Kind
from refact_lsp.languages.lexical import (
    CODE,
    MAX_LINES_BACK,
    Inside,
    State,
    code_part,
    scan,
    string_state,
)
from refact_lsp.languages.nodes import Captures, node_text, rows
from refact_lsp.languages.structure import matches_in
from refact_lsp.languages.syntax import Lines, SyntaxTree
from refact_lsp.languages.table import BlockStyle, Language
from refact_lsp.text.lines import Position, Text, utf8

_MAX_LINE_BYTES = 400
"""Of a longer line only so much on either side of the position is looked at."""

_MAX_NOTE_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Something that owns a body.

    Its header is `start_line` up to `body_line` (exclusive; at least one line), its last line is
    `end_line`. A scope of Kind.BLOCK has no name.
    """

    kind: Kind
    name: str
    start_line: int
    body_line: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of one position.

    `scopes` are those around it, outermost first; `imports` the lines near the top of the document
    that bring in other files. `is_after_block_opener`: only blanks and
    comments stand between the position and the line that opens its block. `block_is_empty`: a
    body is expected here and there is none, or nothing but comments or a docstring.
    """

    in_comment: bool = False
    in_string: bool = False
    scopes: tuple[Scope, ...] = ()
    imports: tuple[Lines, ...] = ()
    block_is_empty: bool = False
    is_after_block_opener: bool = False


def place(tree: SyntaxTree, text: Text, position: Position) -> Place:
    """Say what stands around a position (clamped) of the text that `tree` belongs to."""
    spot = _spot(tree, text, text.clamp(position))
    lexical = _blocks_in_lines(text, spot.position, tree.language)
    inside = _inside(spot)
    return Place(
        in_comment=inside is Inside.COMMENT,
        in_string=inside is Inside.STRING,
        scopes=_scopes(spot),
        imports=tree.imports,
        block_is_empty=lexical.block_is_empty or _block_has_only_notes(spot),
        is_after_block_opener=lexical.is_after_block_opener,
    )


def place_in_plain_text(text: Text, position: Position, language: Language | None) -> Place:
    """Say what can be said of a position without a tree, from the lines around it."""
    if language is None:
        return Place()
    position = text.clamp(position)
    before = text.line(position.line)[: position.column]
    inside = scan(before, language, _block_comment_above(text, position.line, language)).inside
    lexical = _blocks_in_lines(text, position, language)
    return Place(
        in_comment=inside is Inside.COMMENT,
        in_string=inside is Inside.STRING,
        scopes=_scopes_in_lines(text, position, language, 0),
        block_is_empty=lexical.block_is_empty,
        is_after_block_opener=lexical.is_after_block_opener,
    )


@dataclass(frozen=True, slots=True)
class _Spot:
    """A position with what the tree captured around it.

    `line_start` and `line_stop` are bytes. `code_end` is the byte after the last code at or above
    the position: where indentation ends a block, the block's node ends there, or after a comment
    that follows.
    """

    tree: SyntaxTree
    text: Text
    position: Position
    byte: int
    line_start: int
    line_stop: int
    code_end: int
    matches: list[tuple[int, Captures]]

    def nodes(self, name: str) -> Iterator[tree_sitter.Node]:
        for _, captures in self.matches:
            yield from captures.get(name, ())

    def is_dirty(self) -> bool:
        dirty = self.tree.dirty
        return dirty is not None and dirty.start <= self.position.line < dirty.stop

    def errors(self) -> Iterator[tree_sitter.Node]:
        """Answer the broken nodes on the position's line."""
        for node in self.nodes("error"):
            if node.start_byte <= self.line_stop and node.end_byte >= self.line_start:
                yield node


def _spot(tree: SyntaxTree, text: Text, position: Position) -> _Spot:
    byte = text.byte_offset(position)
    line = text.line(position.line)
    before = len(utf8(line[: position.column]))
    line_start = byte - min(before, _MAX_LINE_BYTES)
    line_stop = byte + min(len(utf8(line[position.column :])), _MAX_LINE_BYTES)
    code_end = byte
    if tree.language.block_style is BlockStyle.INDENT:
        code_end = _code_end(text, position, tree.language)
    start = max(min(line_start, code_end - 1, byte - 1), 0)
    matches = matches_in(tree, start, max(line_stop, byte + 1))
    return _Spot(tree, text, position, byte, line_start, line_stop, code_end, matches)


def _code_end(text: Text, position: Position, language: Language) -> int:
    before = text.line(position.line)[: position.column]
    for line in range(position.line, max(position.line - MAX_LINES_BACK, -1), -1):
        code = code_part(text.line(line) if line < position.line else before, language)
        if code.strip():
            return text.byte_offset(Position(line, len(code)))
    return text.byte_offset(position)


def _inside(spot: _Spot) -> Inside:
    line, dirty = spot.position.line, spot.tree.dirty
    if dirty is not None and spot.is_dirty():
        line = max(dirty.start, line - MAX_LINES_BACK)
    elif not any(spot.errors()):
        return _state_at(spot, spot.byte, spot.matches).inside
    start = Position(line, 0)
    byte = spot.text.byte_offset(start)
    state = _state_at(spot, byte, matches_in(spot.tree, max(byte - 1, 0), byte + 1))
    return scan(spot.text.slice(start, spot.position), spot.tree.language, state).inside


def _state_at(spot: _Spot, byte: int, matches: list[tuple[int, Captures]]) -> State:
    """Answer what a byte lies in by the innermost comment, string or interpolation."""
    start, state = -1, CODE
    for _, captures in matches:
        for name, nodes in captures.items():
            for node in nodes:
                if name in _HOLDERS and node.start_byte > start and _holds(spot, name, node, byte):
                    start, state = node.start_byte, _state_in(spot, name, node)
    return state


_HOLDERS = frozenset({"comment", "string", "interpolation"})


def _holds(spot: _Spot, name: str, node: tree_sitter.Node, byte: int) -> bool:
    if node.start_byte < byte < node.end_byte:
        return True
    if name == "comment" and node.start_byte < byte and _ends_with_line(spot, node):
        return byte == node.end_byte and node.end_point.row == node.start_point.row
    return name == "string" and byte == node.end_byte and node.has_error


def _ends_with_line(spot: _Spot, node: tree_sitter.Node) -> bool:
    start, end = rows(node)
    pair = spot.tree.language.block_comment
    return start == end and not (pair and node_text(node, spot.text).startswith(pair.open))


def _state_in(spot: _Spot, name: str, node: tree_sitter.Node) -> State:
    if name == "interpolation":
        return CODE
    if name == "string":
        return string_state(node_text(node, spot.text)[:8], spot.tree.language)
    pair = spot.tree.language.block_comment
    if pair is None or _ends_with_line(spot, node):
        return State(Inside.COMMENT, ends_with_line=True)
    return State(Inside.COMMENT, pair.close)


def _scopes(spot: _Spot) -> tuple[Scope, ...]:
    """Answer the scopes the tree knows around the position, and unnamed ones where it has a gap."""
    width = _width(spot)
    found: dict[int, Scope] = {}
    for pattern, captures in spot.matches:
        kind = spot.tree.grammar.kinds[pattern]
        for node in captures.get("scope", ()):
            if kind is not None and _is_around(spot, node, width):
                found[node.start_point.row] = _scope(spot, kind, node, captures)
    for scope in _scopes_in_gap(spot):
        found.setdefault(scope.start_line, scope)
    return tuple(found[line] for line in sorted(found))


def _scope(spot: _Spot, kind: Kind, node: tree_sitter.Node, captures: Captures) -> Scope:
    start, end = rows(node)
    row = captures["body"][0].start_point.row if "body" in captures else start
    begins_body = row > start and spot.tree.language.block_style is not BlockStyle.BRACES
    name = node_text(captures["name"][0], spot.text)
    return Scope(kind, name, start, row if begins_body else row + 1, end)


def _is_around(spot: _Spot, node: tree_sitter.Node, width: int) -> bool:
    if node.start_byte < spot.byte < node.end_byte:
        return True
    if spot.tree.language.block_style is not BlockStyle.INDENT:
        return False
    if not spot.code_end <= node.end_byte <= spot.byte:
        return False
    return indent_width(spot.text.line(node.start_point.row)) < width


def _width(spot: _Spot) -> int:
    line = spot.text.line(spot.position.line)
    return indent_width(line if line.strip() else line[: spot.position.column])


def _scopes_in_gap(spot: _Spot) -> tuple[Scope, ...]:
    starts = [node.start_point.row for node in spot.errors()]
    if spot.tree.dirty is not None and spot.is_dirty():
        starts.append(spot.tree.dirty.start)
    if not starts:
        return ()
    return _scopes_in_lines(spot.text, spot.position, spot.tree.language, min(starts))


def _block_has_only_notes(spot: _Spot) -> bool:
    """Say whether the body around a blank line holds nothing but comments and strings."""
    if spot.text.line(spot.position.line).strip():
        return False
    width = _width(spot) + 1
    blocks = [node for node in spot.nodes("block") if _is_around(spot, node, width)]
    if not blocks:
        return False
    block = max(blocks, key=lambda node: node.start_byte)
    if not 0 < block.named_child_count <= 4:
        return False
    stop = min(block.end_byte, block.start_byte + _MAX_NOTE_BYTES)
    notes = {
        node.byte_range
        for _, captures in matches_in(spot.tree, block.start_byte, stop)
        for name in ("comment", "string")
        for node in captures.get(name, ())
    }
    return all(child.byte_range in notes for child in block.named_children)


def _blocks_in_lines(text: Text, position: Position, language: Language) -> Place:
    """Answer a Place with no more than what the lines say of blocks."""
    opener = opener_line(text, position, language)
    if opener is None:
        return Place()
    empty = is_block_empty(text, position, opener, language)
    return Place(is_after_block_opener=True, block_is_empty=empty)


def _scopes_in_lines(
    text: Text, position: Position, language: Language, first_line: int
) -> tuple[Scope, ...]:
    headers = headers_above(text, position, language, first_line)
    return tuple(Scope(Kind.BLOCK, "", line, line + 1, position.line) for line in headers)


def _block_comment_above(text: Text, line: int, language: Language) -> State:
    """Answer whether a line begins inside a block comment opened a few lines above."""
    if language.block_comment is None:
        return CODE
    opener, closer = language.block_comment
    above = "".join(text.lines(max(line - MAX_LINES_BACK, 0), line))
    if above.rfind(opener) > above.rfind(closer):
        return State(Inside.COMMENT, closer)
    return CODE
