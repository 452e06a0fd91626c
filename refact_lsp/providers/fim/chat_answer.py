"""The code in a chat model's answer: out of tags or a fence, less preamble and repeated prefix.

Works on pieces as they come; where the answer is cut into pieces makes no difference to the text.
"""

from __future__ import annotations

import re

from refact_lsp.providers.fim.echo import Echo
from refact_lsp.providers.wire.stops import StopStrings

OPENING = "<fill>"
CLOSING = "</fill>"

_FENCE = "```"
_PREAMBLE = re.compile(
    r"(?:here(?:'s| is| are)\b|sure\b|certainly\b|of course\b|okay\b|ok,|to complete\b"
    r"|the (?:completed?|completion|missing|code|following)\b|this is\b|below\b|i(?:'ve| have)\b"
    r"|answer\b|completion\b).*[:.!]\s*$",
    re.IGNORECASE,
)
_MAX_PREAMBLE_LINES = 6
_MAX_HELD_CHARS = 2000
"""A first line longer than this is no talk."""


class ChatAnswer:
    """Reads one answer; `failed` names what was wrong with it once it is known to be of no use."""

    def __init__(self, prefix: str) -> None:
        self._body = _Body()
        self._echo = Echo(prefix)

    @property
    def failed(self) -> str:
        """Empty while the answer is, or may be, of use."""
        return self._echo.failed

    @property
    def is_over(self) -> bool:
        """The code has ended; what follows is talk."""
        return self._body.is_over

    def feed(self, piece: str) -> str:
        """Take the next piece; answer what of it is to be inserted."""
        return self._echo.feed(self._body.feed(piece))

    def finish(self) -> str:
        """Answer what was held back until the end."""
        return self._echo.feed(self._body.finish()) + self._echo.finish()


class _Body:
    """Finds where the code begins and where it ends."""

    def __init__(self) -> None:
        self._held = ""
        self._lines = 0
        self._end: StopStrings | None = None
        self._is_tagged = False
        self._skips_newline = False

    @property
    def is_over(self) -> bool:
        return self._end is not None and self._end.is_cut

    def feed(self, piece: str) -> str:
        if self._end is not None:
            return self._code(self._end.feed(piece))
        for number, character in enumerate(piece):
            self._held += character
            if self._begins(is_last=False):
                return self._start() + self.feed(piece[number + 1 :])
        return ""

    def finish(self) -> str:
        if self._end is None and self._held and self._begins(is_last=True):
            return self._start() + self.finish()
        return self._code(self._end.finish()) if self._end else ""

    def _begins(self, *, is_last: bool) -> bool:
        """Look at what is held: drop what comes before the code; tell whether the code is there."""
        while len(self._held) < _MAX_HELD_CHARS:
            if not self._is_tagged and OPENING in self._held:
                self._held, self._is_tagged = self._held.split(OPENING, 1)[1], True
            word = self._held.lstrip()
            is_whole, line = "\n" in word, word.split("\n", 1)[0]
            if line.startswith(_FENCE):
                if is_whole:
                    self._open_fence(word[len(line) :])
                return is_whole
            if not self._is_tagged and self._is_talk(line):
                if not is_whole:
                    return False
                self._held, self._lines = word[len(line) + 1 :], self._lines + 1
                continue
            return is_last or not self._may_yet_be_mark(word, is_whole=is_whole)
        return True

    def _open_fence(self, rest: str) -> None:
        """Begin after a fence; its own newline may already be the one before the closing fence."""
        self._held, self._skips_newline = rest, True
        self._end = StopStrings((f"\n{_FENCE}", f"\n{CLOSING}", CLOSING))

    def _is_talk(self, line: str) -> bool:
        return self._lines < _MAX_PREAMBLE_LINES and _PREAMBLE.match(line) is not None

    def _may_yet_be_mark(self, word: str, *, is_whole: bool) -> bool:
        if self._is_tagged:
            return _FENCE.startswith(word[: len(_FENCE)])
        return not is_whole

    def _start(self) -> str:
        """Begin with what is held, less the newline that a tag stands before."""
        if self._end is None:
            closing = (f"\n{CLOSING}", CLOSING)
            self._end = StopStrings(closing if self._is_tagged else (*closing, f"\n{_FENCE}"))
            if self._is_tagged:
                self._held = self._held.removeprefix("\r\n").removeprefix("\n")
        held, self._held = self._held, ""
        return self._code(self._end.feed(held))

    def _code(self, text: str) -> str:
        if self._skips_newline and text:
            self._skips_newline = False
            return text.removeprefix("\n")
        return text
