"""Reading tree-sitter nodes against the text they stand for; our trees keep no text themselves."""

from __future__ import annotations

from typing import Literal

import tree_sitter

from refact_lsp.text.lines import Position, Text, utf8

Captures = dict[str, list[tree_sitter.Node]]
"""The nodes one match of a query captured, by capture name."""


def rows(node: tree_sitter.Node) -> tuple[int, int]:
    """Answer a node's first and last line; one that ends with a line end ends on that line."""
    start, end = node.start_point.row, node.end_point.row
    if end > start and node.end_point.column == 0:
        end -= 1
    return start, end


def node_text(node: tree_sitter.Node, text: Text) -> str:
    """Answer the text of a node's first line, without blanks around it."""
    (row, start), (end_row, end) = node.start_point, node.end_point
    if row >= text.line_count:
        return ""
    line = utf8(text.line(row))
    piece = line[start : end if end_row == row else len(line)]
    return piece.decode("utf-8", "replace").strip()


def node_position(node: tree_sitter.Node, text: Text) -> Position:
    """Answer where a node begins, in code points."""
    row, column = node.start_point
    before = utf8(text.line(row))[:column] if row < text.line_count else b""
    return Position(row, len(before.decode("utf-8", "replace")))


def predicates(text: Text) -> tree_sitter.QueryPredicate:
    """Answer the meaning of the query files' own predicates; see `grammar`."""

    def holds(
        predicate: str,
        args: list[tuple[str, Literal["capture", "string"]]],
        pattern_index: int,  # noqa: ARG001 - tree-sitter's signature
        captures: Captures,
    ) -> bool:
        (capture, _), *words = args
        nodes = captures.get(capture, ())
        if predicate.startswith("outermost"):
            return any(node.parent is not None and node.parent.parent is None for node in nodes)
        return any(node_text(node, text) == word for node in nodes for word, _ in words)

    return holds
