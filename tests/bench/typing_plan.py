"""What the typing replay types: holes in real files, and the keys that fill them.

A hole is one to four whole lines; it begins at the end of the line above, so that its first key
is the line break, which brings the new line's indentation as an editor's does.
"""

from __future__ import annotations

import random
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import cycle
from pathlib import Path

from tests.fakes.replay_scripts import Hole

SEED = 20261121
WORD_S, PUNCTUATION_S, LINE_S = 0.11, 0.3, 1.6
"""How long a person waits after a key: in a word, after punctuation, before a line's first key."""

MAX_LINES, MAX_CHARS, MIN_LINE_CHARS = 4, 160, 8
_INSIDE_WORDS = frozenset("_ ")

REPOSITORY = Path(__file__).parents[2]
OURS = (
    "refact_lsp/text/snapshot.py",
    "tests/languages/samples/typescript.ts",
    "tests/languages/samples/rust.rs",
    "refact_lsp/languages/shape.py",
)
"""None of those that decide what is suggested: a change there would move the holes."""

STANDARD = ("textwrap", "shlex", "heapq", "fnmatch")
"""Modules of the standard library; which text they have depends on the interpreter."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: what it inserts, and how long the person then waits for the next."""

    text: str
    wait_s: float

    @property
    def is_pause(self) -> bool:
        """Whether the wait is long enough to look at a suggestion."""
        return self.wait_s >= PUNCTUATION_S


def keys_of(missing: str) -> tuple[Key, ...]:
    """Split what is missing into keys; a line break takes the indentation behind it along."""
    keys: list[Key] = []
    at = 0
    while at < len(missing):
        end = at + 1
        if missing[at] == "\n":
            while end < len(missing) and missing[end] in " \t":
                end += 1
        keys.append(Key(missing[at:end], wait_after(missing[at])))
        at = end
    return tuple(keys)


def wait_after(character: str) -> float:
    """Answer how long a person waits after a character."""
    if character == "\n":
        return LINE_S
    inside = character.isalnum() or character in _INSIDE_WORDS
    return WORD_S if inside else PUNCTUATION_S


def holes(pauses: int) -> tuple[Hole, ...]:
    """Cut holes into the fixed choice of files, in turn, until typing them pauses so often."""
    cut: list[Hole] = []
    planned = 0
    for number, path in enumerate(cycle(_files())):
        if planned >= pauses:
            break
        hole = _cut(path, random.Random(f"{SEED} {path.name} {number}"))
        cut.append(hole)
        planned += sum(key.is_pause for key in keys_of(hole.missing)[:-1])
    return tuple(cut)


def _files() -> tuple[Path, ...]:
    ours = [REPOSITORY / each for each in OURS]
    standard = [Path(str(import_module(each).__file__)) for each in STANDARD]
    return tuple(path for path in _in_turn(ours, standard))


def _in_turn(one: list[Path], other: list[Path]) -> Iterator[Path]:
    for number in range(max(len(one), len(other))):
        yield from one[number : number + 1]
        yield from other[number : number + 1]


def _cut(path: Path, rng: random.Random) -> Hole:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    while True:
        first, count = rng.randrange(1, len(lines)), rng.randint(1, MAX_LINES)
        taken = "".join(lines[first : first + count])
        start = sum(map(len, lines[:first])) - 1
        hole = Hole(path.name, text, start, start + len(taken))
        if _is_fit(lines[first : first + count], taken):
            return hole


def _is_fit(lines: list[str], taken: str) -> bool:
    says = all(len(line.strip()) >= MIN_LINE_CHARS for line in lines[:1])
    whole = all(line.strip() and line.endswith("\n") for line in lines)
    return bool(lines) and says and whole and len(textwrap.dedent(taken)) <= MAX_CHARS
