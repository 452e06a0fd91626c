"""How the demonstration looks: a line while it is typed, when it is done, and the sum of all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from refact_lsp.cli.demo.typist import Ghost, Line

ACCEPTED = "green underline"
GHOST = "italic bright_black"
NOTE_INDENT = 7
"""Columns of a line's number and the blank after it."""

MAX_SHOWN_CHARS = 60
"""Of a suggestion that was other than the file."""


def is_lively(console: Console) -> bool:
    """Answer whether lines can be drawn anew, and text be underlined."""
    return console.is_terminal and not console.is_dumb_terminal


def counted(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def growing(line: Line, ghost: Ghost | None) -> Text:
    """Draw a line while it is typed, with the suggestion that is shown."""
    picture = _numbered(line, line.at)
    picture.append("|", "bold cyan")
    if ghost:
        picture.append(ghost.text.replace("\n", " ... "), GHOST)
    picture.no_wrap, picture.overflow = True, "ellipsis"
    return picture


def print_line(console: Console, line: Line) -> None:
    """Print a line that is done, what of it was accepted, and where that came from or why not."""
    picture = _numbered(line, len(line.code))
    if is_lively(console):
        console.print(picture, no_wrap=True, overflow="ellipsis")
        console.print(Padding(_note(line), (0, 0, 1, NOTE_INDENT)))
        return
    console.print(picture, soft_wrap=True)
    if marks := _marks(line):
        console.print(marks, soft_wrap=True)
    console.print(Text(" " * NOTE_INDENT).append_text(_note(line)).append("\n"), soft_wrap=True)


def print_sum(console: Console, lines: Sequence[Line]) -> None:
    """Print in a few lines how good it was."""
    ghosts = [ghost for line in lines for ghost in line.ghosts]
    right = sum(ghost.is_right for ghost in ghosts)
    chars, keys = sum(len(line.code) for line in lines), sum(line.keys for line in lines)
    typed = f"{counted(len(lines), 'line')} typed"
    shown = counted(len(ghosts), "suggestion")
    first = Text(f"{right} of {shown} {'was' if len(ghosts) == 1 else 'were'} right", "bold")
    saved = f"{keys} keys for {chars} characters, {_percent(chars - keys, chars)} saved"
    console.print(first.append(f"; {typed} with {saved}.", "not bold"), soft_wrap=True)
    if ghosts:
        console.print(_times(ghost.ms for ghost in ghosts), soft_wrap=True)


def _numbered(line: Line, upto: int) -> Text:
    picture = Text(f"{line.index + 1:5}  ", "bright_black")
    picture.append(line.indent.expandtabs(4))
    code = Text(line.code[:upto], "default")
    for start, end in line.accepted:
        code.stylize(ACCEPTED, start, min(end, upto))
    return picture.append_text(code)


def _marks(line: Line) -> str:
    """Underline what was accepted, where no style can be shown."""
    row = [" "] * len(line.code)
    for start, end in line.accepted:
        row[start:end] = "^" * (end - start)
    marks = "".join(row).rstrip()
    return " " * (NOTE_INDENT + len(line.indent.expandtabs(4))) + marks if marks else ""


def _note(line: Line) -> Text:
    """Say what came of it: the suggestion that helped most, else a wrong one, else why none."""
    right = [ghost for ghost in line.ghosts if ghost.is_right]
    if right:
        best = max(right, key=lambda ghost: len(ghost.text))
        shown = f"{len(right)} of {len(line.ghosts)} right" if line.ghosts[1:] else "right"
        keys = f"{line.keys} keys for {len(line.code)} characters"
        return Text(f"{shown}, {keys}. ", "green").append(best.note, "bright_black")
    if line.ghosts:
        wrong = line.ghosts[-1]
        text = wrong.text.split("\n")[0][:MAX_SHOWN_CHARS]
        shown = "other than the file" + f", {len(line.ghosts)} times" * bool(line.ghosts[1:])
        return Text(f"{shown}, as {text!r}. ", "yellow").append(wrong.note, "bright_black")
    return Text(line.silence, "bright_black")


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.0f} %"


def _times(times: Iterable[float]) -> str:
    ordered = sorted(times)
    return f"They were there after {median(ordered):.0f} ms (median; {ordered[-1]:.0f} at most)."
