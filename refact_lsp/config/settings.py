"""Settings an editor may send, from JSON as written to `Settings` as used.

A wrong value never stops the server: it is told as a `Problem` and the value before it stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from refact_lsp.config.problems import Problem, Severity, nearest, shown

MAX_TOLD = 5
"""So many things that are wrong are told of one object of settings; an editor shows each."""

_OWN_FILES = "is read from your own files only (~/.config/refact/providers.d); here it is ignored."
_FOR_OWN_FILES = re.compile(
    r"(?:key|token|secret|password|credentials?|url|uri|apibase|endpoints?|host|server|address"
    r"|providers?|headers?|proxy|cabundle|certificates?|verify|insecure|tls|ssl|command|cmd|args"
    r"|transport|auth|env|environment|private|sendto|configdir)$"
)
"""Ends of names, in small letters alone, that say where something is sent, with what key, or run
what: an editor's settings may come out of a repository, so they are no place for it."""


class Trigger(StrEnum):
    """When inline completion is asked for: while typing too, or only on demand."""

    AUTO = "auto"
    MANUAL = "manual"


class Popup(StrEnum):
    """Whether `textDocument/completion` answers: as the client needs it, always, or never."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Settings:
    """The editor's settings in force; a change swaps the whole object.

    An empty `log_level` leaves the command line's in force. `models` are ids by role, as written:
    which of them count is decided where the user's files are known.
    """

    enable: bool = True
    languages: Mapping[str, bool] = field(default_factory=dict)
    trigger: Trigger = Trigger.AUTO
    delay_ms: int = 0
    models: Mapping[str, str] = field(default_factory=dict)
    popup: Popup = Popup.AUTO
    code_lens: bool = False
    status: bool = False
    log_level: str = ""

    def enabled_for(self, language_id: str) -> bool:
        """Answer whether completions are wanted in a language; `*` stands for all others."""
        return self.languages.get(language_id, self.languages.get("*", True))


class _WrongValueError(ValueError):
    """Carries what was expected."""


def read_settings(
    options: object, base: Settings | None = None, *, is_shared: bool = False
) -> tuple[Settings, tuple[Problem, ...]]:
    """Read camelCase options (of any shape) over `base`; answer settings and problems.

    Options may stand under a key `refact`, as some editors send them. `is_shared`: they are a
    section in which other programs of that name have theirs, so that a key is only told when it
    is much like one of ours.
    """
    settings = base or Settings()
    if options is None:
        return settings, ()
    if not isinstance(options, Mapping):
        return settings, (_told(f"settings: expected an object, got {_as_shown(options)}."),)
    inner = options.get("refact")
    given = inner if isinstance(inner, Mapping) else options
    problems: list[Problem] = []
    for key, value in given.items():
        if is_shared and key not in _READERS and not nearest(str(key), _READERS):
            continue
        read, wrong = _good_members(str(key), value)
        problems += wrong
        settings, problem = _apply(settings, str(key), read)
        if problem is not None:
            problems.append(problem)
    more = len(problems) - MAX_TOLD
    if more > 0:
        problems[MAX_TOLD:] = [_told(f"settings: {more} more are ignored.")]
    return settings, tuple(problems)


def _is_for_own_files(key: str) -> bool:
    return _FOR_OWN_FILES.search(re.sub(r"[^a-z]", "", key.lower())) is not None


def _apply(settings: Settings, key: str, value: object) -> tuple[Settings, Problem | None]:
    row = _READERS.get(key)
    if row is None:
        if _is_for_own_files(key):
            return settings, _told(f"settings: {shown(key)} {_OWN_FILES}")
        hint = nearest(key, _READERS) or f" Known: {', '.join(_READERS)}."
        return settings, _told(f"settings: unknown key {shown(key)} is ignored.{hint}")
    attribute, read = row
    try:
        return replace(settings, **{attribute: read(value)}), None
    except _WrongValueError as expected:
        given = _as_shown(value)
        return settings, _told(f"settings.{key}: {given} is ignored; expected {expected}.")


def _good_members(key: str, value: object) -> tuple[object, list[Problem]]:
    """Answer the members of an object that are right: a wrong one takes no other with it."""
    if key not in _MEMBERS or not isinstance(value, Mapping):
        return value, []
    kind, words = _MEMBERS[key]
    wrong = {name: each for name, each in value.items() if not isinstance(each, kind)}
    given = {shown(str(name)): _as_shown(each) for name, each in wrong.items()}
    told = [
        _told(f"settings.{key}: {each} for {name} is ignored; expected {words}.")
        for name, each in given.items()
    ]
    return {name: each for name, each in value.items() if name not in wrong}, told


def _as_shown(value: object) -> str:
    """Answer a value as it may stand in a message: nothing that could be a key, nothing long."""
    match value:
        case None | bool() | float():
            return repr(value)
        case int() if abs(value) < 10**9:
            return repr(value)
        case str():
            quoted = shown(value)
            return quoted if quoted.endswith("'") else "a text"
        case Mapping():
            return "an object"
    return "a list" if isinstance(value, (list, tuple)) else "a value"


def _told(sentence: str) -> Problem:
    return Problem("settings", 0, 0, sentence, Severity.WARNING)


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _WrongValueError("true or false")


def _milliseconds(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000:
        return value
    raise _WrongValueError("a whole number of milliseconds, 0 to 10000")


def _language_map(value: object) -> Mapping[str, bool]:
    if isinstance(value, Mapping):
        return {str(language): flag for language, flag in value.items()}
    raise _WrongValueError("an object from language id to true or false")


def _model_map(value: object) -> Mapping[str, str]:
    if isinstance(value, Mapping):
        return {str(role): model for role, model in value.items()}
    raise _WrongValueError("an object from role to the id of a model")


def _one_of(kind: type[StrEnum]) -> Callable[[object], StrEnum]:
    def read(value: object) -> StrEnum:
        try:
            return kind(str(value))
        except ValueError:
            raise _WrongValueError(" or ".join(repr(str(member)) for member in kind)) from None

    return read


class _LogLevel(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    DEBUG = "debug"


_READERS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "enable": ("enable", _boolean),
    "languages": ("languages", _language_map),
    "trigger": ("trigger", _one_of(Trigger)),
    "delayMs": ("delay_ms", _milliseconds),
    "models": ("models", _model_map),
    "popup": ("popup", _one_of(Popup)),
    "codeLens": ("code_lens", _boolean),
    "status": ("status", _boolean),
    "logLevel": ("log_level", _one_of(_LogLevel)),
}
_MEMBERS: Mapping[str, tuple[type, str]] = {
    "languages": (bool, "true or false"),
    "models": (str, "the id of a model"),
}
