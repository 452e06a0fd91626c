"""Which family a model is of, by its name or by its user's word, and what that family reads."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any

from refact_lsp.providers.fim.forms import Form, form_of, tokens_in

ORDERS = ("psm", "spm")

_INSTRUCT = re.compile(r"(?:^|-)(?:instruct|instruction|chat|it|reasoning)(?:-|$)")


@dataclass(frozen=True, slots=True)
class Family:
    """One family of models that fill in the middle; see `families.toml` for the fields.

    `forms` are by `psm`, `spm`, `repo_psm` and `repo_spm`; `order` is the one to use. `special`
    are all the tokens that must not come from a user's text, longest first. `heals`: white space
    is better cut off the end of its prompts.
    """

    name: str
    forms: Mapping[str, Form]
    order: str
    stops: tuple[str, ...]
    special: tuple[str, ...]
    snippet: Form | None = None
    bos: str = ""
    instruct: bool = True
    heals: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def orders(self) -> tuple[str, ...]:
        """The orders it has a form for."""
        return tuple(order for order in ORDERS if order in self.forms)


@dataclass(frozen=True, slots=True)
class NoFamily:
    """A model that is not asked with tokens; `reason` is a sentence for the user."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    outcome: Family | NoFamily


@dataclass(frozen=True, slots=True)
class _Name:
    """A model's name made ready for the rules; `variant` has its tag too."""

    model: str
    variant: str


def family_of(name: str, hint: str = "") -> Family | None:
    """Answer the family of a model, None where it is not known or does not fill in the middle.

    `hint` names a family outright, as a user may. An unknown model is never taken for another.
    """
    found = find_family(name, hint)
    return found if isinstance(found, Family) else None


def find_family(name: str, hint: str = "") -> Family | NoFamily:
    """Answer the family of a model, or why there is none."""
    if hint:
        return _by_hint().get(_plain(hint)) or NoFamily(_unknown_hint(hint))
    for each in _names(name):
        rule = _longest(each)
        if rule is not None:
            return _outcome(rule, each)
    return NoFamily(f"No family of models that fill in the middle is known by the name {name!r}.")


def overridden(
    found: Family | NoFamily, scratchpad: str = "", patch: Mapping[str, Any] | None = None
) -> Family | NoFamily:
    """Answer a family as a model's record changes it: its order, and its own tokens over all.

    `scratchpad` and `patch` are the fields of Refact's records. The order alone changes nothing
    for a family that has no form for it.
    """
    order = "spm" if scratchpad == "FIM-SPM" else "psm"
    if patch and any(patch.get(key) for key in ("fim_prefix", "fim_suffix", "fim_middle")):
        return _from_patch(found, order, patch)
    if order == "spm" and isinstance(found, Family) and order in found.forms:
        return replace(found, order=order)
    return found


def family_names() -> tuple[str, ...]:
    """Answer the names that a hint may have."""
    return tuple(family.name for family in _families())


@cache
def _table() -> Mapping[str, Any]:
    file = resources.files(__package__).joinpath("families.toml")
    return tomllib.loads(file.read_text("utf-8"))


@cache
def _families() -> tuple[Family, ...]:
    return tuple(_family(row) for row in _table()["family"])


def _family(row: Mapping[str, Any]) -> Family:
    written = {key: row[key] for key in row if key.removeprefix("repo_") in ORDERS}
    snippet = row.get("snippet", "")
    found = {token for text in (*written.values(), snippet) for token in tokens_in(text)}
    return Family(
        name=row["name"],
        forms={key: form_of(text) for key, text in written.items()},
        order=next(iter(written)),
        stops=tuple(row["stops"]),
        special=_longest_first({*found, *row["special"], row.get("bos", "")} - {""}),
        snippet=form_of(snippet) if snippet else None,
        bos=row.get("bos", ""),
        instruct=row.get("instruct", True),
        heals=row.get("heals", False),
        aliases=tuple(row.get("aliases", ())),
    )


def _longest_first(tokens: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(tokens, key=lambda token: (-len(token), token)))


@cache
def _rules() -> tuple[_Rule, ...]:
    rules: list[_Rule] = []
    for row, family in zip(_table()["family"], _families(), strict=True):
        rules += [_Rule(re.compile(pattern), family) for pattern in row["names"]]
    for row in _table()["without"]:
        outcome = NoFamily(row["reason"])
        rules += [_Rule(re.compile(pattern), outcome) for pattern in row["names"]]
    return tuple(rules)


