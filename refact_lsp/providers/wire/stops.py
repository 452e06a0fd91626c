"""Stops that hold whatever the server does: the text ends before the first that is complete."""

from __future__ import annotations

from collections.abc import Sequence


class StopStrings:
    """Cuts a text that comes in pieces before the first stop complete in it."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.is_cut = False

    def feed(self, piece: str) -> str:
        """Take the next piece; answer what is sure to belong to the text."""
        if self.is_cut or not self._stops:
            return "" if self.is_cut else piece
        text = self._held + piece
        found = [(at + len(stop), at) for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.is_cut, self._held = True, ""
            return text[: min(found)[1]]
        kept = _length_of_beginning(text, self._stops)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept]

    def finish(self) -> str:
        """Answer what was held back as the possible beginning of a stop."""
        rest, self._held = self._held, ""
        return rest


def _length_of_beginning(text: str, stops: Sequence[str]) -> int:
    """Answer how many characters at the end may be the beginning of a stop."""
    longest = min(max(map(len, stops)) - 1, len(text))
    for length in range(longest, 0, -1):
        tail = text[len(text) - length :]
        if any(stop.startswith(tail) for stop in stops):
            return length
    return 0
