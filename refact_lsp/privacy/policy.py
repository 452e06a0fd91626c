"""What the user allows to be sent where: rules as data, and reading them from parsed YAML.

Every rule restricts. A destination is allowed only when each rule that matches allows it, so two
policies together are never wider than either, in whatever order the rules stand.

Three forms are read: Refact's `privacy_rules {blocked, only_send_to_servers_I_control}`, the
`zones [{name, patterns, send_to}]` of its fork, and `repositories [{root|remote, send_to}]`.
Whatever is not understood, also an unknown key, closes: a typo must not open anything.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from refact_lsp.privacy.destination import Destination
from refact_lsp.privacy.globs import problem_of


@dataclass(frozen=True, slots=True)
class SendTo:
    """Which destinations a rule leaves; empty: none."""

    is_everyone: bool = False
    has_own_servers: bool = False
    instances: frozenset[str] = frozenset()

    def allows(self, destination: Destination) -> bool:
        """Answer whether a destination is among them."""
        own = self.has_own_servers and destination.is_own
        return self.is_everyone or own or destination.instance in self.instances


NOWHERE = SendTo()
OWN_SERVERS = SendTo(has_own_servers=True)


@dataclass(frozen=True, slots=True)
class Rule:
    """What matches one of `patterns`, or comes from one of `remotes`, goes only to `send_to`.

    `name` is the place in the file, as a person finds it: "zones[1] 'work'".
    """

    name: str
    source: str
    send_to: SendTo
    patterns: tuple[str, ...] = ()
    remotes: tuple[str, ...] = ()
    is_repository: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force; the built-in secret zone and the detectors hold besides them."""

    rules: tuple[Rule, ...] = ()

    def narrowed_by(self, other: Policy) -> Policy:
        """Answer this policy with the rules of a less trusted one added: never wider than this."""
        return replace(self, rules=self.rules + other.rules)


CLOSED = Policy((Rule("the policy cannot be read", "privacy", OWN_SERVERS, ("**",)),))
"""No hosted destination at all."""


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """One thing wrong in a policy; `where` is the way to it: "zones[1].send_to"."""

    where: str
    sentence: str


class _BrokenError(ValueError):
    """Carries where, and what was expected."""


def read_policy(
    data: object, source: str, *, home: str = "", last_good: Policy | None = None
) -> tuple[Policy, tuple[PolicyProblem, ...]]:
    """Read a policy from plain data; a broken one is `last_good`, or `CLOSED`, and a problem.

    `home` stands for a leading `~` in patterns; without it, `~/x` matches at any depth.
    """
    try:
        return Policy(tuple(_rules(data, _Place(source, home)))), ()
    except _BrokenError as broken:
        where, sentence = broken.args
        kept = "The last good policy stays" if last_good else "Only own servers are sent to"
        problem = PolicyProblem(where, f"{source}: {where}: {sentence}. {kept} until it is mended.")
        return last_good or CLOSED, (problem,)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where rules come from."""

    source: str
    home: str


def _rules(data: object, place: _Place) -> Iterator[Rule]:
    if data is None:
        return
    top = _mapping(data, "the file", (*_FORMS, "privacy_rules", "subagents"))
    inner = top.get("privacy_rules")
    if inner is not None:
        yield from _forms(_mapping(inner, "privacy_rules", (*_FORMS, "subagents")), place)
    yield from _forms(top, place)


def _forms(given: Mapping[str, object], place: _Place) -> Iterator[Rule]:
    for key, read in _FORMS.items():
        if given.get(key) is not None:
            yield from read(given[key], key, place)


def _blocked(value: object, key: str, place: _Place) -> Iterator[Rule]:
    yield Rule(key, place.source, NOWHERE, _patterns(value, key, place))


def _own_only(value: object, key: str, place: _Place) -> Iterator[Rule]:
    yield Rule(key, place.source, OWN_SERVERS, _patterns(value, key, place))


def _zones(value: object, key: str, place: _Place) -> Iterator[Rule]:
    for index, each in enumerate(_list(value, key)):
        where = f"{key}[{index}]"
        zone = _mapping(each, where, ("name", "patterns", "send_to", "on_shell_read"))
        name = zone.get("name", "")
        if not isinstance(name, str):
            raise _BrokenError(f"{where}.name", "expected a text")
        patterns = _patterns(zone.get("patterns"), f"{where}.patterns", place)
        send_to = _send_to(zone.get("send_to", []), f"{where}.send_to")
        yield Rule(f"{where} {name!r}" if name else where, place.source, send_to, patterns)


def _repositories(value: object, key: str, place: _Place) -> Iterator[Rule]:
    for index, each in enumerate(_list(value, key)):
        where = f"{key}[{index}]"
        entry = _mapping(each, where, ("root", "remote", "send_to"))
        if "root" not in entry and "remote" not in entry:
            raise _BrokenError(where, "expected `root` (a folder) or `remote` (a git remote)")
        roots, remotes = (
            _patterns(_as_list(entry[part]), f"{where}.{part}", place) if part in entry else ()
            for part in ("root", "remote")
        )
        send_to = _send_to(entry.get("send_to", []), f"{where}.send_to")
        plain = tuple(remote_name(remote) for remote in remotes)
        yield Rule(where, place.source, send_to, roots, plain, is_repository=True)


_FORMS: dict[str, Callable[[object, str, _Place], Iterator[Rule]]] = {
    "blocked": _blocked,
    "only_send_to_servers_I_control": _own_only,
    "zones": _zones,
    "repositories": _repositories,
}


def _mapping(value: object, where: str, known: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise _BrokenError(where, "expected keys and values")
    for key in value:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            raise _BrokenError(where, f"unknown key {str(key)[:80]!r}; {hint}")
    return value


def _list(value: object, where: str) -> list[object]:
    if isinstance(value, list):
        return value
    raise _BrokenError(where, "expected a list")


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _patterns(value: object, where: str, place: _Place) -> tuple[str, ...]:
    found: list[str] = []
    for index, each in enumerate(_list(value, where)):
        if not isinstance(each, str):
            raise _BrokenError(f"{where}[{index}]", "expected a pattern (quote it: '*.tf')")
        if problem := problem_of(each):
            raise _BrokenError(f"{where}[{index}]", f"the pattern {each[:80]!r} {problem}")
        is_home = each.startswith("~/") and place.home
        found.append(place.home.rstrip("/") + each[1:] if is_home else each)
    return tuple(found)


_WORDS = {
    "*": SendTo(is_everyone=True),
    "own_servers": OWN_SERVERS,
    "none": NOWHERE,
}


def _send_to(value: object, where: str) -> SendTo:
    if isinstance(value, str):
        if value not in _WORDS:
            raise _BrokenError(where, "expected own_servers, none, or a list of instances")
        return _WORDS[value]
    names = _list(value, where)
    if not all(isinstance(name, str) for name in names):
        raise _BrokenError(where, "expected names of instances")
    given = {str(name) for name in names}
    return SendTo("*" in given, "own_servers" in given, frozenset(given - _WORDS.keys()))


_REMOTE = re.compile(r"(?:[a-z+]+://)?(?:[^@/]*@)?(?P<host>[^/:]+)(?::\d+(?=/))?[:/]+(?P<path>.*)")


@lru_cache(maxsize=1024)
def remote_name(remote: str) -> str:
    """Answer a git remote as `host/path`, whatever way it is written: ssh, https, scp-like."""
    plain = remote.strip().casefold().rstrip("/").removesuffix(".git")
    found = _REMOTE.fullmatch(plain)
    return f"{found['host']}/{found['path']}" if found else plain
