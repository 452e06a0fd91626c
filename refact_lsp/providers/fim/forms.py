"""The forms of FIM prompts: texts with places in them, filled without reading what is filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PLACES = ("repo", "snippets", "path", "language", "mark", "prefix", "suffix", "text")

_PLACE = re.compile(r"\{(" + "|".join(PLACES) + r")\}")
_TOKEN = re.compile(r"<[^<>\s{}]+>|\[/?[A-Z]+\]")


@dataclass(frozen=True, slots=True)
class Form:
    """A text with places; even parts are the text between, odd ones the names of places."""

    parts: tuple[str, ...]

    def fill(self, values: Mapping[str, str]) -> str:
        """Put values in the places; what looks like a place inside a value stays as it is."""
        return "".join(
            values.get(part, "") if number % 2 else part for number, part in enumerate(self.parts)
        )


def form_of(written: str) -> Form:
    """Read a form as written: `<PRE> {prefix} <SUF>{suffix} <MID>`."""
    return Form(tuple(_PLACE.split(written)))


def tokens_in(written: str) -> tuple[str, ...]:
    """Answer the special tokens that a form is made of."""
    return tuple(_TOKEN.findall(written))
