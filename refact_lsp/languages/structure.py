"""What a syntax tree says about a whole document; `place` says what stands around one position."""

from __future__ import annotations

from dataclasses import dataclass

import tree_sitter

from refact_lsp.languages.grammar import Kind
from refact_lsp.languages.nodes import Captures, node_position, node_text, predicates, rows
from refact_lsp.languages.syntax import SyntaxTree
from refact_lsp.text.lines import Position, Text


@dataclass(frozen=True, slots=True)
class Definition:
    """Something a document defines: its name's position, its first and last line."""

    kind: Kind
    name: str
    position: Position
    start_line: int
    end_line: int


def definitions(tree: SyntaxTree, text: Text) -> tuple[Definition, ...]:
    """Answer everything the document defines, in its order; linear, so not for the event loop."""
    found: dict[int, Definition] = {}
    cursor = tree_sitter.QueryCursor(tree.grammar.structure)
    for pattern, captures in cursor.matches(tree.root, predicates(text)):
        kind = tree.grammar.kinds[pattern]
        if kind is None or "definition" not in captures:
            continue
        node, name = captures["definition"][0], captures["name"][0]
        if node.id not in found or "scope" in captures:
            at = node_position(name, text)
            found[node.id] = Definition(kind, node_text(name, text), at, *rows(node))
    return tuple(sorted(found.values(), key=lambda each: each.position))


def matches_in(tree: SyntaxTree, start_byte: int, end_byte: int) -> list[tuple[int, Captures]]:
    """Answer pattern number and captures of whatever touches a range of bytes."""
    cursor = tree_sitter.QueryCursor(tree.grammar.structure)
    cursor.set_byte_range(start_byte, end_byte)
    return cursor.matches(tree.root)
