"""Words of a server, made fit to be shown: no key, no control character, one short line."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote

MASK = "****"
SHOWN_CHARACTERS = 300
SHORTEST_SECRET = 4
"""A shorter one is no key, and masking it would tear words apart."""

_LOOKS_LIKE_A_KEY = re.compile(
    r"(?i)\b(?:bearer|basic)\s+[\w.~+/=*-]{6,}"
    r"|\b(?:key|api[_-]?key|token|secret|password)[\"']?\s*[=:]\s*[\"']?[\w.~+/=*-]{6,}"
    r"|\b(?:sk|pk|rk|xai|gsk|hf|ghp|gho|ghu|glpat|eyJ|AIza)[\w*-]{0,12}[-_*.][\w.*-]{8,}"
    r"|\bAIza[\w-]{20,}"
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Answer the text without the secrets (as they are, or encoded) and what looks like a key."""
    for form in _forms(secrets):
        text = text.replace(form, MASK)
    return _LOOKS_LIKE_A_KEY.sub(MASK, text)


def shown(text: str, secrets: Iterable[str] = ()) -> str:
    """Answer a redacted text in one line of at most 300 characters."""
    plain = "".join(each if each.isprintable() else " " for each in redact(text, secrets))
    line = " ".join(plain.split())
    return line if len(line) <= SHOWN_CHARACTERS else f"{line[: SHOWN_CHARACTERS - 1]}…"


def _forms(secrets: Iterable[str]) -> list[str]:
    """Answer every spelling in which a server may give a secret back, the longest first."""
    forms: set[str] = set()
    for secret in secrets:
        bare = secret.strip()
        if len(bare) < SHORTEST_SECRET:
            continue
        encoded = base64.b64encode(bare.encode("utf-8", "replace")).decode("ascii")
        escaped = json.dumps(bare)[1:-1]
        forms |= {bare, quote(bare, safe=""), quote(bare), escaped, encoded, encoded.rstrip("=")}
    return sorted(forms, key=len, reverse=True)
