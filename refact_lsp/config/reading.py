"""Records out of the nodes of a file, and every problem with its place, in words for people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from refact_lsp.config.guarded_yaml import Node, plain_value, read_yaml
from refact_lsp.config.problems import Mark, Problem, Severity, nearest, shown
from refact_lsp.config.record import UNKNOWN, Record
from refact_lsp.config.shapes import EXPECTED, REFUSED

R = TypeVar("R", bound=Record)

_Location = tuple[str | int, ...]
_WORD = re.compile(r"'([^']*)'")
_WORDS = {
    "bool_type": "true or false",
    "tuple_type": "a list of texts",
    "dict_type": "a mapping from names to settings",
    "model_type": "a mapping of settings",
}


def read_file(
    kind: type[R], content: bytes, file: str, *, unknown: Severity = Severity.WARNING
) -> tuple[R | None, tuple[Problem, ...]]:
    """Read YAML into a record; None where the file as a whole is not understood."""
    root, problems = read_yaml(content, file)
    return (None, problems) if root is None else read_record(kind, root, file, unknown=unknown)


def read_record(
    kind: type[R], root: Node, file: str, *, unknown: Severity = Severity.WARNING
) -> tuple[R | None, tuple[Problem, ...]]:
    """Read a node into a record; what is wrong in it is told and counts as not given.

    Problems stand in the order of the file. None where the node is no mapping at all.
    """
    source = _Source(root, file, unknown)
    data = plain_value(root)
    problems: list[Problem] = []
    cut: set[_Location] = set()
    while True:
        try:
            record = kind.model_validate(data)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False)
        else:
            places = sorted(problems, key=lambda each: (each.line, each.column))
            return with_marks(record, root, file), tuple(places)
        for each in wrong:
            if each["type"] != "missing" or each["loc"] not in cut:
                problems += source.told(each["type"], each["loc"], each.get("ctx", {}))
        ways = {way for each in wrong for way in _cuts(data, each["loc"], each.get("ctx", {}))}
        if () in ways:
            return None, tuple(problems)
        for way in ways:
            _cut_out(data, way)
        cut |= ways


@dataclass(frozen=True, slots=True)
class _Source:
    """The nodes of one file, to find the place that a location of pydantic's means."""

    root: Node
    file: str
    unknown: Severity

    def told(self, kind: str, location: _Location, context: Mapping[str, Any]) -> Iterator[Problem]:
        """Say in our words what pydantic found wrong."""
        key, node = self._reached(location)
        if kind == UNKNOWN and isinstance(node.value, Mapping):
            yield from self._unknown(node.value, context)
            return
        mark = Mark(self.file, node.line, node.column)
        if kind == "missing":
            yield mark.problem(f"{shown(str(location[-1]))} is missing here.")
        elif kind == REFUSED:
            yield mark.problem(f"{shown(key)}: {context['words']}." if key else context["words"])
        else:
            words = _expectation(kind, node, context)
            end = "" if words.endswith("?") else "."
            yield mark.problem(
                f"{shown(key)}: expected {words}{end}" if key else f"Expected {words}{end}"
            )

    def _unknown(self, entries: Mapping[str, Any], context: Mapping[str, Any]) -> Iterator[Problem]:
        end = "." if self.unknown is Severity.ERROR else " is ignored."
        for key in context["unknown"]:
            mark = Mark(self.file, entries[key].line, entries[key].column)
            hint = nearest(key, context["known"])
            yield mark.problem(f"Unknown key {shown(key)}{end}{hint}", self.unknown)
        for key, first in context["twice"].items():
            mark = Mark(self.file, entries[key].line, entries[key].column)
            sentence = f"{key!r} and {first!r} are one setting; what {first!r} says counts."
            yield mark.problem(sentence, self.unknown)

    def _reached(self, location: _Location) -> tuple[str, Node]:
        """Follow a location as far as the file goes; answer the last key on the way, and where."""
        key, node = "", self.root
        for step in location:
            if isinstance(step, str) and isinstance(node.value, Mapping) and step in node.value:
                key, node = step, node.value[step].node
            elif isinstance(step, int) and isinstance(node.value, tuple):
                node = node.value[step]
            else:
                break
        return key, node


def _expectation(kind: str, node: Node, context: Mapping[str, Any]) -> str:
    if kind == EXPECTED:
        return str(context["words"])
    if kind == "string_type":
        is_scalar = isinstance(node.value, (bool, int, float))
        return "text in quotes" if is_scalar else "text"
    if kind == "literal_error":
        words = [each for each in _WORD.findall(context["expected"]) if each]
        hint = nearest(node.value, words) if isinstance(node.value, str) else ""
        choice = f"one of {', '.join(words)}" if len(words) > 1 else words[0]
        return f"{choice}{'.' if hint else ''}{hint}"
    return _WORDS.get(kind, "another kind of value")


def _cuts(data: object, location: _Location, context: Mapping[str, Any]) -> Iterator[_Location]:
    """Answer the ways to the entries that one error takes out of the data; () is the whole."""
    at, walked, entry = data, list[str | int](), 0
    for step in location:
        if isinstance(at, dict) and step in at:
            walked.append(step)
            at, entry = at[step], len(walked)
        elif isinstance(at, list) and isinstance(step, int):
            walked.append(step)
            at = at[step]
        else:
            break
    unwanted = [*context.get("unknown", ()), *context.get("twice", ())]
    yield from ((*walked, key) for key in unwanted)
    if not unwanted:
        yield tuple(walked[:entry])


def _cut_out(data: object, way: _Location) -> None:
    at: Any = data
    for step in way[:-1]:
        if isinstance(at, dict) and step not in at:
            return
        at = at[step]
    at.pop(way[-1], None)


def with_marks(record: R, node: Node, file: str) -> R:
    """Answer a record, and those inside it, with the places of what was given."""
    if record.bare and isinstance(node.value, str):
        return record.marked({record.bare: Mark(file, node.line, node.column)})
    if not isinstance(node.value, Mapping):
        return record
    names = record.names()
    marks: dict[str, Mark] = {}
    values: dict[str, object] = {}
    for key, entry in node.value.items():
        if key in names and entry.node.value is not None:
            name = names[key]
            marks[name] = Mark(file, entry.node.line, entry.node.column)
            if name in record.model_fields_set:
                values[name] = _marked_value(getattr(record, name), entry.node, file)
    return record.marked(marks, **values)


def _marked_value(value: object, node: Node, file: str) -> object:
    if isinstance(value, Record):
        return with_marks(value, node, file)
    if isinstance(value, Mapping) and isinstance(node.value, Mapping):
        return {key: _marked_value(each, node.value[key].node, file) for key, each in value.items()}
    if isinstance(value, tuple) and isinstance(node.value, tuple) and len(value) == len(node.value):
        return tuple(
            _marked_value(each, inner, file) for each, inner in zip(value, node.value, strict=True)
        )
    return value
