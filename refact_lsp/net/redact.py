"""Words of a server, made fit to be shown: no key, no control character, one short line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from refact_lsp.masking import MASK, forms_of, longest_first

SHOWN_CHARACTERS = 300
SHORTEST_SECRET = 4
"""A shorter one is no key, and masking it would tear words apart.

Only what a server says is looked through here, and for the secrets that were sent to it alone: so
less is needed than in `config.redaction`, where the user's own texts pass.
"""

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
    keys = [each for each in secrets if len(each.strip()) >= SHORTEST_SECRET]
    return longest_first({form for each in keys for form in forms_of(each)})
