"""Names of files as they are compared: what a file system may take as one is equal."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from functools import lru_cache
from pathlib import PurePath


@lru_cache(maxsize=8192)
def folded(name: str) -> str:
    """Answer a name without case, in composed form, without invisible format characters.

    Some file systems ignore zero-width characters in names, most ignore case or composition.
    """
    if name.isascii():
        return name.lower()
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return "".join(each for each in composed if unicodedata.category(each) != "Cf")


def folded_paths(path: PurePath) -> tuple[str, ...]:
    """Answer a path with `/` and folded, as given and with its `..` resolved by name alone."""
    plain = folded(path.as_posix())
    return tuple(dict.fromkeys((plain, posixpath.normpath(plain))))


def below_home(text: str, home: str) -> str:
    """Write a home directory in a text as `~`, as people do."""
    top = home.rstrip("/\\")
    if not top:
        return text
    return re.sub(re.escape(top) + r"(?=[/\\]|\Z|[\s:,])", "~", text)
