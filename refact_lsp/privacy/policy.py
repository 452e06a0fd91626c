"""What the user allows to be sent where: rules as data.

Every rule restricts. A destination is allowed only when each rule that matches allows it, so two
policies together are never wider than either, in whatever order the rules stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from refact_lsp.privacy.destination import Destination


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

    def __str__(self) -> str:
        """Answer what `send_to` would say."""
        words = ["*"] * self.is_everyone + ["own_servers"] * self.has_own_servers
        return ", ".join([*words, *sorted(self.instances)]) or "none"


NOWHERE = SendTo()
OWN_SERVERS = SendTo(has_own_servers=True)


@dataclass(frozen=True, slots=True)
class Rule:
    """What matches one of `patterns`, or comes from one of `remotes`, goes only to `send_to`.

    `name` is the place in the file, as a person finds it: "zones[1] 'work'"; `line` is where the
    rule begins in the file `source`, 1-based, or 0.
    """

    name: str
    source: str
    send_to: SendTo
    patterns: tuple[str, ...] = ()
    remotes: tuple[str, ...] = ()
    is_repository: bool = False
    line: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in force; the built-in secret zone and the detectors hold besides them."""

    rules: tuple[Rule, ...] = ()

    def narrowed_by(self, other: Policy) -> Policy:
        """Answer this policy with the rules of a less trusted one added: never wider than this."""
        return replace(self, rules=self.rules + other.rules)


CLOSED = Policy((Rule("the policy cannot be read", "privacy", OWN_SERVERS, ("**",)),))
"""No hosted destination at all."""


_REMOTE = re.compile(r"(?:[a-z+]+://)?(?:[^@/]*@)?(?P<host>[^/:]+)(?::\d+(?=/))?[:/]+(?P<path>.*)")


@lru_cache(maxsize=1024)
def remote_name(remote: str) -> str:
    """Answer a git remote as `host/path`, whatever way it is written: ssh, https, scp-like."""
    plain = remote.strip().casefold().rstrip("/").removesuffix(".git")
    found = _REMOTE.fullmatch(plain)
    return f"{found['host']}/{found['path']}" if found else plain
