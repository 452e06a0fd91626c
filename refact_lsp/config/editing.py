"""Changes to a YAML text that leave every other byte of it as it was.

The places of keys and values come from ruamel.yaml's composer, and only their text is exchanged.
What comes out is read again and compared with what was meant; a text that is too unusual for that
goes through ruamel.yaml's round trip as a whole, which keeps comments but not every blank.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from refact_lsp.config.guarded_yaml import plain_scalar, plain_value, read_yaml
from refact_lsp.errors import ConfigError

Plain = str | int | float | bool | Sequence["Plain"] | Mapping[str, "Plain"]

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Change:
    """A value for the key at the end of a path of keys; None takes the key away.

    The value is kept out of `repr`: it may be a key.
    """

    path: tuple[str, ...]
    value: Plain | None = field(repr=False)


def read_mapping(content: bytes, file: str) -> dict[str, Any]:
    """Answer what a file says, as plain data; ConfigError where it is broken or no mapping."""
    root, problems = read_yaml(content, file)
    if root is None:
        raise ConfigError(f"{problems[0]} Nothing was changed; mend the file first.")
    plain = plain_value(root)
    if plain is None:
        return {}
    if not isinstance(plain, dict):
        raise ConfigError(f"{file}:{root.line}:{root.column}: expected a mapping of settings.")
    return plain


def edited(content: bytes, changes: Iterable[Change], file: str) -> bytes:
    """Answer the content with the changes made; ConfigError where it cannot be changed safely."""
    meant = read_mapping(content, file)
    text = content.decode("utf-8-sig")
    for change in changes:
        meant = _meant(meant, change.path, change.value)
        text = _changed(text, change, meant)
    mark = _BYTE_ORDER_MARK if content.startswith(_BYTE_ORDER_MARK.encode()) else ""
    return (mark + text).encode()


def _meant(data: Mapping[str, Any], path: Sequence[str], value: Plain | None) -> dict[str, Any]:
    key, *rest = path
    if rest:
        inner = data.get(key)
        value = _meant(inner if isinstance(inner, Mapping) else {}, rest, value)
    if value is None:
        return {name: each for name, each in data.items() if name != key}
    return {**data, key: value}


def _changed(text: str, change: Change, meant: Mapping[str, Any]) -> str:
    for attempt in (_exchanged, _round_trip):
        new = attempt(text, change)
        if new is not None and _reads_as(new, meant):
            return new
    name = ".".join(change.path)
    raise ConfigError(f"{name} cannot be written into a file of this form; edit it yourself.")


def _reads_as(text: str, meant: Mapping[str, Any]) -> bool:
    root, _ = read_yaml(text.encode("utf-8", "replace"), "")
    return root is not None and (plain_value(root) or {}) == meant


def _round_trip(text: str, change: Change) -> str | None:
    from ruamel.yaml import YAML  # noqa: PLC0415 - only where somebody changes a file
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10_000
    try:
        data = level = yaml.load(text) or {}
        for key in change.path[:-1]:
            if not isinstance(level.get(key), dict):
                level[key] = {}
            level = level[key]
        if change.value is None:
            level.pop(change.path[-1], None)
        else:
            level[change.path[-1]] = change.value
        yaml.dump(data, stream := io.StringIO())
    except (YAMLError, AttributeError, TypeError):
        return None
    return stream.getvalue().replace("\n", _newline(text))


# ---- the exchange of one entry's text ----------------------------------------------------


def _exchanged(text: str, change: Change) -> str | None:
    from ruamel.yaml import YAML, MappingNode  # noqa: PLC0415 - see above

    level = YAML(pure=True).compose(text)
    if level is None:
        return _ended(text) + _entry(change.path, change.value, "", _newline(text))
    path = change.path
    while isinstance(level, MappingNode):
        found = _found(level, path[0])
        if found is None:
            return _added(text, level, path, change.value)
        key, value = found
        if len(path) == 1:
            return _set_or_taken(text, level, key, value, change.value)
        if not isinstance(value, MappingNode):
            nested = _nested(path[1:], change.value)
            return text if nested is None else _set(text, key, value, _shown(nested))
        level, path = value, path[1:]
    return None


def _found(level: Any, name: str) -> tuple[Any, Any] | None:  # noqa: ANN401 - ruamel's node
    return next(((key, value) for key, value in level.value if key.value == name), None)


def _nested(path: Sequence[str], value: Plain | None) -> Plain | None:
    for name in reversed(path):
        value = None if value is None else {name: value}
    return value


def _set_or_taken(
    text: str,
    level: Any,  # noqa: ANN401 - ruamel's node
    key: Any,  # noqa: ANN401
    value: Any,  # noqa: ANN401
    new: Plain | None,
) -> str | None:
    if new is not None:
        return _set(text, key, value, _shown(new, getattr(value, "style", None)))
    if not level.flow_style:
        start = text.rfind("\n", 0, key.start_mark.index) + 1
        return text[:start] + text[_line_end(text, _end(text, key, value)) :]
    start, end = level.start_mark.index, level.end_mark.index
    kept, _ = read_yaml(text[start:end].encode(), "")
    if kept is None or "#" in text[start:end] or not isinstance(kept.value, Mapping):
        return None
    rest = {name: plain_value(each.node) for name, each in kept.value.items() if name != key.value}
    return text[:start] + _shown(rest) + text[end:]


def _set(text: str, key: Any, value: Any, shown: str) -> str:  # noqa: ANN401 - ruamel's nodes
    start, end = value.start_mark.index, _end(text, key, value)
    colon = text.index(":", key.end_mark.index) + 1
    if start >= end or (not text[colon:start].strip() and "\n" in text[colon:start]):
        return f"{text[:colon]} {shown}{text[max(end, colon) :]}"
    return text[:start] + shown + text[end:]


def _added(text: str, level: Any, path: Sequence[str], value: Plain | None) -> str | None:  # noqa: ANN401
    if value is None:
        return text
    if level.flow_style:
        inside = f"{_shown(path[0])}: {_shown(_nested(path[1:], value) or value)}"
        end = level.start_mark.index + 1
        if level.value:
            end, inside = _end(text, *level.value[-1]), f", {inside}"
        return text[:end] + inside + text[end:]
    indent = " " * level.value[0][0].start_mark.column
    text = _ended(text)
    end = _line_end(text, _end(text, *level.value[-1]))
    return text[:end] + _entry(path, value, indent, _newline(text)) + text[end:]


def _entry(path: Sequence[str], value: Plain | None, indent: str, newline: str) -> str:
    """Write an entry as lines: a path of several keys as nested blocks, the value in one line."""
    if value is None:
        return ""
    heads = [f"{indent}{'  ' * depth}{_shown(name)}:" for depth, name in enumerate(path)]
    return f"{newline.join(heads)} {_shown(value)}{newline}"


def _end(text: str, key: Any, value: Any) -> int:  # noqa: ANN401 - ruamel's nodes
    """Answer where the text of a value ends; its mark may stand after comments that follow."""
    last = value
    while isinstance(last.value, list) and last.value and not last.flow_style:
        child = last.value[-1]
        key, last = child if isinstance(child, tuple) else (last, child)
    if last.start_mark.index >= last.end_mark.index:
        return text.index(":", key.end_mark.index) + 1
    return int(last.end_mark.index)


def _line_end(text: str, offset: int) -> int:
    """Answer where the line ends that holds the character before `offset`, its break included."""
    found = text.find("\n", max(offset - 1, 0))
    return len(text) if found < 0 else found + 1


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + _newline(text)


def _newline(text: str) -> str:
    return "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"


def _shown(value: object, style: str | None = None) -> str:
    """Write a value in one line; `style` is the quote of the text that stood there before."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value, style)
        case Mapping():
            return f"{{{', '.join(_members(value))}}}"
        case Sequence():
            return f"[{', '.join(_shown(each) for each in value)}]"
    return repr(value)


def _members(value: Mapping[str, object]) -> Iterator[str]:
    for name, each in value.items():
        yield f"{_shown(name)}: {_shown(each)}"


def _text(value: str, style: str | None) -> str:
    if style == "'" and value.isprintable():
        return "'{}'".format(value.replace("'", "''"))
    if style != '"' and _BARE.fullmatch(value) and isinstance(plain_scalar(value), str):
        return value
    return json.dumps(value, ensure_ascii=False)
