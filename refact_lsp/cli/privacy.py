"""`refact-lsp privacy test`: whether a file may be sent, and the rule that decides."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from refact_lsp.config.load import load_configuration
from refact_lsp.config.resolve import Instance
from refact_lsp.errors import UsageError
from refact_lsp.privacy.destination import Destination, destination_of, is_loopback
from refact_lsp.privacy.gate import Item, Repository, explain
from refact_lsp.privacy.load import load_policy, repository_of
from refact_lsp.privacy.policy import CLOSED, Policy

MAX_READ_BYTES = 10_000_000
ANY_HOSTED = Destination("any hosted", is_own=False)
ANY_OWN = Destination("any own server", is_own=True)


def judge(path: Path) -> int:
    """Print the verdict for each destination; answer 0 when all allow it, else 1.

    Judged by the built-in secret zone, the policies in force and the file's content, for every
    provider in use and for the two kinds of destination as such.
    """
    real = _real_file(path)
    repository, problems = repository_of(real)
    policy, more = load_policy(os.environ, *([Path(repository.root)] if repository else []))
    if problems:
        policy = policy.narrowed_by(CLOSED)
    for problem in (*problems, *more):
        sys.stderr.write(f"{problem}\n")
    destinations = (ANY_HOSTED, ANY_OWN, *_in_use())
    rows = explain(_item(path, real, repository, policy), destinations, policy)
    width = max(len(destination.instance) for destination in destinations)
    for destination, verdict in rows:
        word = "allowed" if verdict.allowed else "refused"
        print(f"{destination.instance:<{width}}  {word:<8} {verdict}")
    return 0 if all(verdict.allowed for _, verdict in rows) else 1


def _in_use() -> list[Destination]:
    instances = load_configuration(os.environ).providers.instances.values()
    used = [each for each in instances if not each.off]
    return [_destination(each) for each in used if each.settings.transport != "embedded"]


def _destination(instance: Instance) -> Destination:
    """Make the destination of a provider; one hosted URL among its own makes it hosted."""
    given = instance.settings
    whole = (given.completion_endpoint, given.chat_endpoint, given.embedding_endpoint)
    urls = [url for url in (given.endpoint, *whole) if url]
    hosted = [url for url in urls if not is_loopback(url)]
    url = (hosted or urls or [""])[0]
    return destination_of(instance.name, url, is_private=given.private)


def _real_file(path: Path) -> Path:
    try:
        real = path.resolve(strict=True)
        status = real.stat()
    except (OSError, RuntimeError) as error:
        raise UsageError(f"{path} cannot be looked at: {error}.") from error
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is no file.")
    if status.st_size > MAX_READ_BYTES:
        raise UsageError(f"{path} is larger than {MAX_READ_BYTES // 1_000_000} MB.")
    return real


def _item(path: Path, real: Path, repository: Repository | None, policy: Policy) -> Item:
    given = path.absolute()
    named = Item(given, real, repository)
    if not explain(named, (ANY_OWN,), policy)[0][1].allowed:
        return named  # a secret by its name is not even opened
    return Item(given, real, repository, real.read_text(encoding="utf-8", errors="replace"))
