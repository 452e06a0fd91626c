"""An answer that begins with text the document already has: where in it the new text begins.

White space is not compared, because models are careless with it. An answer may repeat the line up
to the cursor, as it was asked to, some lines above too, only the last word, or nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from refact_lsp.providers.fim.healing import unheal

_LINES_ABOVE = 20
_MIN_CHARS_ABOVE = 8
"""A line above must have so much text before an answer counts as a repetition of it."""

_LINES_REPEATED = 2
"""An answer that begins with so many lines above, and then goes another way, rewrites them."""

_WORD = re.compile(r"\w+$")


@dataclass(slots=True)
class _Candidate:
    """A text of the document that an answer may repeat.

    `bare` is the text without white space, `limit` how much of that shows that the answer repeats
    it, `end` the place in the answer where it had all of it.
    """

    text: str
    bare: str
    limit: int = 0
    matched: int = 0
    end: int = -1
    has_failed: bool = False

    @property
    def is_open(self) -> bool:
        return self.end < 0 and not self.has_failed

    def take(self, character: str, place: int) -> None:
        """Compare the next character that is no white space; it ends at `place`."""
        if self.bare[self.matched] != character:
            self.has_failed = True
            return
        self.matched += 1
        if self.matched == len(self.bare):
            self.end = place


class Echo:
    """Takes what is repeated of a prefix off the beginning of an answer that comes in pieces."""

    def __init__(self, prefix: str) -> None:
        self._typed = prefix[prefix.rfind("\n") + 1 :]
        self._candidates = _candidates(prefix, self._typed)
        self._held = ""
        self._chosen: _Candidate | None = None
        self._is_decided = False
        self._passes = False
        self.failed = ""

    def feed(self, piece: str) -> str:
        """Take the next piece; answer what of it is new."""
        for number, character in enumerate(piece):
            if self.failed:
                return ""
            if self._passes:
                return piece[number:]
            begun = self._take(character)
            if begun:
                return begun + piece[number + 1 :]
        return ""

    def finish(self) -> str:
        """Answer what was held back until the end."""
        if self.failed or self._passes:
            return ""
        if not self._is_decided:
            for candidate in self._candidates:
                candidate.has_failed = candidate.has_failed or candidate.end < 0
            self._decide()
        return self._trimmed()

    def _take(self, character: str) -> str:
        self._held += character
        if character.isspace():
            return ""
        for candidate in self._candidates:
            if candidate.is_open:
                candidate.take(character, len(self._held))
        if not self._is_decided and not any(each.is_open for each in self._candidates):
            self._decide()
        return self._trimmed() if self._is_decided else ""

    def _decide(self) -> None:
        self._is_decided = True
        whole = [each for each in self._candidates if each.end >= 0]
        self._chosen = max(whole, key=lambda each: len(each.bare), default=None)
        length = len(self._chosen.bare) if self._chosen else 0
        if any(0 < each.limit <= each.matched > length for each in self._candidates):
            self.failed = "repeats_prefix"
        elif self._chosen is None and self._rewrites_line():
            self.failed = "rewrites_line"

    def _rewrites_line(self) -> bool:
        """Tell whether the answer began like the line and then went another way."""
        line = next((each for each in self._candidates if each.text == self._typed), None)
        if line is None or not line.matched:
            return False
        first_word = len(line.text.split(maxsplit=1)[0])
        return line.matched * 2 >= len(line.bare) or line.matched >= first_word

    def _trimmed(self) -> str:
        """Answer the new text held so far, "" while it is only white space."""
        if self.failed:
            return ""
        chosen = self._chosen
        rest = self._held[chosen.end if chosen else 0 :]
        if not rest.strip():
            return ""
        self._passes = True
        known = self._typed if chosen is None or not chosen.bare else chosen.text
        return _without_blanks(rest, known)


def _candidates(prefix: str, typed: str) -> list[_Candidate]:
    bare = _bare(typed)
    found = [_Candidate(typed, bare, end=-1 if bare else 0)]
    word = _WORD.search(typed)
    if word and len(word.group()) < len(bare):
        found.append(_Candidate(word.group(), word.group()))
    above = prefix[: len(prefix) - len(typed)].splitlines(keepends=True)[-_LINES_ABOVE:]
    for number, line in enumerate(above):
        if len(_bare(line)) >= _MIN_CHARS_ABOVE:
            lines = [each for each in map(_bare, (*above[number:], typed)) if each]
            limit = len("".join(lines[:_LINES_REPEATED]))
            found.append(_Candidate("".join(above[number:]) + typed, "".join(lines), limit))
    return found


def _bare(text: str) -> str:
    return "".join(text.split())


def _without_blanks(rest: str, known: str) -> str:
    """Take off the white space that stands before the cursor already."""
    blanks = known[len(known.rstrip()) :]
    if not blanks:
        return rest
    code = rest.lstrip()
    if "\n" not in blanks and known.strip():
        return rest[len(blanks) :] if rest.startswith(blanks) else rest.lstrip(" \t")
    lead = rest[: len(rest) - len(code)].rsplit("\n", 1)[-1]
    again = unheal(f"\n{lead}{code}", "\n" + blanks.rsplit("\n", 1)[-1])
    return code if again is None else again
