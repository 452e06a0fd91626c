"""In which of the four forms a provider's file gives its key, and how that is said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from refact_lsp.config.guarded_yaml import MAX_BYTES, plain_value, read_yaml
from refact_lsp.config.secret import CommandKey, EnvironmentKey, KeyringKey, KeySource, Secret

_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}", re.ASCII)


def written_form(file: Path) -> KeySource | None:
    """Answer where a file says its `api_key` comes from; None where it says nothing usable."""
    try:
        with file.open("rb") as stream:
            root, _ = read_yaml(stream.read(MAX_BYTES + 1), str(file))
    except OSError:
        return None
    plain = plain_value(root) if root is not None else None
    return form_of(plain.get("api_key")) if isinstance(plain, Mapping) else None


def form_of(value: Any) -> KeySource | None:  # noqa: ANN401 - plain YAML
    """Answer what the value of `api_key` stands for; None for nothing, or for what is no key."""
    match value:
        case str() if named := _VARIABLE.fullmatch(value.strip()):
            return EnvironmentKey(named[1] or named[2])
        case str() if value.strip():
            return Secret(value.strip())
        case {"cmd": [*argv]} if argv and all(isinstance(each, str) for each in argv):
            return CommandKey(tuple(argv))
        case {"keyring": str(entry)} if "/" in entry:
            service, _, user = entry.partition("/")
            return KeyringKey(service, user)
    return None


def named(form: KeySource | None) -> str:
    """Answer the form in words, without any of the key."""
    match form:
        case Secret():
            return "in the file"
        case EnvironmentKey():
            return f"variable {form.name}"
        case CommandKey():
            return f"program {form.argv[0]}"
        case KeyringKey():
            return f"keyring {form.service}/{form.user}"
    return "none"
