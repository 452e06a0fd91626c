"""What a command was given: no argument, or one object whose members are checked by name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from refact_lsp.config.problems import nearest
from refact_lsp.config.secret import without_keys

Arguments = Sequence[Any]


class Options:
    """One command's object; each reader answers None for a member that is not there or null."""

    def __init__(self, command: str, arguments: Arguments, known: Collection[str]) -> None:
        self._command = command
        self._given = _one_object(command, arguments)
        for key in self._given:
            if key not in known:
                listed = f" It takes {', '.join(known) or 'none'}."
                hint = nearest(str(key), known) or listed
                raise self.wrong(f"it takes no {str(key)[:40]!r}.{hint}")

    def wrong(self, what: str) -> JsonRpcInvalidParams:
        """Answer an error that says what does not fit."""
        return JsonRpcInvalidParams(without_keys(f"{self._command}: {what}"))

    def flag(self, key: str) -> bool | None:
        """Read true or false."""
        value = self._given.get(key)
        if value is None or isinstance(value, bool):
            return value
        raise self._unexpected(key, "true or false")

    def text(self, key: str) -> str | None:
        """Read a text that is not empty."""
        value = self._given.get(key)
        if value is None or (isinstance(value, str) and value):
            return value
        raise self._unexpected(key, "a text that is not empty")

    def one_of(self, key: str, words: Sequence[str]) -> str | None:
        """Read one of a few words."""
        value = self._given.get(key)
        if value is None or value in words:
            return value
        raise self._unexpected(key, " or ".join(map(repr, words)))

    def number(self, key: str, least: float, most: float) -> float | None:
        """Read a number between two bounds."""
        value = self._given.get(key)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if value is None or (is_number and least <= value <= most):
            return value
        raise self._unexpected(key, f"a number from {least:g} to {most:g}")

    def _unexpected(self, key: str, expected: str) -> JsonRpcInvalidParams:
        return self.wrong(f"{key} must be {expected}, not {str(self._given[key])[:40]!r}.")


def _one_object(command: str, arguments: Arguments) -> dict[str, Any]:
    if not arguments or list(arguments) == [None]:
        return {}
    if len(arguments) == 1 and isinstance(arguments[0], dict):
        return arguments[0]
    told = f"{command}: expected no argument or one object, got {str(list(arguments))[:80]}."
    raise JsonRpcInvalidParams(without_keys(told))
