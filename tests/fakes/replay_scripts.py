"""A model that knows the truth: it streams what a file really has at the cursor, and runs on.

For the typing replay: files with a hole that is typed key by key, while the server under test asks
for completions. The model finds the cursor's place by the text before it, in whatever way the
request spells that: marks for filling in, a `suffix` field, an infill request, a chat.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fakes.script import Request, Script

FIRST_TOKEN_S = 0.150
TOKENS_PER_S = 100.0
RUN_ON_LINES = 6
"""How far an answer goes on behind the hole."""

_PREFIX_MARKS = (
    "<|fim_prefix|>",
    "<fim_prefix>",
    "<fim-prefix>",
    "<[fim-prefix]>",
    "<｜fim▁begin｜>",  # noqa: RUF001 - it is spelt so
    "<PRE> ",
    "[PREFIX]",
)
_MIDDLE_MARKS = (
    "<|fim_middle|>",
    "<fim_middle>",
    "<fim-middle>",
    "<[fim-middle]>",
    "<｜fim▁end｜>",  # noqa: RUF001 - it is spelt so
    " <MID>",
)
_SUFFIX_MARKS = (
    "<|fim_suffix|>",
    "<fim_suffix>",
    "<fim-suffix>",
    "<[fim-suffix]>",
    "<｜fim▁hole｜>",  # noqa: RUF001 - it is spelt so
    " <SUF>",
    "[SUFFIX]",
)
CURSOR_MARKS = ("<cursor>", "<CURSOR>", "<|cursor|>", "<FILL_HERE>", "{{FILL_HERE}}")
"""How a chat may mark the cursor's place."""

_TAILS = (400, 120, 40, 12)
"""How many characters before the cursor must agree, tried in this order."""
_SLACK = 200
"""A prompt may end so many characters before the hole: blanks at its end are often cut off."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A true text with a piece of it cut out, from `start` to `end` (code points)."""

    path: str
    text: str
    start: int
    end: int

    @property
    def missing(self) -> str:
        """What was cut out."""
        return self.text[self.start : self.end]

    @property
    def document(self) -> str:
        """The text without it: what the editor opens."""
        return self.text[: self.start] + self.text[self.end :]


@dataclass(slots=True)
class Replay:
    """The script function of the replay."""

    holes: tuple[Hole, ...]
    first_token_s: float = FIRST_TOKEN_S
    tokens_per_s: float | None = TOKENS_PER_S
    wrong_share: float = 0.0
    """How many of the answers, of one, are plausible and wrong; which ones depends on the seed and
    the place alone, so that the same place is answered alike in every run."""
    seed: int = 0
    run_on_lines: int = RUN_ON_LINES
    cursor_marks: tuple[str, ...] = CURSOR_MARKS
    unmatched: list[Request] = field(default_factory=list)
    """Generations whose place in no file was found; they get an empty answer."""

    def __call__(self, request: Request) -> Script:
        """Answer one request."""
        if not request.is_generation:
            return Script()
        place = find(before_cursor(request, self.cursor_marks), self.holes)
        if place is None:
            self.unmatched.append(request)
            return self._script("")
        hole, offset = place
        return self._script(self._wrong(hole, offset) or self.truth(hole, offset))

    def truth(self, hole: Hole, offset: int) -> str:
        """Give what stands at a place, up to some lines behind the hole."""
        end = hole.end
        for _ in range(self.run_on_lines):
            line_end = hole.text.find("\n", end)
            end = len(hole.text) if line_end < 0 else line_end + 1
        return hole.text[offset:end]

    def _wrong(self, hole: Hole, offset: int) -> str | None:
        """Give lines from elsewhere in the file, if this place is to be answered wrongly."""
        chance = random.Random(f"{self.seed} {hole.path} {hole.start} {offset}")
        if chance.random() >= self.wrong_share:
            return None
        lines = hole.text.splitlines(keepends=True)
        truth = hole.text[offset:].lstrip().split("\n", 1)[0]
        others = [
            n for n, each in enumerate(lines) if each.strip() and each.strip() != truth.strip()
        ]
        if not others or not truth:
            return None
        first = chance.choice(others)
        wrong = "".join(lines[first : first + 1 + self.run_on_lines]).lstrip()
        blank = hole.text[offset : len(hole.text) - len(hole.text[offset:].lstrip())]
        return blank + wrong

    def _script(self, text: str) -> Script:
        return Script(text, first_token_s=self.first_token_s, tokens_per_s=self.tokens_per_s)


def before_cursor(request: Request, cursor_marks: Iterable[str] = CURSOR_MARKS) -> str:
    """Give the text before the cursor, as the request has it."""
    body = request.json()
    if "input_prefix" in body:
        return f"{body['input_prefix']}{body.get('prompt') or ''}"
    if messages := body.get("messages"):
        return _before_mark(str(messages[-1].get("content") or ""), cursor_marks)
    prompt = body.get("prompt") or ""
    return _before_marks(str(prompt[0] if isinstance(prompt, list) else prompt))


def find(before: str, holes: Iterable[Hole]) -> tuple[Hole, int] | None:
    """Find the place in or just before a hole where a text ends; the longest agreement wins."""
    known = tuple(holes)
    for length in _TAILS:
        tail = before[-length:]
        for hole in known:
            if tail and (offset := _offset(tail, hole)) is not None:
                return hole, offset
    return None


def holes_from(file: Path) -> tuple[Hole, ...]:
    """Read holes from JSON: a list of `{path, start, end, text}`; without `text`, from the path."""
    records = json.loads(file.read_text(encoding="utf-8"))
    return tuple(
        Hole(
            each["path"],
            each["text"] if "text" in each else Path(each["path"]).read_text(encoding="utf-8"),
            each["start"],
            each["end"],
        )
        for each in records
    )


def _offset(tail: str, hole: Hole) -> int | None:
    """Give where the tail ends in the true text, in the hole or close before it."""
    first = max(0, hole.start - _SLACK - len(tail))
    found = hole.text.rfind(tail, first, hole.end)
    return None if found < 0 or found + len(tail) < hole.start - _SLACK else found + len(tail)


def _before_marks(prompt: str) -> str:
    """Give the part of a prompt between the marks; all of it where it has none."""
    start = max(
        (prompt.rfind(mark) + len(mark) for mark in _PREFIX_MARKS if mark in prompt), default=0
    )
    rest = prompt[start:]
    ends = [rest.find(mark) for mark in (*_SUFFIX_MARKS, *_MIDDLE_MARKS) if mark in rest]
    if ends and min(ends) == 0:  # suffix first: the prefix comes after the mark for the middle
        return re.split("|".join(map(re.escape, _MIDDLE_MARKS)), rest)[-1]
    return rest[: min(ends)] if ends else rest


def _before_mark(text: str, cursor_marks: Iterable[str]) -> str:
    places = [text.rfind(mark) for mark in cursor_marks if mark in text]
    return text[: max(places)] if places else text
