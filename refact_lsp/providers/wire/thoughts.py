"""Thoughts written into the text between tags, kept apart from it.

Only at the beginning of an answer: further on, the same tags may be code.
"""

from __future__ import annotations

from typing import NamedTuple

from refact_lsp.providers.wire.stops import StopStrings

_TAGS = {"<think>": "</think>", "<thought>": "</thought>", "<thinking>": "</thinking>"}


class Parted(NamedTuple):
    """A piece of an answer: what belongs to the text, and what was only thought."""

    text: str
    thought: str


class Thoughts:
    """Parts the thoughts at an answer's beginning from its text, piece by piece."""

    def __init__(self) -> None:
        self._held = ""
        self._closing: _Closing | None = None
        self._is_text = False
        self._skips_blank_lines = False

    def feed(self, piece: str) -> Parted:
        """Take the next piece."""
        if self._closing is not None:
            return self._think(piece)
        if self._is_text:
            return Parted(self._begin(piece), "")
        self._held += piece
        return self._decide()

    def finish(self) -> Parted:
        """Answer what was held back."""
        if self._closing is not None:
            return Parted("", self._closing.finish())
        rest, self._held = self._held, ""
        return Parted(rest, "")

    def _decide(self) -> Parted:
        word = self._held.lstrip()
        for opening, closing in _TAGS.items():
            if word.startswith(opening):
                self._held, self._closing = "", _Closing(closing)
                return self._think(word[len(opening) :])
        if any(opening.startswith(word) for opening in _TAGS):
            return Parted("", "")
        self._is_text = True
        rest, self._held = self._held, ""
        return Parted(rest, "")

    def _think(self, piece: str) -> Parted:
        assert self._closing is not None  # noqa: S101 - the caller has seen it
        thought = self._closing.feed(piece)
        if not self._closing.is_found:
            return Parted("", thought)
        rest, self._closing = self._closing.rest, None
        self._is_text = self._skips_blank_lines = True
        return Parted(self._begin(rest), thought)

    def _begin(self, piece: str) -> str:
        """Drop the blank lines that part the thoughts from the text."""
        if self._skips_blank_lines:
            piece = piece.lstrip("\r\n")
            self._skips_blank_lines = not piece
        return piece


class _Closing:
    """Looks for a closing tag; `rest` is what follows it in the piece that completed it."""

    def __init__(self, tag: str) -> None:
        self._tag = tag
        self._cut = StopStrings((tag,))
        self._seen = ""
        self.is_found = False
        self.rest = ""

    def feed(self, piece: str) -> str:
        """Answer what is sure to stand before the tag."""
        self._seen = self._seen[-len(self._tag) :] + piece
        before = self._cut.feed(piece)
        if self._cut.is_cut:
            self.is_found = True
            self.rest = self._seen[self._seen.index(self._tag) + len(self._tag) :]
        return before

    def finish(self) -> str:
        """Answer what was held back as the possible beginning of the tag."""
        return self._cut.finish()
