"""What a key is shown as, and every form in which a text may hold one. Pure.

Whose keys are looked for, and from which length on, is for the callers to say: `config.redaction`
for all that goes out, `net.redact` for the words of a server.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "****"

_ESCAPED_BYTE = re.compile(r"%[0-9A-F]{2}")
_AS_IN_URLS = str.maketrans("+/", "-_")


def forms_of(secret: str) -> frozenset[str]:
    """Answer a secret as it is, URL-encoded, escaped for JSON or by `repr`, and in base64.

    With the blanks at its ends and without; none of the forms is empty.
    """
    found = {form for each in (secret, secret.strip()) for form in _spellings(each)}
    return frozenset(found - {""})


def signs_of(forms: frozenset[str]) -> frozenset[str]:
    """Answer the forms to search for: in a text with none of these is none of the others."""
    return frozenset(
        form for form in forms if not any(other in form for other in forms if other != form)
    )


def longest_first(forms: Iterable[str]) -> list[str]:
    """Answer forms in the order to replace them in: one may begin, or hold, another."""
    return sorted(forms, key=len, reverse=True)


def _spellings(value: str) -> set[str]:
    raw = value.encode("utf-8", "surrogatepass")  # half a character, as of a broken variable, too
    quoted = {quote(raw, safe=""), quote(raw), quote_plus(raw)}
    lowered = {_ESCAPED_BYTE.sub(lambda found: found[0].lower(), each) for each in quoted}
    escaped = {json.dumps(value), json.dumps(value, ensure_ascii=False), repr(value)}
    return {value, *quoted, *lowered, *(each[1:-1] for each in escaped), *_in_base64(raw)}


def _in_base64(raw: bytes) -> set[str]:
    """Answer what base64 has of some bytes by themselves, and wherever in others they begin.

    What a neighbour shares is cut.
    """
    whole = base64.b64encode(raw).decode()
    found = {whole, whole.rstrip("=")}
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw).decode()
        found.add(encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6])
    return found | {each.translate(_AS_IN_URLS) for each in found}
