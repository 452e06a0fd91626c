"""Records: what a mapping in a file may say, as pydantic models that remember each place."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PrivateAttr,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, PydanticCustomError

from refact_lsp.config.problems import Mark

UNKNOWN = "unknown_keys"
"""The type of the error about keys that count for nothing: `unknown`, `twice` and `known`."""

Schema = dict[str, Any]


def setting(
    default: object,
    about: str,
    *older: str,
    examples: list[Any] | None = None,
) -> Any:  # noqa: ANN401 - stands where a default of any type may stand
    """Declare a field: its default (a type: made anew), a line about it, its older names."""
    alias = AliasChoices(*older) if older else None
    if isinstance(default, type):
        return Field(
            default_factory=default, description=about, examples=examples, validation_alias=alias
        )
    return Field(default, description=about, examples=examples, validation_alias=alias)


class Record(BaseModel):
    """A frozen mapping out of a file; where null stands, a setting is not given."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        hide_input_in_errors=True,
        populate_by_name=True,
        protected_namespaces=(),
        field_title_generator=lambda name, _: name,
    )
    bare: ClassVar[str] = ""
    """The field that a text alone stands for, where that is allowed."""
    null_is_absent: ClassVar[bool] = True

    _marks: Mapping[str, Mark] = PrivateAttr(default_factory=dict)

    @property
    def marks(self) -> Mapping[str, Mark]:
        """Answer where each setting that was given was written, by our name of it."""
        return MappingProxyType(dict(self._marks))

    def marked(self, marks: Mapping[str, Mark], **values: Any) -> Self:  # noqa: ANN401 - of any field
        """Answer a copy with these marks, and these values, which are not checked again."""
        copy = self.model_copy(update=values)
        copy._marks = dict(marks)  # noqa: SLF001 - of the copy, before anybody has it
        return copy

    def changed(self, **values: Any) -> Self:  # noqa: ANN401 - of any field
        """Answer a copy with other values, which are not checked again."""
        return self.marked(self._marks, **values)

    @classmethod
    def names(cls) -> Mapping[str, str]:
        """Answer our name of each setting by every name it goes by."""
        return {
            written: name
            for name, field in cls.model_fields.items()
            for written in (name, *_older(field))
        }

    @model_validator(mode="before")
    @classmethod
    def _without_others(cls, data: object) -> object:
        """Leave nulls out; refuse keys that are unknown, or another name of one that is given."""
        if data is None and cls.null_is_absent:
            return {}
        if cls.bare and isinstance(data, str):
            return {cls.bare: data.strip()}
        if not isinstance(data, dict):
            return data
        names = cls.names()
        unknown = [key for key in data if key not in names]
        given = [key for key in data if key in names and not cls._is_absent(data[key])]
        twice = {key: first for key in given if (first := _first(key, given, names)) != key}
        if unknown or twice:
            context = {"unknown": unknown, "twice": twice, "known": sorted(names)}
            raise PydanticCustomError(UNKNOWN, "unknown keys", context)
        return {key: data[key] for key in given}

    @classmethod
    def _is_absent(cls, value: object) -> bool:
        return cls.null_is_absent and value is None

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> Schema:
        """Add what the reader takes besides: older names, nulls, and a text alone."""
        reference = handler(core_schema)
        schema: Schema = handler.resolve_ref_schema(reference)
        properties = {
            name: _or_null(each) if cls.null_is_absent else each
            for name, each in schema.get("properties", {}).items()
        }
        for older, name in cls.names().items():
            if older != name:
                about = f"Another name of `{name}`. {properties[name].get('description', '')}"
                properties[older] = {**properties[name], "title": older, "description": about}
        schema["properties"] = properties
        kinds = ["object"] + ["string"] * bool(cls.bare) + ["null"] * cls.null_is_absent
        schema["type"] = kinds if len(kinds) > 1 else "object"
        return reference


_ABOUT = ("title", "description", "examples")


def _older(field: FieldInfo) -> tuple[str, ...]:
    alias = field.validation_alias
    return tuple(map(str, alias.choices)) if isinstance(alias, AliasChoices) else ()


def _first(key: str, given: list[str], names: Mapping[str, str]) -> str:
    """Answer the name of the same setting that counts: ours, else the one written first."""
    same = [each for each in given if names[each] == names[key]]
    return names[key] if names[key] in same else same[0]


def _or_null(schema: Schema) -> Schema:
    """Allow null, in the shape that completion in editors reads best."""
    about = {key: schema[key] for key in _ABOUT if key in schema}
    rest = {key: value for key, value in schema.items() if key not in {*about, "default"}}
    default = {"default": schema["default"]} if schema.get("default") is not None else {}
    if not rest:
        return schema
    if words := rest.get("enum") or ([rest["const"]] if "const" in rest else []):
        kinds = {"enum": [*words, None]}
    elif isinstance(rest.get("type"), str):
        kinds = {**rest, "type": [rest["type"], "null"]}
    else:
        inner = rest["anyOf"] if rest.keys() == {"anyOf"} else [rest]
        null = [] if {"type": "null"} in inner else [{"type": "null"}]
        kinds = {"anyOf": [*inner, *null]}
    return {**about, **kinds, **default}
