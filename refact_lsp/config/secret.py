"""Keys: a value that never shows itself, and the four ways a file may name one."""

from __future__ import annotations

import weakref
from dataclasses import dataclass

MASK = "****"

_living: weakref.WeakValueDictionary[int, Secret] = weakref.WeakValueDictionary()


class Secret:
    """A text that only `reveal` gives out; everything that prints it prints a mask.

    As long as one lives, `redaction` masks its text in all that goes out.
    """

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
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


KeySource = Secret | EnvironmentKey | CommandKey | KeyringKey
