"""Bodies that a model indents by another step than the document does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from refact_lsp.completion.cleanup.draft import Draft
from refact_lsp.completion.cleanup.indentation import blanks_around
from refact_lsp.languages.blocks import indent_width, opens_block
from refact_lsp.languages.lexical import CODE, Inside, transitions
from refact_lsp.languages.table import Language

_OPENS = ("[", "{")


def use_same_step(at: Draft) -> Draft:
    """Indent bodies by as much as the lines around do.

    Both steps are read off below lines that open something. Nothing changes where one is not
    seen, where the answer has several, or in the lines of a string in an expression.
    """
    language, lines = at.around.language, at.lines
    if language is None or "\t" in at.text or blanks_around(at) == "\t":
        return at
    above = _opener_above(at, language)
    if len(lines) == 1 and not above:
        return at
    inside = _lines_inside(lines, language)
    code = [line for number, line in enumerate(lines) if line.strip() and number not in inside]
    written = set(_steps(above + code, language))
    if len(written) != 1 or not (step := _step_around(at, language)) or {step} == written:
        return at
    moves = _Moves(written.pop(), step, indent_width((above + lines)[0]))
    first = [] if above else lines[:1]
    others = [
        moves.move(line) if inside.get(number, True) else line
        for number, line in enumerate(lines)
        if number >= len(first)
    ]
    return at.saying("\n".join(first + others)[len(at.around.before) :])


def _opener_above(at: Draft, language: Language) -> list[str]:
    """Answer the line above where it opens a block and no indentation is typed yet below it."""
    if at.around.before:
        return []
    return [line for line in at.around.previous_lines[:1] if _opens(line, language)]


class _Moves:
    """Moves lines one after the other from one step of indentation to another."""

    def __init__(self, written: int, wanted: int, base: int) -> None:
        self._written, self._wanted, self._base = written, wanted, base
        self._width, self._by = base, 0

    def move(self, line: str) -> str:
        """Answer a line moved; what is aligned below the line before moves as that did."""
        if not line.strip():
            return line
        width = indent_width(line)
        if width != self._width and width - self._width <= self._written:
            self._by = max(width - self._base, 0) // self._written * (self._wanted - self._written)
        self._width = width
        return " " * (width + self._by) + line.lstrip(" ")


def _steps(lines: Sequence[str], language: Language) -> Iterator[int]:
    """Answer by how much each line below one that opens something is deeper."""
    said = [line for line in lines if line]
    for line, below in pairwise(said):
        step = indent_width(below) - indent_width(line)
        if step > 0 and _opens(line, language):
            yield step


def _opens(line: str, language: Language) -> bool:
    return line.rstrip().endswith(_OPENS) or opens_block(line, language)


def _step_around(at: Draft, language: Language) -> int:
    """Answer the step of most blocks nearby; 0: of none."""
    around = at.around
    lines = (*reversed(around.previous_lines), around.before, *around.next_lines)
    counts = Counter(_steps(lines, language))
    step, times = max(counts.items(), key=lambda each: each[1], default=(0, 0))
    return step if 2 * times > counts.total() else 0


def _lines_inside(lines: list[str], language: Language) -> dict[int, bool]:
    """Answer the numbers of lines that begin within a string.

    True: of one that begins its own line, as a text about the code does; it moves with the code.
    """
    inside: dict[int, bool] = {}
    joined, began, is_alone = "\n".join(lines), -1, False
    for offset, state in (*transitions(joined, language), (len(joined), CODE)):
        number = joined.count("\n", 0, offset)
        if began >= 0:
            inside |= dict.fromkeys(range(began + 1, number + 1), is_alone)
        began = number if state.inside is Inside.STRING else -1
        is_alone = not joined[joined.rfind("\n", 0, offset) + 1 : offset].strip()
    return inside
