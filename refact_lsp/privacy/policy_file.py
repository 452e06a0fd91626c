"""Reads `privacy.yaml` into rules.

Three forms are read: Refact's `privacy_rules {blocked, only_send_to_servers_I_control}`, the
`zones [{name, patterns, send_to}]` of its fork, and `repositories [{root|remote, send_to}]`.
Whatever is not understood, also an unknown key, closes: a typo must not open anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from refact_lsp.config.problems import Mark, Problem, Severity
from refact_lsp.config.reading import read_file
from refact_lsp.config.record import Record, setting
from refact_lsp.config.shapes import Text, Unread, expected, refused
from refact_lsp.privacy.globs import problem_of
from refact_lsp.privacy.policy import (
    CLOSED,
    NOWHERE,
    OWN_SERVERS,
    Policy,
    Rule,
    SendTo,
    remote_name,
)

_DESTINATIONS = {"*": SendTo(is_everyone=True), "own_servers": OWN_SERVERS, "none": NOWHERE}
_TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}


def _usable(pattern: str) -> str:
    if problem := problem_of(pattern):
        refused(f"this pattern {problem}")
    return pattern


def _list(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else expected("a list")


def _one_or_more(value: object) -> object:
    return _list([value] if isinstance(value, str) else value)


def _send_to(value: object) -> SendTo:
    if isinstance(value, SendTo):
        return value
    if isinstance(value, str) and value in _DESTINATIONS:
        return _DESTINATIONS[value]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        expected("own_servers, none, * or a list of names of providers")
    given = frozenset(map(str, value))
    return SendTo("*" in given, "own_servers" in given, given.difference(_DESTINATIONS))


Pattern = Annotated[str, AfterValidator(_usable)]
Patterns = Annotated[tuple[Pattern, ...], Field(strict=False), BeforeValidator(_list)]
PatternOrPatterns = Annotated[
    tuple[Pattern, ...],
    Field(strict=False),
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [{"type": "string"}, _TEXTS]}),
]
Destinations = Annotated[
    SendTo,
    PlainValidator(_send_to),
    WithJsonSchema({"anyOf": [{"enum": [*_DESTINATIONS]}, _TEXTS]}),
]


class Zone(Record):
    """Files, and where they may be sent."""

    null_is_absent: ClassVar[bool] = False

    name: Text = setting("", "What people call it.", examples=["work"])
    patterns: Patterns = Field(description="The files in it.", examples=[["*.tf", "~/work/**"]])
    send_to: Destinations = setting(
        NOWHERE, "Who may get them: own_servers, none, * or names of providers; none if absent."
    )
    on_shell_read: Unread = setting(None, "Read and not used.")


class RepositoryRule(Record):
    """A git repository, by its folder or its remote, and where its files may be sent."""

    null_is_absent: ClassVar[bool] = False

    root: PatternOrPatterns = setting((), "Its folder.", examples=["~/work/client"])
    remote: PatternOrPatterns = setting((), "Its remote.", examples=["github.com/acme/*"])
    send_to: Destinations = setting(
        NOWHERE, "Who may get its files: own_servers, none, * or names of providers."
    )


Zones = Annotated[tuple[Zone, ...], Field(strict=False), BeforeValidator(_list)]
Repositories = Annotated[tuple[RepositoryRule, ...], Field(strict=False), BeforeValidator(_list)]


class PrivacyRules(Record):
    """Files that are kept back, by patterns as in .gitignore."""

    blocked: Patterns = setting((), "Sent nowhere.", examples=[["*.pem", "secrets/"]])
    only_send_to_servers_I_control: Patterns = setting(  # noqa: N815 - Refact's name for it
        (), "Sent to your own servers only.", examples=[["~/work/**"]]
    )
    zones: Zones = setting((), "Files by zone, each with who may get them.")
    repositories: Repositories = setting((), "Repositories, each with who may get its files.")
    subagents: Unread = setting(None, "Read and not used.")


class PrivacyFile(PrivacyRules):
    """What may be sent where. Every rule restricts; nothing in it can allow more."""

    privacy_rules: PrivacyRules = setting(PrivacyRules, "The same, as Refact writes it.")


def read_policy(
    content: bytes,
    file: str,
    *,
    source: str = "",
    home: str = "",
    last_good: Policy | None = None,
) -> tuple[Policy, tuple[Problem, ...]]:
    """Read a policy; a broken one is `last_good`, or `CLOSED`, and problems.

    `source` is what the rules call the file, if not `file`. `home` stands for a leading `~` in
    patterns; without it, `~/x` matches at any depth.
    """
    given, problems = read_file(PrivacyFile, content, file, unknown=Severity.ERROR)
    place = _Place(source or file, home)
    problems = (*problems, *(_empty_rules(given) if given else ()))
    if given is None or problems:
        kept = "The last good policy stays" if last_good else "Only own servers are sent to"
        first = replace(problems[0], sentence=f"{problems[0].sentence} {kept} until it is mended.")
        return last_good or CLOSED, (first, *problems[1:])
    return Policy((*place.rules(given.privacy_rules), *place.rules(given))), ()


def _empty_rules(given: PrivacyFile) -> Iterator[Problem]:
    """Answer repositories that name none; a rule for nothing must not look like one."""
    for rules in (given.privacy_rules, given):
        for each in rules.repositories:
            if not each.root and not each.remote:
                at = each.marks.get("send_to") or rules.marks["repositories"]
                yield at.problem("Expected `root` (a folder) or `remote` (a git remote) here.")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where rules come from, and what `~` means there."""

    source: str
    home: str

    def rules(self, given: PrivacyRules) -> Iterator[Rule]:
        """Answer the rules of one block in the order of their forms."""
        for key, send_to in (
            ("blocked", NOWHERE),
            ("only_send_to_servers_I_control", OWN_SERVERS),
        ):
            if key in given.marks:
                yield self._rule(key, send_to, given.marks[key], getattr(given, key))
        for index, zone in enumerate(given.zones):
            name = f"zones[{index}] {zone.name!r}" if zone.name else f"zones[{index}]"
            yield self._rule(name, zone.send_to, zone.marks.get("patterns"), zone.patterns)
        for index, each in enumerate(given.repositories):
            mark = each.marks.get("root") or each.marks.get("remote")
            rule = self._rule(f"repositories[{index}]", each.send_to, mark, each.root)
            remotes = tuple(remote_name(remote) for remote in each.remote)
            yield replace(rule, remotes=remotes, is_repository=True)

    def _rule(
        self, name: str, send_to: SendTo, mark: Mark | None, patterns: tuple[str, ...]
    ) -> Rule:
        line = mark.line if mark else 0
        return Rule(name, self.source, send_to, self._at_home(patterns), line=line)

    def _at_home(self, patterns: tuple[str, ...]) -> tuple[str, ...]:
        """Put the home directory in for a leading `~`."""
        if not self.home:
            return patterns
        home = self.home.rstrip("/")
        return tuple(
            home + each[1:] if each.partition("/")[0] == "~" else each for each in patterns
        )
