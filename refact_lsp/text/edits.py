"""One change of a text, as the rest of the program passes it round."""

from __future__ import annotations

from dataclasses import dataclass

from refact_lsp.text.lines import Position, Text


@dataclass(frozen=True, slots=True)
class Edit:
    """`old_text` between `start` and `end` (positions before the edit) became `new_text`."""

    start: Position
    end: Position
    old_text: str
    new_text: str

    @property
    def new_end(self) -> Position:
        """Where the new text ends, in the text after the edit."""
        return advance(self.start, self.new_text)


def advance(start: Position, text: str) -> Position:
    r"""Answer where `text` ends when it begins at `start`; `\r\n` and `\r` are line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) == 1:
        return Position(start.line, start.column + len(text))
    return Position(start.line + len(lines) - 1, len(lines[-1]))


def apply(text: Text, start: Position, end: Position, new_text: str) -> tuple[Text, Edit]:
    """Replace a range (clamped; swapped when inverted) and say what was done."""
    start, end = sorted((text.clamp(start), text.clamp(end)))
    edit = Edit(start, end, text.slice(start, end), new_text)
    return text.replace(start, end, new_text), edit
