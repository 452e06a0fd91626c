"""Masks the user's keys in whatever goes out: logs, messages to the editor, the terminal.

Every `Secret` that lives is known here, in all the forms of `masking.forms_of`.
A key that is cut in two, by a line break or over two log records, is not recognised.
"""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Iterator
from types import TracebackType

from refact_lsp.config.secret import Secret, living_secrets
from refact_lsp.masking import MASK, forms_of, longest_first, signs_of

MIN_CHARS = 8
"""A shorter value is a word such as `none` or `ollama`; masking it would make texts unreadable.

All that goes out passes here, code that is to be inserted too.
"""


def redact(text: str) -> str:
    """Answer the text with every known key masked."""
    found = longest_first(_forms(lambda sign: sign in text))
    for form in found:
        text = text.replace(form, MASK)
    return text


def redact_bytes(data: bytes) -> bytes:
    """The same for UTF-8 on its way out; JSON stays JSON."""
    found = longest_first(_forms(lambda sign: _encoded(sign) in data))
    for form in found:
        data = data.replace(_encoded(form), MASK.encode())
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


def _encoded(form: str) -> bytes:
    return form.encode("utf-8", "surrogatepass")


def _forms(is_there: Callable[[str], bool]) -> Iterator[str]:
    """Answer all forms of the keys of which a form is there."""
    for secret in living_secrets():
        signs, forms = _forms_of(secret)
        if any(is_there(sign) for sign in signs):
            yield from forms


@functools.lru_cache(maxsize=256)
def _forms_of(secret: Secret) -> tuple[frozenset[str], frozenset[str]]:
    """Answer the signs and forms of a key; kept, as every message that goes out is searched."""
    value = secret.reveal()
    forms = forms_of(value) if len(value.strip()) >= MIN_CHARS else frozenset()
    return signs_of(forms), forms
