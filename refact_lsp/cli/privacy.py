"""`refact-lsp privacy test`: whether a file may be sent, and the rule that decides."""

from __future__ import annotations

import stat
from pathlib import Path

from refact_lsp.errors import UsageError
from refact_lsp.privacy.destination import Destination
from refact_lsp.privacy.gate import Item, Repository, explain
from refact_lsp.privacy.policy import Policy

MAX_READ_BYTES = 10_000_000
_CLASSES = {
    Destination("hosted", is_own=False): "hosted",
    Destination("own server", is_own=True): "own server",
}


def judge(path: Path) -> int:
    """Print the verdict for each class of destination; answer 0 when all allow it, else 1.

    Judged are the built-in secret zone and the file's content.
    """
    rows = explain(_item(path), _CLASSES, Policy())
    for destination, verdict in rows:
        word = "allowed" if verdict.allowed else "refused"
        print(f"{_CLASSES[destination]:<12} {word:<9} {verdict}")
    return 0 if all(verdict.allowed for _, verdict in rows) else 1


def _item(path: Path) -> Item:
    try:
        real = path.resolve(strict=True)
        status = real.stat()
    except (OSError, RuntimeError) as error:
        raise UsageError(f"{path} cannot be looked at: {error}.") from error
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is no file.")
    if status.st_size > MAX_READ_BYTES:
        raise UsageError(f"{path} is larger than {MAX_READ_BYTES // 1_000_000} MB.")
    given = path.absolute()
    named = Item(given, real, _repository(real))
    if not explain(named, _CLASSES, Policy())[0][1].allowed:
        return named  # a secret by its name is not even opened
    text = real.read_text(encoding="utf-8", errors="replace")
    return Item(given, real, named.repository, text)


def _repository(real: Path) -> Repository | None:
    root = next((each for each in real.parents if (each / ".git").exists()), None)
    return Repository(root) if root else None
