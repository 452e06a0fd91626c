"""Special tokens out of a user's text, so that a file about tokenizers does not end its prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Removed(NamedTuple):
    """A token that was taken out; `offset` is where its first character stood, in code points."""

    offset: int
    token: str


class Cleaned(NamedTuple):
    """A text without tokens, and what was taken out of it, in the order it was found."""

    text: str
    removed: tuple[Removed, ...] = ()


def remove_tokens(text: str, tokens: Sequence[str]) -> Cleaned:
    """Take the tokens out, also those that only come to be when another between is taken out."""
    if not any(token in text for token in tokens):
        return Cleaned(text)
    lasts = {token[-1] for token in tokens}
    kept: list[str] = []
    offsets: list[int] = []
    removed: list[Removed] = []
    for offset, character in enumerate(text):
        kept.append(character)
        offsets.append(offset)
        token = _ending(kept, tokens) if character in lasts else ""
        if token:
            removed.append(Removed(offsets[-len(token)], token))
            del kept[-len(token) :], offsets[-len(token) :]
    return Cleaned("".join(kept), tuple(removed))


def _ending(kept: list[str], tokens: Sequence[str]) -> str:
    """Answer the token that the text kept so far ends with, "" for none."""
    return next((token for token in tokens if "".join(kept[-len(token) :]) == token), "")
