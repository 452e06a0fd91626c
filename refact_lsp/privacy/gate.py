"""The privacy gate: one function that stands before everything that is sent.

The built-in secret zone decides first, then the content detectors, then the policy. Pure: the
caller follows links, finds the repository and reads the text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from refact_lsp.privacy.destination import Destination
from refact_lsp.privacy.detectors import find_secrets
from refact_lsp.privacy.globs import matches
from refact_lsp.privacy.names import folded_paths
from refact_lsp.privacy.policy import CLOSED, NOWHERE, Policy, Rule, remote_name
from refact_lsp.privacy.zone import is_secret

MAX_PATH_CHARS = 8_192
"""No system takes a longer one; such a path is not judged but refused."""

BUILT_IN = "built-in secret zone"
CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Repository:
    """The git repository that holds a file: its top folder and its remotes, with no credentials."""

    root: PurePath
    remotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be sent: the file it comes from and, where it is at hand, its text.

    `real_path` is the file once links are followed. A `text` is judged by its content too; leave
    it out for text that went through `detectors.mask`.
    """

    path: PurePath
    real_path: PurePath
    repository: Repository | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it may be sent, and the rule that decided; both texts empty where none did."""

    allowed: bool
    rule: str = ""
    source: str = ""

    def __str__(self) -> str:
        return f"{self.source}: {self.rule}" if self.rule else "no rule forbids it"


ALLOWED = Verdict(allowed=True)
"""No rule forbids it."""


def decide(item: Item, destination: Destination, policy: Policy) -> Verdict:
    """Answer whether an item may go to a destination, with the first rule that forbids it."""
    return _whatever_the_destination(item) or _by_policy(item, destination, policy)


def explain(
    item: Item, destinations: Iterable[Destination], policy: Policy
) -> tuple[tuple[Destination, Verdict], ...]:
    """Answer the verdict for each destination; the text is searched once."""
    always = _whatever_the_destination(item)
    return tuple(
        (destination, always or _by_policy(item, destination, policy))
        for destination in destinations
    )


@dataclass(frozen=True, slots=True)
class Border:
    """What keeps a file's text from other files: the rules, each with the pattern that matched.

    `home` is the folder that the text stays in: the repository or, outside of one, the outermost
    folder that the first rule matches. `file` is set where a rule keeps the text in the file alone.
    """

    rules: tuple[tuple[Rule, str], ...] = ()
    home: PurePath | None = None
    file: PurePath | None = None


def keeps_text_inside(rule: Rule) -> bool:
    """Answer whether a rule keeps the text of what it matches from other files.

    Rules of repositories do, those that send nowhere, and the rule of a policy that is broken.
    """
    return not rule.send_to.is_everyone and (
        rule.is_repository or rule.send_to == NOWHERE or rule in CLOSED.rules
    )


def border_of(item: Item, policy: Policy) -> Border:
    """Answer what keeps an item's text from other files; no rules where nothing does."""
    found = [
        (rule, by)
        for rule in policy.rules
        if keeps_text_inside(rule) and (by := _match(rule, item))
    ]
    if not found:
        return Border(home=item.repository.root if item.repository else None)
    is_alone = any(not rule.is_repository and rule not in CLOSED.rules for rule, _ in found)
    home = item.repository.root if item.repository else _outermost(found[0][0], item)
    return Border(tuple(found), home, item.path if is_alone else None)


def may_cross(source: Border, target: Border) -> Verdict:
    """Answer whether text from behind one border may be shown beside what is behind another."""
    held = {rule for rule, _ in target.rules}
    is_home = source.home is not None and source.home == target.home
    if source.file is not None and source.file == target.file:
        return ALLOWED
    for rule, by in source.rules:
        if source.file is not None or not is_home or rule not in held:
            return Verdict(allowed=False, rule=f"{rule.name}: {by}", source=rule.source)
    return ALLOWED


def may_be_context(item: Item, cursor: Item, policy: Policy) -> Verdict:
    """Answer whether an item may be shown beside `cursor`, the file that is completed.

    Text of a repository that a rule restricts stays in what that rule restricts of the same
    repository, wherever it is sent; what is sent nowhere stays in its file.
    """
    return may_cross(border_of(item, policy), border_of(cursor, policy))


def _outermost(rule: Rule, item: Item) -> PurePath:
    """Answer the outermost folder around an item that a rule matches.

    Where nobody knows the rules, text stays in its folder.
    """
    if rule in CLOSED.rules:
        return item.real_path.parent
    around = [item.real_path, *item.real_path.parents][::-1]
    return next((each for each in around if _match(rule, Item(each, each))), item.real_path)


def _whatever_the_destination(item: Item) -> Verdict | None:
    if max(len(str(item.path)), len(str(item.real_path))) > MAX_PATH_CHARS:
        return Verdict(allowed=False, rule="a path too long to judge", source=BUILT_IN)
    if rule := is_secret(item.path, item.real_path):
        return Verdict(allowed=False, rule=rule, source=BUILT_IN)
    if item.text is None or not (found := find_secrets(item.text)):
        return None
    line = item.text.count("\n", 0, found[0].start) + 1
    return Verdict(allowed=False, rule=f"{found[0].kind} in line {line}", source=CONTENT)


def _by_policy(item: Item, destination: Destination, policy: Policy) -> Verdict:
    for rule in policy.rules:
        if not rule.send_to.allows(destination) and (by := _match(rule, item)):
            return Verdict(allowed=False, rule=f"{rule.name}: {by}", source=rule.source)
    return ALLOWED


def _match(rule: Rule, item: Item) -> str | None:
    """Answer the pattern of a rule that an item matches."""
    for path, relative in _spellings(item):
        for pattern in rule.patterns:
            if matches(pattern, path, relative):
                return pattern
    remotes = item.repository.remotes if item.repository else ()
    for remote in remotes:
        for pattern in rule.remotes:
            if matches(pattern, remote_name(remote)):
                return pattern
    return None


def _spellings(item: Item) -> list[tuple[str, str | None]]:
    """Every way to write the item's path, each with what it is below the repository's root."""
    root = item.repository.root if item.repository else None
    roots = [each.rstrip("/") + "/" for each in folded_paths(root)] if root else []
    paths = (*folded_paths(item.path), *folded_paths(item.real_path))
    found: list[tuple[str, str | None]] = [
        (path, next((path[len(top) :] for top in roots if path.startswith(top)), None))
        for path in dict.fromkeys(paths)
    ]
    below = next((relative for _, relative in found if relative), None)
    if below:  # the file through the root's other name, when the root is a link
        found += [(top + below, below) for top in roots]
    return found
