"""Fields that never make an answer unreadable: what has the wrong shape counts as absent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, ValidationError, ValidatorFunctionWrapHandler
from pydantic.functional_validators import BeforeValidator, PlainValidator, WrapValidator


def _or_none(value: object, read: ValidatorFunctionWrapHandler) -> Any:  # noqa: ANN401 - any field
    try:
        return read(value)
    except ValidationError:
        return None


def _objects_only(value: object) -> object:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _whole(value: object) -> object:
    """Let `"12"`, `12.0` and `"12.0"` be 12; truth is no number, and nothing counts below 0."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = float(value)
    if isinstance(value, float):
        value = int(value) if isfinite(value) else None
    return None if isinstance(value, int) and value < 0 else value


def _only_text(value: object) -> str | None:
    """Take strings as they are: half a surrogate pair waits for its other half."""
    return value if isinstance(value, str) else None


Maybe = WrapValidator(_or_none)
"""Any shape but the right one is None."""

Objects = BeforeValidator(_objects_only)
"""A list's elements that are objects; anything but a list is an empty one."""

Count = Annotated[int | None, BeforeValidator(_whole), Maybe]
Amount = Annotated[float | None, Maybe]
Word = Annotated[str | None, PlainValidator(_only_text)]
Truth = Annotated[bool | None, Maybe]


class Tolerant(BaseModel):
    """An object on the wire; fields we do not know are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())


def decode(data: str) -> Mapping[str, Any] | None:
    """Read one JSON object, or the first of a list of them; None where there is none."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and value:
        value = value[0]
    return value if isinstance(value, dict) else None
