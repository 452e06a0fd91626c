"""The kinds of values a field of a file may have: how each is read, and its JSON Schema."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from refact_lsp.config.guarded_yaml import Node, read_yaml
from refact_lsp.config.problems import Problem, nearest
from refact_lsp.config.secret import CommandKey, EnvironmentKey, KeyringKey, KeySource, Secret

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Schema = dict[str, Any]
_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(slots=True)
class Reading:
    """One file being read: its name, and what was found wrong so far."""

    file: str
    problems: list[Problem]


class WrongValueError(Exception):
    """Carries what was expected, and the node that is something else."""

    def __init__(self, expected: str, node: Node) -> None:
        super().__init__(expected)
        self.expected, self.node = expected, node


class Kind(Protocol[T_co]):
    """A kind of value; `read` raises WrongValueError for a node of another."""

    def read(self, node: Node, reading: Reading) -> T_co:
        """Answer the value of a node."""

    def schema(self) -> Schema:
        """Answer the JSON Schema of such values."""


@dataclass(frozen=True, slots=True)
class Text:
    """Text; what YAML takes for a number or a truth value must be quoted."""

    expected: str = "text"
    pattern: str = ""

    def read(self, node: Node, reading: Reading) -> str:  # noqa: ARG002 - the kinds' interface
        """Answer the text."""
        if not isinstance(node.value, str):
            quoted = " in quotes" if isinstance(node.value, (bool, int, float)) else ""
            raise WrongValueError(f"{self.expected}{quoted}", node)
        if self.pattern and not re.fullmatch(self.pattern, node.value):
            raise WrongValueError(self.expected, node)
        return node.value

    def schema(self) -> Schema:
        """Answer a string."""
        return {"type": "string"} | ({"pattern": f"^(?:{self.pattern})$"} if self.pattern else {})


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some words."""

    words: tuple[str, ...]

    def read(self, node: Node, reading: Reading) -> str:  # noqa: ARG002 - the kinds' interface
        """Answer the word."""
        if node.value in self.words:
            return str(node.value)
        hint = nearest(node.value, self.words) if isinstance(node.value, str) else ""
        raise WrongValueError(f"one of {', '.join(self.words)}{'.' if hint else ''}{hint}", node)

    def schema(self) -> Schema:
        """Answer an enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, node: Node, reading: Reading) -> bool:  # noqa: ARG002 - the kinds' interface
        """Answer the truth value; `yes` and `no` are text in YAML 1.2."""
        if isinstance(node.value, bool):
            return node.value
        raise WrongValueError("true or false", node)

    def schema(self) -> Schema:
        """Answer a boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, not negative."""

    high: int = 1_000_000_000

    def read(self, node: Node, reading: Reading) -> int:  # noqa: ARG002 - the kinds' interface
        """Answer the number."""
        value = node.value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= self.high:
            return value
        raise WrongValueError(f"a whole number, 0 to {self.high}", node)

    def schema(self) -> Schema:
        """Answer an integer."""
        return {"type": "integer", "minimum": 0, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number."""

    def read(self, node: Node, reading: Reading) -> float:  # noqa: ARG002 - the kinds' interface
        """Answer the number."""
        value = node.value
        if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        raise WrongValueError("a number", node)

    def schema(self) -> Schema:
        """Answer a number."""
        return {"type": "number"}


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts."""

    def read(self, node: Node, reading: Reading) -> tuple[str, ...]:
        """Answer the texts in their order."""
        if not isinstance(node.value, tuple):
            raise WrongValueError("a list of texts", node)
        return tuple(Text().read(item, reading) for item in node.value)

    def schema(self) -> Schema:
        """Answer an array of strings."""
        return {"type": "array", "items": {"type": "string"}}


@dataclass(frozen=True, slots=True)
class Anything:
    """A mapping of any shape, kept as plain values."""

    def read(self, node: Node, reading: Reading) -> Mapping[str, Any]:  # noqa: ARG002 - the kinds'
        """Answer dicts, lists and scalars."""
        if not isinstance(node.value, Mapping):
            raise WrongValueError("a mapping", node)
        return {key: _plain(entry.node) for key, entry in node.value.items()}

    def schema(self) -> Schema:
        """Answer an object."""
        return {"type": "object"}


def _plain(node: Node) -> object:
    if isinstance(node.value, tuple):
        return [_plain(item) for item in node.value]
    if isinstance(node.value, Mapping):
        return {key: _plain(entry.node) for key, entry in node.value.items()}
    return node.value


@dataclass(frozen=True, slots=True)
class Unread:
    """A field that belongs to another program; nothing of it is kept."""

    def read(self, node: Node, reading: Reading) -> None:
        """Answer nothing."""

    def schema(self) -> Schema:
        """Answer whatever stands there."""
        return {}


@dataclass(frozen=True, slots=True)
class Headers:
    """Header names to texts, or one text that holds such a mapping; values may be keys."""

    def read(self, node: Node, reading: Reading) -> Mapping[str, Secret]:
        """Answer the headers."""
        expected = "a mapping of header names to texts"
        held = node
        if isinstance(node.value, str):
            inner, _ = read_yaml(node.value.encode("utf-8", "replace"), reading.file)
            if inner is None:
                raise WrongValueError(expected, node)
            held = inner
        if held.value is None:
            return {}
        if not isinstance(held.value, Mapping):
            raise WrongValueError(expected, node)
        headers: dict[str, Secret] = {}
        for key, entry in held.value.items():
            text = entry.node.value
            if not isinstance(text, str) or not _HEADER.fullmatch(key) or _breaks(text):
                raise WrongValueError(expected, entry.node if held is node else node)
            headers[key] = Secret(text)
        return headers

    def schema(self) -> Schema:
        """Answer an object of strings, or a string."""
        mapping = {"type": "object", "additionalProperties": {"type": "string"}}
        return {"anyOf": [mapping, {"type": "string"}]}


@dataclass(frozen=True, slots=True)
class Key:
    """A key: `$NAME`, `${NAME}`, `{cmd: [argv]}`, `{keyring: service/user}`, or the key itself."""

    def read(self, node: Node, reading: Reading) -> KeySource:
        """Answer where the key comes from; a literal one is a Secret."""
        expected = "a key in quotes, $NAME, {cmd: [argv]} or {keyring: service/user}"
        if isinstance(node.value, str):
            return _key_in_text(node, expected)
        if isinstance(node.value, Mapping) and len(node.value) == 1:
            (entry,) = node.value.values()
            if entry.key == "cmd" and (argv := Texts().read(entry.node, reading)):
                return CommandKey(argv)
            if entry.key == "keyring" and isinstance(entry.node.value, str):
                service, _, user = entry.node.value.partition("/")
                if service and user:
                    return KeyringKey(service, user)
        raise WrongValueError(expected, node)

    def schema(self) -> Schema:
        """Answer a string, or one of the two objects."""
        command = {"cmd": {"type": "array", "items": {"type": "string"}, "minItems": 1}}
        keyring = {"keyring": {"type": "string", "pattern": "^[^/]+/.+$"}}
        forms = [
            {
                "type": "object",
                "properties": each,
                "required": [*each],
                "additionalProperties": False,
            }
            for each in (command, keyring)
        ]
        return {"anyOf": [{"type": "string"}, *forms]}


def _key_in_text(node: Node, expected: str) -> KeySource:
    text = str(node.value).strip()
    if named := _VARIABLE.fullmatch(text):
        return EnvironmentKey(named[1] or named[2])
    if text.endswith("..."):
        raise WrongValueError(f"{expected}; this is the placeholder of a template", node)
    if _breaks(text) or not text.isascii():
        raise WrongValueError(f"{expected}, on one line and without special characters", node)
    return Secret(text)


def _breaks(text: str) -> bool:
    return any(not character.isprintable() for character in text)
