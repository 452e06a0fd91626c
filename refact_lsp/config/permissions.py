"""Whether a file that holds a key can be read by others on this machine."""

from __future__ import annotations

import re
import shlex
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from refact_lsp.config.problems import Problem, Severity
from refact_lsp.config.record import Record
from refact_lsp.config.resolve import Instance
from refact_lsp.config.secret import Secret

_KEY_HEADER = re.compile(r"auth|key|token|secret|cookie", re.IGNORECASE)
_USER_INFO = re.compile(r"//\S+@")


def open_key_files(instances: Mapping[str, Instance]) -> tuple[Problem, ...]:
    """Warn of each file with a literal key that others than its owner may read; POSIX only."""
    if sys.platform == "win32":
        return ()
    files = [each.file for each in instances.values() if each.file and holds_key(each.settings)]
    return tuple(_warning(file) for file in files if _is_open(Path(file)))


def holds_key(value: object, name: str = "") -> bool:
    """Answer whether a setting, or one inside it, is a key written out."""
    if isinstance(value, Record):
        return any(holds_key(getattr(value, each), each) for each in value.marks)
    if isinstance(value, Mapping):
        named = name == "extra_headers"
        return any(
            holds_key(each, key)
            for key, each in value.items()
            if not named or _KEY_HEADER.search(str(key))
        )
    if isinstance(value, Secret):
        return bool(value.reveal()) and not value.variable
    return isinstance(value, str) and bool(_USER_INFO.search(value))


def _is_open(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except OSError:
        return False


def _warning(file: str) -> Problem:
    sentence = "A key stands in this file, and others on this machine may read it."
    command = f"chmod 600 {shlex.quote(file)}"
    return Problem(file, 1, 1, f"{sentence} Run: {command}", Severity.WARNING)
