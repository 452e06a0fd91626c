"""Kinds of values that fields of files have: pydantic types that say in words what they expect."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NoReturn

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationError,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from refact_lsp.config.guarded_yaml import plain_value, read_yaml
from refact_lsp.config.secret import (
    CommandKey,
    EnvironmentKey,
    KeyringKey,
    KeySource,
    Secret,
    looks_like_key,
)

EXPECTED = "expected"
"""The type of our own errors: `words` in their context end the sentence "expected ..."."""
REFUSED = "refused"
"""The same, where `words` are the whole of what is said."""

_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}", re.ASCII)
_KEY_WORDS = "a key in quotes, $NAME, {cmd: [argv]} or {keyring: service/user}"
_HEADERS_WORDS = "a mapping of header names to texts"


def expected(words: str) -> NoReturn:
    """Refuse a value: say what was expected, never what stands there."""
    raise PydanticCustomError(EXPECTED, "expected {words}", {"words": words})


def refused(words: str) -> NoReturn:
    """Refuse a value with a sentence of its own, which must not hold the value."""
    raise PydanticCustomError(REFUSED, "{words}", {"words": words})


def saying(words: str) -> WrapValidator:
    """Say these words whatever it is that the type itself finds wrong."""

    def validate(value: object, inner: Callable[[object], object]) -> object:
        try:
            return inner(value)
        except ValidationError:
            expected(words)

    return WrapValidator(validate)


Whole = Annotated[int, Field(ge=0, le=1_000_000_000), saying("a whole number, 0 to 1000000000")]
Batch = Annotated[int, Field(ge=0, le=256), saying("a whole number, 0 to 256")]
Number = Annotated[float, Field(allow_inf_nan=False), saying("a number")]


def _no_key(text: str) -> str:
    if looks_like_key(text):
        refused("this looks like a key; a key stands under api_key")
    return text


Text = Annotated[str, AfterValidator(_no_key)]
"""Text that people see: what looks like a key is refused, so that it is shown nowhere."""
Texts = Annotated[tuple[Text, ...], Field(strict=False)]
Url = Annotated[
    str,
    Field(pattern=r"^([Hh][Tt][Tt][Pp][Ss]?://[^\s/?#]\S*)?$"),
    saying("a URL that begins with http:// or https://"),
]
Anything = Annotated[Mapping[str, Any], Field()]
Unread = Annotated[None, PlainValidator(lambda _: None), WithJsonSchema({})]
"""A field that belongs to another program; nothing of it is kept."""


def _key(value: object) -> KeySource:
    """Read one of the four forms of a key."""
    match value:
        case Secret() | EnvironmentKey() | CommandKey() | KeyringKey():
            return value
        case str():
            return _key_in_text(value.strip())
        case {"cmd": [*argv], **rest} if not rest and argv and _all_texts(argv):
            return CommandKey(tuple(argv))
        case {"keyring": str(entry), **rest} if not rest:
            service, _, user = entry.partition("/")
            if service and user:
                return KeyringKey(service, user)
    expected(_KEY_WORDS)


def _all_texts(values: list[object]) -> bool:
    return all(isinstance(each, str) for each in values)


def _key_in_text(text: str) -> KeySource:
    if named := _VARIABLE.fullmatch(text):
        return EnvironmentKey(named[1] or named[2])
    if text.endswith("..."):
        expected(f"{_KEY_WORDS}; this is the placeholder of a template")
    if not _is_one_line(text) or not text.isascii():
        expected(f"{_KEY_WORDS}, on one line and without special characters")
    return Secret(text)


def _is_one_line(text: str) -> bool:
    return all(character.isprintable() for character in text)


def _only(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    properties = {name: schema}
    return {
        "type": "object",
        "properties": properties,
        "required": [name],
        "additionalProperties": False,
    }


_KEY_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "description": "$NAME of a variable, or the key itself."},
        _only(
            "cmd",
            {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 1,
                "description": "A program that prints the key, and its arguments.",
            },
        ),
        _only(
            "keyring",
            {
                "type": "string",
                "pattern": "^[^/]+/.+$",
                "description": "service/user in the system's keyring.",
            },
        ),
    ],
    "examples": ["$MY_API_KEY", {"cmd": ["pass", "show", "my-key"]}, {"keyring": "refact/me"}],
}
Key = Annotated[KeySource, PlainValidator(_key), WithJsonSchema(_KEY_SCHEMA)]


def _header_value(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    if isinstance(value, str) and _is_one_line(value):
        return Secret(value)
    expected("the header's text in quotes, on one line")


def _headers_in_text(value: object) -> object:
    """Read a text that holds a mapping, as the settings pages of Refact write it."""
    if not isinstance(value, str):
        return value if isinstance(value, Mapping) else expected(_HEADERS_WORDS)
    inner, _ = read_yaml(value.encode("utf-8", "replace"), "")
    held = plain_value(inner) if inner else ()
    if held is None:
        return {}
    return held if isinstance(held, dict) else expected(_HEADERS_WORDS)


HeaderName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"),
    saying("the name of a header: letters, digits and -"),
]
HeaderValue = Annotated[Secret, PlainValidator(_header_value), WithJsonSchema({"type": "string"})]
Headers = Annotated[
    Mapping[HeaderName, HeaderValue],
    BeforeValidator(
        _headers_in_text, json_schema_input_type=Mapping[HeaderName, HeaderValue] | str
    ),
]
"""Header names to texts, or one text that holds such a mapping; values may be keys."""

CompletionStyle = Literal["", "openai_completions", "openai_chat_completions", "openai_responses"]
Wire = Literal[
    "openai_completions",
    "openai_chat_completions",
    "openai_responses",
    "anthropic_messages",
    "ollama_native",
    "llamacpp_native",
    "google_cloud_code",
    "google_cloudcode",
]
Wires = Annotated[tuple[Wire, ...], Field(strict=False)]
