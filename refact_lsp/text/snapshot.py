"""A document as it stood at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from refact_lsp.text.lines import Position, Text


@dataclass(frozen=True, slots=True)
class DocumentSnapshot:
    """What one request works on; later edits make other snapshots.

    `uri` is the editor's, kept verbatim as identity. `language_id` is LSP's. `version` is the
    editor's number, or one more than the last where the editor gave none.
    """

    uri: str
    version: int
    language_id: str
    text: Text

    def prefix_line(self, position: Position) -> str:
        """Answer what stands before the cursor on its line."""
        return self.text.line(position.line)[: position.column]

    def suffix_line(self, position: Position) -> str:
        """Answer what stands after the cursor on its line, without the line end."""
        return self.text.line(position.line)[position.column :].rstrip("\r\n")
