"""What a key may look like: one printable ASCII word, whatever was pasted around it."""

from __future__ import annotations

import re
from collections.abc import Callable

from refact_lsp.errors import ConfigError

MAX_CHARS = 16_384
"""Tokens that say much about their owner are a few thousand characters long."""

_AROUND = "\ufeff\u200b\u200c\u200d\u2060"
_QUOTES = "'\"`"
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*|\{[A-Za-z_]\w*\})", re.ASCII)


def clean_key(text: str, where: str) -> str:
    """Answer the key without what surrounds it; ConfigError, never naming it, where it is none.

    `where` is what the sentence begins with: the place the text comes from. Blanks, line breaks,
    a byte order mark and characters without width are taken away at both ends.
    """
    key = text
    while (shorter := key.strip().strip(_AROUND)) != key:
        key = shorter
    if wrong := _wrong(key):
        raise ConfigError(f"{where}: {wrong}")
    return key


def means_something_else(key: str) -> str:
    """Answer why a key cannot stand in a file as it is: it would be read as a reference."""
    if _VARIABLE.fullmatch(key):
        return "this names a variable; write `api_key: $NAME` into the provider's file instead."
    if key.endswith("..."):
        return "this is the placeholder of a template; expected the key itself."
    return ""


def _wrong(key: str) -> str:
    return next((sentence for is_so, sentence in _FAULTS if is_so(key)), "")


_FAULTS: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda key: not key, "there is no key, only emptiness; expected one word."),
    (
        lambda key: len(key) > MAX_CHARS,
        f"this is longer than {MAX_CHARS} characters; expected a key alone.",
    ),
    (
        lambda key: "\n" in key or "\r" in key,
        "the key is broken into several lines; expected it on one.",
    ),
    (
        lambda key: key.lower().startswith("bearer "),
        "`Bearer` stands before the key; give the key alone.",
    ),
    (
        lambda key: not key.isascii(),
        "a character that no key has (outside of ASCII) stands in it; copy the key again.",
    ),
    (
        lambda key: not key.isprintable(),
        "a control character stands in it; copy the key again.",
    ),
    (lambda key: " " in key, "a space stands in it; expected one word."),
    (
        lambda key: key[0] in _QUOTES or key[-1] in _QUOTES,
        "it stands in quotes; give the key without them.",
    ),
)
"""What is wrong with a text that is no key, the first that is so being told."""
