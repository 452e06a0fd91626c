"""The text around a cursor, as the stop rule and the clean-up look at it."""

from __future__ import annotations

from dataclasses import dataclass

from refact_lsp.languages.table import Language
from refact_lsp.messages import Shape
from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

_LOOK_BACK_LINES = 20
_LOOK_AHEAD_LINES = 40
_NEIGHBOUR_LINES = 50


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around the place of a suggestion, and how much text is wanted there.

    `before` and `after` are the two sides of the cursor's line. `previous_lines` (nearest first)
    and `next_lines` are lines that say something, without trailing blanks. `below` is the text
    from the cursor on, some lines of it. `neighbourhood` has every character nearby.
    `is_line_done`: the cursor's line is taken to be whole, so the one below may be answered.
    """

    shape: Shape
    language: Language | None
    before: str
    after: str
    previous_lines: tuple[str, ...]
    next_lines: tuple[str, ...]
    below: str
    neighbourhood: frozenset[str]
    is_line_done: bool = False

    @property
    def goes_below(self) -> bool:
        """Whether an answer may leave the cursor's line."""
        return self.is_line_done or self.shape is Shape.MULTI_LINE


def surroundings(
    snapshot: DocumentSnapshot, position: Position, shape: Shape, language: Language | None
) -> Surroundings:
    """Look around a place in a document."""
    text, line = snapshot.text, position.line
    above = list(text.lines(line - _LOOK_BACK_LINES, line))
    following = list(text.lines(line + 1, line + 1 + _LOOK_AHEAD_LINES))
    near = text.lines(line - _NEIGHBOUR_LINES, line + _NEIGHBOUR_LINES)
    after = snapshot.suffix_line(position)
    return Surroundings(
        shape=shape,
        language=language,
        before=snapshot.prefix_line(position),
        after=after,
        previous_lines=tuple(each.rstrip() for each in reversed(above) if each.strip()),
        next_lines=tuple(each.rstrip() for each in following if each.strip()),
        below=after + "\n" + "".join(following),
        neighbourhood=frozenset("".join(near)),
    )


def says_something(line: str) -> bool:
    """Tell whether a line is more than brackets and marks, which stand everywhere."""
    return any(character.isalnum() for character in line)