@cache
def _by_hint() -> Mapping[str, Family]:
    return {
        _plain(name): family for family in _families() for name in (family.name, *family.aliases)
    }


def _unknown_hint(hint: str) -> str:
    return f"There is no family {hint!r}; it may be {', '.join(family_names())}."


def _plain(name: str) -> str:
    return re.sub(r"[-_.\s/:]+", "-", name.casefold()).strip("-")


def _names(name: str) -> Iterator[_Name]:
    """Answer what to look for: the last part of a path first, then the whole of it.

    One `:` parts a tag off, two a base from its LoRA and checkpoint, whose names say nothing.
    """
    path = name.replace("\\", "/")
    for text in dict.fromkeys((path.rsplit("/", 1)[-1], path)):
        model, *tags = text.split(":")
        variant = f"{model}-{tags[0]}" if len(tags) == 1 else model
        yield _Name(_plain(model), _plain(variant))


def _longest(name: _Name) -> _Rule | None:
    found = [
        (match.end() - match.start(), -place, rule)
        for place, rule in enumerate(_rules())
        if (match := rule.pattern.search(_searched(rule, name)))
    ]
    return max(found, key=lambda each: each[:2])[2] if found else None


def _searched(rule: _Rule, name: _Name) -> str:
    """Families are known by the model, refusals also by the variant in its tag."""
    return name.variant if isinstance(rule.outcome, NoFamily) else name.model


def _outcome(rule: _Rule, name: _Name) -> Family | NoFamily:
    family = rule.outcome
    if isinstance(family, Family) and not family.instruct and _INSTRUCT.search(name.variant):
        return NoFamily("This variant was tuned for conversation; its base fills in the middle.")
    return family


@dataclass(frozen=True, slots=True)
class _Patch:
    """The tokens of a record, Refact's own defaults where it names none."""

    prefix: str = "<fim_prefix>"
    suffix: str = "<fim_suffix>"
    middle: str = "<fim_middle>"
    end: str = "<|endoftext|>"
    first: str = ""
    stops: tuple[str, ...] = field(default=())

    def form(self, order: str) -> str:
        """Write the form as Refact puts it together."""
        if order == "spm":
            parts = (self.suffix, "{suffix}", self.prefix, "{prefix}", self.middle)
        else:
            parts = (self.prefix, "{prefix}", self.suffix, "{suffix}", self.middle)
        return self.first + "".join(parts)


_PATCH_KEYS = {
    "prefix": "fim_prefix",
    "suffix": "fim_suffix",
    "middle": "fim_middle",
    "end": "eot",
    "first": "eos",
}

_CONTEXT_FORMATS = {"starcoder": ("<repo_name>", "<file_sep>")}
_CONTEXT_FORMATS["qwen2.5"] = ("<|repo_name|>", "<|file_sep|>")


def _from_patch(found: Family | NoFamily, order: str, given: Mapping[str, Any]) -> Family:
    words = {ours: str(given[key]) for ours, key in _PATCH_KEYS.items() if given.get(key)}
    extra = given.get("extra_stop_tokens")
    more = tuple(str(each) for each in extra) if isinstance(extra, list | tuple) else ()
    patch = _Patch(**words, stops=more)
    base = patch.form(order)
    forms = {order: form_of(base)}
    tokens = {patch.prefix.strip(), patch.suffix.strip(), patch.middle.strip(), patch.end, *more}
    repository = _CONTEXT_FORMATS.get(str(given.get("context_format", "")))
    snippet = None
    if repository:
        repo, file = repository
        snippet = form_of(file + "{path}\n{text}\n")
        forms[f"repo_{order}"] = form_of(f"{repo}{{repo}}\n{{snippets}}{file}{{path}}\n{base}")
        tokens |= {repo, file}
    known = found.special if isinstance(found, Family) else ()
    return Family(
        name=found.name if isinstance(found, Family) else "of the model's record",
        forms=forms,
        order=order,
        stops=tuple(dict.fromkeys((patch.end, *more, *sorted(tokens)))),
        special=_longest_first({*tokens, *known} - {""}),
        snippet=snippet,
    )
