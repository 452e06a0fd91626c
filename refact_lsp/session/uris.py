"""Document URIs: identity is the URI as the editor wrote it; a path only where there is one."""

from __future__ import annotations

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

PATH_LIMIT_CHARS = 32_767
"""Longer than any path that Windows or Linux can open."""

_FILE = re.compile(r"file:", re.IGNORECASE)
_DRIVE = re.compile(r"/([A-Za-z])[:|](?=/|\Z)")


def path_of(uri: str) -> Path | None:
    """Answer the local path of a `file:` URI; None for any other scheme or where there is none.

    Nothing is looked up: the file need not exist.
    """
    path = local_path(uri, windows=os.name == "nt")
    return None if path is None else Path(path)


def local_path(uri: str, *, windows: bool) -> str | None:
    """Answer the path as one system or the other writes it.

    A host other than localhost is a UNC share on Windows, and no local path elsewhere. A drive
    letter (`/c%3A/`, `/C:/`, `/c|/`) is taken as one on Windows only. `?` and `#` belong to the
    path: editors encode them, and those that do not mean the character.
    """
    match = _FILE.match(uri)
    if match is None:
        return None
    rest = uri[match.end() :]
    host, path = _authority(rest)
    path = _decoded(path)
    if not path.startswith("/") or "\0" in host + path or len(path) > PATH_LIMIT_CHARS:
        return None
    if host and host.lower() != "localhost":
        return f"\\\\{host}{path}".replace("/", "\\") if windows and path != "/" else None
    if not windows:
        return path
    drive = _DRIVE.match(path)
    return None if drive is None else _with_drive(drive[1], path[drive.end() :])


def _authority(rest: str) -> tuple[str, str]:
    if not rest.startswith("//"):
        return "", rest
    host, slash, path = rest[2:].partition("/")
    return host, slash + path


def _decoded(path: str) -> str:
    # Lone surrogates and bytes that are no UTF-8 survive: both are legal in file names.
    data = unquote_to_bytes(path.encode("utf-8", "surrogatepass"))
    return data.decode("utf-8", "surrogateescape")


def _with_drive(letter: str, rest: str) -> str:
    return f"{letter.lower()}:" + (rest.replace("/", "\\") or "\\")
