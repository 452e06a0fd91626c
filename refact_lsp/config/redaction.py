"""Masks the user's keys in whatever goes out: logs, messages to the editor, the terminal.

Every `Secret` that lives is known here, in the forms a text may hold it: as it is, URL-encoded,
escaped for JSON or by `repr`, in base64 (at each of its three offsets, so inside longer data too).
A key that is cut in two, by a line break or over two log records, is not recognised.
"""

from __future__ import annotations

import base64
import functools
import json
import logging
import re
import sys
from types import TracebackType
from urllib.parse import quote, quote_plus

from refact_lsp.config.secret import MASK, Secret, living_secrets

MIN_CHARS = 8
"""A shorter value is a word such as `none` or `ollama`; masking it would make texts unreadable."""

_ESCAPED_BYTE = re.compile(r"%[0-9A-F]{2}")


def redact(text: str) -> str:
    """Answer the text with every known key masked."""
    for form in _forms():
        if form in text:
            text = text.replace(form, MASK)
    return text


def redact_bytes(data: bytes) -> bytes:
    """The same for UTF-8 on its way out; JSON stays JSON."""
    for form in _forms():
        if (encoded := form.encode("utf-8", "surrogatepass")) in data:
            data = data.replace(encoded, MASK.encode())
    return data


class RedactingFilter(logging.Filter):
    """Masks keys in a log record, its traceback included; put it on a handler."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, as text without keys."""
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = redact(record.exc_text) if record.exc_text else None
        record.stack_info = redact(record.stack_info) if record.stack_info else None
        return True


def redact_tracebacks() -> None:
    """Have Python's last words about an error of nobody's masked too."""
    sys.excepthook = _print_exception


def _print_exception(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    text = logging.Formatter().formatException((kind, error, traceback))
    sys.stderr.write(redact(text) + "\n")


def _forms() -> tuple[str, ...]:
    """Answer all forms of all known keys, longest first: one key may begin another."""
    found = {form for secret in living_secrets() for form in _forms_of(secret)}
    return tuple(sorted(found, key=len, reverse=True))


@functools.lru_cache(maxsize=256)
def _forms_of(secret: Secret) -> frozenset[str]:
    value = secret.reveal()
    if len(value.strip()) < MIN_CHARS:
        return frozenset()
    quoted = (quote(value, safe=""), quote(value), quote_plus(value))
    lowered = (_ESCAPED_BYTE.sub(lambda found: found[0].lower(), each) for each in quoted)
    escaped = (json.dumps(value), json.dumps(value, ensure_ascii=False), repr(value))
    return frozenset(
        (
            *(value, value.strip(), *quoted, *lowered, *(each[1:-1] for each in escaped)),
            *_in_base64(value.encode("utf-8", "surrogatepass")),
        )
    )


def _in_base64(raw: bytes) -> tuple[str, ...]:
    """Answer what base64 has of some bytes wherever they begin; what a neighbour shares is cut."""
    found = []
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode()
        core = encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        found += [core, core.translate(str.maketrans("+/", "-_"))]
    return tuple(found)
