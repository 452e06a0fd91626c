"""What is wrong with a file or a setting, as a sentence for the person who wrote it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from refact_lsp.config.secret import looks_like_key

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z_.-]{0,39}")


class Severity(StrEnum):
    """An error takes what it stands in out of use; a warning changes nothing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what was given; `sentence` says what and what to do.

    `line` and `column` are 1-based; 0 where there is no place to point at. No value out of a
    file ever stands in `sentence`: it could be a key.
    """

    file: str
    line: int
    column: int
    sentence: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """Answer `file:line:column: severity: sentence`, as editors and compilers write it."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.severity}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a setting was written; line and column are 1-based."""

    file: str
    line: int
    column: int

    def problem(self, sentence: str, severity: Severity = Severity.ERROR) -> Problem:
        """Answer a problem at this place."""
        return Problem(self.file, self.line, self.column, sentence, severity)

    def __str__(self) -> str:
        """Answer `file:line`."""
        return f"{self.file}:{self.line}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Answer ` Did you mean 'x'?` for the known name most like this one; empty without one."""
    found = difflib.get_close_matches(name.lower(), sorted(known), n=1)
    return f" Did you mean {found[0]!r}?" if found else ""


def shown(name: str) -> str:
    """Quote a name found in a file, unless it might be a key that stands in the wrong place."""
    is_plain = _PLAIN_NAME.fullmatch(name) and not looks_like_key(name)
    return repr(name) if is_plain else "this name"
