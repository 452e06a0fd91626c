"""What was found out about servers and their models, kept in one file of the cache directory.

No key stands in it, and no server whose URL could hold one. What is older than a week is not
believed. A file that cannot be read is as good as none.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from refact_lsp.config.listed import Listed
from refact_lsp.config.paths import LISTS_FILE
from refact_lsp.config.secret import looks_like_key
from refact_lsp.providers.discovery.discover import Discovered
from refact_lsp.providers.fim.families import family_of
from refact_lsp.providers.known import KnownModel, KnownModels

VERSION = 1
MAX_AGE_S = 7 * 24 * 3600.0
MAX_BYTES = 32 * 1024 * 1024

Place = tuple[str, str, str]
"""An instance, its server's URL, a model's name."""


@dataclass(frozen=True, slots=True)
class Server:
    """What an instance's server said, and when (seconds since 1970).

    `names` is its last list, `listed_s` when that came, 0: never. `problem` and `kind` tell what
    was wrong the last time it was asked, at `asked_s`.
    """

    instance: str
    url: str
    asked_s: float
    listed_s: float = 0.0
    names: tuple[str, ...] = ()
    problem: str = ""
    kind: str = ""


@dataclass(slots=True)
class Memory:
    """All that is known of servers, by instance, and of models. Touched by one task at a time."""

    known: KnownModels = field(default_factory=KnownModels)
    servers: dict[str, Server] = field(default_factory=dict)
    _saved: dict[Place, tuple[KnownModel, float]] = field(default_factory=dict)

    def take(self, found: Iterable[Discovered], now_s: float) -> None:
        """Take note of what servers said; the list of one that fails now stays."""
        for each in found:
            before = self.servers.get(each.instance)
            if before is None or before.url != each.url:
                before = Server(each.instance, each.url, now_s)
            names = tuple(model.name for model in each.models)
            self.servers[each.instance] = Server(
                each.instance,
                each.url,
                now_s,
                now_s if each.is_list else before.listed_s,
                names if each.is_list else before.names,
                each.sentence,
                "" if each.error is None else each.error.kind,
            )

    def move_to(self, known: KnownModels) -> None:
        """Go on with another store of models; what it knows already is newer."""
        there = set(known.places())
        for place in self.known.places():
            if place not in there:
                known.put(*place[:2], self.known.of(*place))
        self.known = known

    def keep_only(self, instances: Iterable[str]) -> None:
        """Forget the servers of all other instances."""
        kept = set(instances)
        self.servers = {name: each for name, each in self.servers.items() if name in kept}

    def listed(self) -> Mapping[str, Listed]:
        """Answer what the lists say, as the configuration takes it."""
        return {name: self._listed(each) for name, each in self.servers.items()}

    def remember(self, instance: str, url: str, model: KnownModel, changed_s: float) -> None:
        """Take a model over as it was known at a time."""
        self.known.put(instance, url, model)
        self._saved[instance, url, model.name] = model, changed_s

    def _listed(self, server: Server) -> Listed:
        models = [self.known.of(server.instance, server.url, each) for each in server.names]
        talking = [each for each in models if not each.embeds]
        able = sorted(filter(can_complete, talking), key=lambda each: not each.is_loaded)
        return Listed(
            url=server.url,
            names=tuple(each.name for each in talking),
            completing=tuple(each.name for each in able),
            contexts={each.name: each.context or each.context_max for each in talking},
            is_known=bool(server.listed_s),
            problem=server.problem,
        )

    def as_file(self, now_s: float) -> bytes:
        """Answer the file's content; an entry has the time at which it last changed."""
        places = [each for each in self.known.places() if _may_be_kept(each[1])]
        for each in places:
            known = self.known.of(*each)
            if each not in self._saved or self._saved[each][0] != known:
                self._saved[each] = known, now_s
        servers = [each for each in self.servers.values() if _may_be_kept(each.url)]
        entries = [_entry(each, *self._saved[each]) for each in places]
        return _FILE.dump_json(_File(VERSION, tuple(servers), tuple(entries)))


def can_complete(model: KnownModel) -> bool:
    """Tell whether a model surely fills holes, and runs where its server does."""
    if model.embeds or model.is_remote or model.completes is False:
        return False
    is_able = bool(model.takes_suffix or model.takes_infill or model.good_way)
    return is_able or family_of(model.name, model.family) is not None


def read_memory(folder: Path, now_s: float) -> Memory:
    """Read the file in the cache directory; an empty memory where there is none to believe."""
    try:
        with (folder / LISTS_FILE).open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        given = _FILE.validate_json(content) if len(content) <= MAX_BYTES else None
    except (OSError, ValueError):
        given = None
    memory = Memory()
    if given is None or given.version != VERSION:
        return memory
    for each in given.servers:
        if 0 <= now_s - each.asked_s <= MAX_AGE_S:
            memory.servers[each.instance] = each
    for entry in given.models:
        if 0 <= now_s - entry.changed_s <= MAX_AGE_S:
            memory.remember(entry.instance, entry.url, entry.model, entry.changed_s)
    return memory


def write_memory(folder: Path, content: bytes) -> None:
    """Write the file, whole or not at all, for the user's eyes only; raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / LISTS_FILE
    temporary = folder / f".{LISTS_FILE}.{secrets.token_hex(8)}.tmp"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 - a descriptor, for its mode
            stream.write(content)
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _may_be_kept(url: str) -> bool:
    """Tell whether a URL surely holds no key: no user, no query, nothing that looks like one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not (parts.query or parts.fragment or "@" in parts.netloc or looks_like_key(url))


@dataclass(frozen=True, slots=True)
class _Entry:
    instance: str
    url: str
    changed_s: float
    model: KnownModel


def _entry(place: Place, model: KnownModel, changed_s: float) -> _Entry:
    return _Entry(place[0], place[1], changed_s, model)


@dataclass(frozen=True, slots=True)
class _File:
    version: int
    servers: tuple[Server, ...]
    models: tuple[_Entry, ...]


_FILE = TypeAdapter(_File)
