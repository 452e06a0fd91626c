"""Records: dataclasses whose fields say how they are read out of a file."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from refact_lsp.config.guarded_yaml import Node
from refact_lsp.config.kinds import Kind, Reading, Schema, T, WrongValueError
from refact_lsp.config.problems import Mark, Problem, Severity, nearest, shown


class Record(Protocol):
    """A dataclass of `setting`s, and `marks`: where each that was given was written."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __init__(self, *, marks: Mapping[str, Mark] = ..., **values: Any) -> None: ...  # noqa: ANN401 - of any kind

    @property
    def marks(self) -> Mapping[str, Mark]:
        """Answer the places by our name of the setting."""


R = TypeVar("R", bound=Record)


def setting(kind: Kind[T], default: T, about: str, aliases: tuple[str, ...] = ()) -> T:
    """Declare a field: its kind, what it is when absent, a line about it, its older names."""
    metadata = {"kind": kind, "about": about, "aliases": aliases}
    if isinstance(default, dict):
        return cast("T", dataclasses.field(default_factory=dict, metadata=metadata))
    return dataclasses.field(default=default, metadata=metadata)


def settings_of(record: type[Record]) -> dict[str, dataclasses.Field[Any]]:
    """Answer the settings of a record by every name they go by."""
    found: dict[str, dataclasses.Field[Any]] = {}
    for each in dataclasses.fields(record):
        if "kind" in each.metadata:
            found |= dict.fromkeys((each.name, *each.metadata["aliases"]), each)
    return found


@dataclass(frozen=True, slots=True)
class RecordOf(Generic[R]):
    """A mapping read into a record; `name_key` takes a bare text as that one field."""

    record: type[R]
    name_key: str = ""

    def read(self, node: Node, reading: Reading) -> R:
        """Read every known field; tell unknown names as warnings, wrong values as errors."""
        if self.name_key and isinstance(node.value, str):
            mark = Mark(reading.file, node.line, node.column)
            return self.record(**{self.name_key: node.value.strip()}, marks={self.name_key: mark})
        if node.value is None:
            return self.record()
        if not isinstance(node.value, Mapping):
            raise WrongValueError("a mapping of settings", node)
        known, values, marks = settings_of(self.record), {}, {}
        for key, entry in node.value.items():
            if (place := known.get(key)) is None:
                reading.problems.append(
                    _unknown(entry.key, known, Mark(reading.file, entry.line, entry.column))
                )
            elif entry.node.value is not None:
                try:
                    values[place.name] = place.metadata["kind"].read(entry.node, reading)
                except WrongValueError as wrong:
                    reading.problems.append(_wrong(key, wrong, reading.file))
                marks[place.name] = Mark(reading.file, entry.node.line, entry.node.column)
        return self.record(**values, marks=marks)

    def schema(self) -> Schema:
        """Answer an object with a property for every name."""
        properties = {
            name: each.metadata["kind"].schema() | {"description": each.metadata["about"]}
            for name, each in settings_of(self.record).items()
        }
        whole: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {"anyOf": [whole, {"type": "string"}]} if self.name_key else whole


@dataclass(frozen=True, slots=True)
class MapOf(Generic[T]):
    """A mapping from names (of models) to values of one kind."""

    kind: Kind[T]

    def read(self, node: Node, reading: Reading) -> Mapping[str, T]:
        """Answer the values by name; one that is wrong is told and left out."""
        if not isinstance(node.value, Mapping):
            raise WrongValueError("a mapping from names to settings", node)
        values: dict[str, T] = {}
        for key, entry in node.value.items():
            try:
                values[key] = self.kind.read(entry.node, reading)
            except WrongValueError as wrong:
                reading.problems.append(_wrong(key, wrong, reading.file))
        return values

    def schema(self) -> Schema:
        """Answer an object of any names; a name alone, without settings, is one too."""
        inner = {"anyOf": [self.kind.schema(), {"type": "null"}]}
        return {"type": "object", "additionalProperties": inner}


def _unknown(key: str, known: Mapping[str, object], mark: Mark) -> Problem:
    hint = nearest(key, known)
    return mark.problem(f"Unknown key {shown(key)} is ignored.{hint}", Severity.WARNING)


def _wrong(key: str, wrong: WrongValueError, file: str) -> Problem:
    mark = Mark(file, wrong.node.line, wrong.node.column)
    end = "" if wrong.expected.endswith("?") else "."
    return mark.problem(f"{shown(key)}: expected {wrong.expected}{end}")
