"""What the steps work on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from refact_lsp.completion.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Draft:
    """A suggestion in the making: its text, what stands around it, what it overwrites to the right.

    `overwrite` counts code points right of the cursor.
    """

    text: str
    around: Surroundings
    overwrite: int = 0

    def saying(self, text: str) -> Draft:
        """Answer this draft with another text."""
        return self if text == self.text else replace(self, text=text)

    @property
    def lines(self) -> list[str]:
        """The lines of the text, the first as it would stand: joined to what is typed already."""
        first, *others = self.text.split("\n")
        return [self.around.before + first, *others]


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing is left worth showing; `rule` names the step that saw it."""

    rule: str


Step = Callable[[Draft], Draft | Dropped]
