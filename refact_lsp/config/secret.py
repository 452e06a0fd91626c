"""Keys: a value that never shows itself, and the four ways a file may name one."""

from __future__ import annotations

import re
import weakref
from dataclasses import dataclass

from refact_lsp.masking import MASK

_LIKE_A_KEY = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{8,}|(?:gsk|hf|gh[pousr]|github_pat|glpat|nvapi)[-_][A-Za-z0-9_-]{8,}"
    r"|(?:xai|pplx)-[A-Za-z0-9]{16,}|AIza[A-Za-z0-9_-]{20,}|AKIA[A-Z0-9]{12,})[^\s'\",]*"
)
"""Beginnings of keys that services publish, and enough after them to be one."""


def looks_like_key(text: str) -> bool:
    """Answer whether a text holds what begins as the keys of known services do."""
    return _LIKE_A_KEY.search(text) is not None


def without_keys(text: str) -> str:
    """Mask what looks like a key in a text."""
    return _LIKE_A_KEY.sub(MASK, text)


_living: weakref.WeakValueDictionary[int, Secret] = weakref.WeakValueDictionary()


class Secret:
    """A text that only `reveal` gives out; everything that prints it prints a mask.

    `variable` names the one of the environment that it came from; empty: none. As long as one
    lives, `redaction` masks its text in all that goes out.
    """

    __slots__ = ("__weakref__", "_value", "variable")

    def __init__(self, value: str, variable: str = "") -> None:
        self._value = value
        self.variable = variable
        _living[id(self)] = self  # by identity: an equal one must not stand for it when it goes

    def reveal(self) -> str:
        """Answer the text itself; for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("A secret is not written anywhere.")


def living_secrets() -> tuple[Secret, ...]:
    """Answer every secret that somebody still holds."""
    references = _living.valuerefs()  # a list at once: other threads make secrets meanwhile
    return tuple(found for each in references if (found := each()) is not None)


@dataclass(frozen=True, slots=True)
class EnvironmentKey:
    """A key in the environment: `$NAME` or `${NAME}` as the whole value."""

    name: str

    def __str__(self) -> str:
        return f"${self.name}"


@dataclass(frozen=True, slots=True)
class CommandKey:
    """A key that a program of the user's prints: `{cmd: [argv]}`."""

    argv: tuple[str, ...]

    def __str__(self) -> str:
        return f"{{cmd: [{self.argv[0]}, ...]}}"


@dataclass(frozen=True, slots=True)
class KeyringKey:
    """A key in the system's keyring: `{keyring: service/user}`."""

    service: str
    user: str

    def __str__(self) -> str:
        return f"{{keyring: {self.service}/{self.user}}}"


_LIKE_REFERENCES = (
    (re.compile(r"\$"), "begins with $ but names no variable"),
    (re.compile(r"%[^%\s]+%\Z"), "stands in percent signs, which name no variable here"),
    (re.compile(r"\{.*\}\Z"), "stands in braces, which name no variable here"),
)
"""How other programs' files name a variable, and what one says of it who meant one here."""


def unread_reference(key: Secret) -> str:
    """Answer in words what makes a key look like a reference that is none; empty: nothing."""
    text = key.reveal()
    return next((words for form, words in _LIKE_REFERENCES if form.match(text)), "")


KeySource = Secret | EnvironmentKey | CommandKey | KeyringKey
