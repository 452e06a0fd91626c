"""Standard input and output as a protocol's own: nothing else may read or write them.

Both are moved to other descriptors before anything can print, so that a stray `print`, a library
or a child process reaches standard error instead of the client, and no child holds them open.
"""

from __future__ import annotations

import os
import sys

_STDIN, _STDOUT, _STDERR = 0, 1, 2


def claim() -> tuple[int, int]:
    """Answer descriptors for what the client sends and reads; the standard ones lead elsewhere."""
    null = os.open(os.devnull, os.O_RDWR)
    try:
        os.fstat(_STDERR)
    except OSError:
        os.dup2(null, _STDERR)
    source, target = _moved(_STDIN, null), _moved(_STDOUT, _STDERR)
    sys.stdout = sys.stderr
    os.close(null)
    return source, target


def _moved(descriptor: int, successor: int) -> int:
    """Answer a private copy of a descriptor (not inherited), and put another in its place."""
    try:
        copy = os.dup(descriptor)
    except OSError:
        copy = os.open(os.devnull, os.O_RDWR)  # started without it: at its end from the beginning
    os.dup2(successor, descriptor)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - exists on Windows only

        msvcrt.setmode(copy, os.O_BINARY)
    return copy
