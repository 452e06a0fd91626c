"""YAML out of files that anybody may have written: bounded, plain, every place remembered.

The pure-Python parser's events are composed here, because PyYAML's own composer recurses without
a bound and its C loader ends the process at 100,000 brackets. Scalars mean what the core schema
of YAML 1.2 says: `no` is text, `012` is twelve. Nothing in this module raises for bad input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from refact_lsp.config.problems import Problem, shown
from refact_lsp.config.yaml_words import in_our_words

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32

Scalar = str | int | float | bool | None

_CORE: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"[-+]?[0-9]{1,40}"), 10),
    (re.compile(r"0o[0-7]{1,40}"), 8),
    (re.compile(r"0x[0-9a-fA-F]{1,40}"), 16),
)
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)
_WORDS: Mapping[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it begins (1-based line and column, in characters).

    Its value is kept out of `repr`: it may be a key.
    """

    value: Scalar | tuple[Node, ...] | Mapping[str, Entry] = field(repr=False)
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its place, and its value."""

    key: str
    line: int
    column: int
    node: Node


class _RefusedError(Exception):
    """Ends the reading: the sentence, and the 1-based place."""

    def __init__(self, sentence: str, line: int, column: int) -> None:
        super().__init__(sentence)
        self.sentence, self.line, self.column = sentence, line, column


def read_yaml(content: bytes, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Read one document; answer its root, or None and what is wrong.

    An empty document is a node whose value is None. `file` only names the place in problems.
    """
    try:
        return _Composer(_decode(content)).document(), ()
    except _RefusedError as refused:
        return None, (Problem(file, refused.line, refused.column, refused.sentence),)


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise _RefusedError(f"The file is larger than {MAX_BYTES // 1024} KB.", 1, 1)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = len(before) - before.rfind(b"\n")
        message = "This is no UTF-8 text. Save the file as UTF-8."
        raise _RefusedError(message, before.count(b"\n") + 1, column) from None


class _Composer:
    """Nodes out of the parser's events, never deeper than MAX_DEPTH."""

    def __init__(self, text: str) -> None:
        self._events = _events(text)
        self._depth = 0

    def document(self) -> Node:
        event = self._next()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = self._next()
        if isinstance(event, yaml.StreamEndEvent):
            return Node(None, 1, 1)
        root = self._node(event)
        while not isinstance(event, yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                raise _refusal(event, "A second document begins here; one file holds one.")
            event = self._next()
        return root

    def _next(self) -> yaml.Event:
        event: yaml.Event = next(self._events)
        return event

    def _node(self, event: yaml.Event) -> Node:
        self._refuse(event)
        line, column = _place(event)
        if isinstance(event, yaml.ScalarEvent):
            return Node(_scalar(event), line, column)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _refusal(event, f"Nested deeper than {MAX_DEPTH} levels.")
        if isinstance(event, yaml.SequenceStartEvent):
            node = Node(tuple(self._items()), line, column)
        else:
            node = Node(self._entries(), line, column)
        self._depth -= 1
        return node

    def _items(self) -> Iterator[Node]:
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            yield self._node(event)

    def _entries(self) -> Mapping[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            self._refuse(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise _refusal(event, "A list or a mapping cannot be a key; expected a name.")
            _scalar(event)
            key = event.value
            if key in entries:
                first = entries[key].line
                raise _refusal(event, f"{shown(key)} stands here again; first in line {first}.")
            entries[key] = Entry(key, *_place(event), self._node(self._next()))
        return entries

    @staticmethod
    def _refuse(event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise _refusal(event, "Anchors and aliases are not read. Write the value out.")
        if getattr(event, "tag", None) is not None:
            raise _refusal(event, "Tags (names after `!`) are not read. Quote text that has one.")


def _events(text: str) -> Iterator[yaml.Event]:
    """Parse, and turn whatever the parser raises into a refusal; no source text goes into it."""
    last = (1, 1)
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            last = _place(event)
            yield event
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise _RefusedError("A control character stands here; text expected.", *place) from None
    except yaml.MarkedYAMLError as error:
        words, is_earlier = in_our_words(error.problem or "not understood")
        began, stands = error.context_mark, error.problem_mark
        mark = (began or stands) if is_earlier else (stands or began)
        place = (mark.line + 1, mark.column + 1) if mark else last
        raise _RefusedError(f"This is no valid YAML: {words}.", *place) from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        raise _RefusedError("This is no valid YAML: not understood.", *last) from None


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _refusal(event: yaml.Event, sentence: str) -> _RefusedError:
    return _RefusedError(sentence, *_place(event))


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    text: str = event.value
    if _SURROGATE.search(text):
        raise _refusal(event, "Half of a character (a surrogate) stands in this text.")
    return text if event.style else plain_scalar(text)


def plain_value(node: Node) -> object:
    """Answer a node as plain data: dict, list or scalar; the places are lost."""
    match node.value:
        case tuple(items):
            return [plain_value(item) for item in items]
        case Mapping() as entries:
            return {key: plain_value(entry.node) for key, entry in entries.items()}
        case scalar:
            return scalar


def plain_scalar(text: str) -> Scalar:
    """Answer what an unquoted scalar means in the core schema of YAML 1.2 (section 10.3)."""
    if text in _WORDS:
        return _WORDS[text]
    for pattern, base in _CORE:
        if pattern.fullmatch(text):
            return int(text, base)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
