"""Between LSP's types and ours, in both directions; no input is an error.

LSP counts columns in units of the negotiated encoding, we count code points.
"""

from __future__ import annotations

from lsprotocol import types as lsp

from refact_lsp.session.documents import UnitPosition
from refact_lsp.session.documents import to_position as _nearest
from refact_lsp.session.session import Session
from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.positions import Encoding, units
from refact_lsp.text.snapshot import DocumentSnapshot

_LINE_ENDS = ("\r\n", "\n", "\r")


def to_position(text: Text, position: lsp.Position, encoding: Encoding) -> Position:
    """Answer the nearest valid position in `text`."""
    return _nearest(text, UnitPosition(position.line, position.character), encoding)


def to_range(text: Text, span: lsp.Range, encoding: Encoding) -> tuple[Position, Position]:
    """Answer the nearest valid start and end, in order even where the client swapped them."""
    start = to_position(text, span.start, encoding)
    end = to_position(text, span.end, encoding)
    return min(start, end), max(start, end)


def to_lsp_position(text: Text, position: Position, encoding: Encoding) -> lsp.Position:
    """Answer a position (clamped to `text`) as the client counts."""
    line, column = text.clamp(position)
    return lsp.Position(line, units(text.line(line)[:column], encoding))


def to_lsp_range(text: Text, start: Position, end: Position, encoding: Encoding) -> lsp.Range:
    """Answer a range (clamped to `text`) as the client counts."""
    return lsp.Range(to_lsp_position(text, start, encoding), to_lsp_position(text, end, encoding))


def to_lsp_edit(text: Text, edit: Edit, encoding: Encoding) -> lsp.TextEdit:
    """Answer an edit of `text`, its own line ends kept."""
    return lsp.TextEdit(to_lsp_range(text, edit.start, edit.end, encoding), edit.new_text)


def insert_text(
    session: Session,
    snapshot: DocumentSnapshot,
    text: str,
) -> str:
    r"""Answer text to insert (lines end in `\n`) with the line ends that the client takes well."""
    if session.client is not None and session.client.profile.newline == "lf":
        return text
    end = line_end(snapshot.text)
    return text if end == "\n" else text.replace("\n", end)


def line_end(text: Text) -> str:
    r"""Answer how the first line of a text ends; `\n` where it has only one."""
    first = text.line(0)
    return next((end for end in _LINE_ENDS if first.endswith(end)), "\n")
