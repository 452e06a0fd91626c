"""Which row of `profiles.toml` a client is: by its name first, then by what it announces."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from refact_lsp.session.client import Profile


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: how a client is recognised, and its profile."""

    names: tuple[str, ...]
    announces: tuple[str, ...]
    profile: Profile


@cache
def rows() -> tuple[Row, ...]:
    """Read the table; the last row is `default` and fits everyone."""
    table = tomllib.loads(resources.files(__package__).joinpath("profiles.toml").read_text("utf-8"))
    default = table["default"]
    return (
        *(_row(entry, default) for entry in table["profile"]),
        Row((), (), Profile(name="default", **default)),
    )


def _row(entry: Mapping[str, Any], default: Mapping[str, Any]) -> Row:
    fields = dict(entry)
    names, announces = fields.pop("names", ()), fields.pop("announces", ())
    return Row(
        tuple(name.casefold() for name in names), tuple(announces), Profile(**{**default, **fields})
    )


def profile_of(client_name: str, capabilities: Mapping[str, Any], *, hint: str = "") -> Profile:
    """Answer the profile of a client; `hint` names a row outright, as the command line may."""
    name = client_name.casefold()
    for row in rows():
        if hint and row.profile.name == hint:
            return row.profile
    for row in rows():
        if any(name.startswith(known) for known in row.names):
            return row.profile
    for row in rows():
        if row.announces and all(announces(capabilities, path) for path in row.announces):
            return row.profile
    return rows()[-1].profile


def announces(capabilities: Any, path: str) -> bool:  # noqa: ANN401 - JSON of any shape
    """Tell whether a capability (`a.b.c`) is there: an object, even an empty one, or true."""
    found = capabilities
    for key in path.split("."):
        if not isinstance(found, Mapping):
            return False
        found = found.get(key)
    return isinstance(found, Mapping | list) or found is True
