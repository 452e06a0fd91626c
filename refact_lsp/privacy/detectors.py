"""Secrets by their content: known formats of keys, and random values given to key-like names.

Every detector is linear: an expression starts only where no name character stands before, its
repetitions never give back, and it is tried only in a text that has its literal beginning.
Look at whole texts, not at cut ones: half a key is not known as a key.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text: its offsets in code points, and its kind in words."""

    start: int
    end: int
    kind: str


def find_secrets(text: str) -> tuple[Secret, ...]:
    """Answer the secrets in a text, in order, the longer first; they may overlap."""
    found = [*_private_keys(text), *_tokens(text), *_assignments(text)]
    return tuple(sorted(found, key=lambda each: (each.start, -each.end)))


def find_private_keys(text: str) -> tuple[Secret, ...]:
    """Answer the private keys alone: nothing else that is found spans more than a line."""
    return tuple(_private_keys(text))


def pieces_of(secret: str) -> Iterator[str]:
    """Yield what of a secret is worth looking for in a text that may have cut it."""
    for line in secret.splitlines():
        if len(line) >= _PIECE_CHARS and not line.startswith("-----"):
            yield line[:_PIECE_CHARS]
            yield line[-_PIECE_CHARS:]


def mask(text: str) -> str:
    """Replace every secret by `*`, so that offsets and lines stay as they are."""
    parts: list[str] = []
    at = 0
    for secret in find_secrets(text):
        start = max(at, secret.start)
        if start < secret.end:
            parts += [text[at:start], re.sub(r"[^\r\n]", "*", text[start : secret.end])]
            at = secret.end
    return "".join((*parts, text[at:]))


_PIECE_CHARS = 12

_PRIVATE_KEY = re.compile(
    r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----", re.ASCII
)
_KEY_BODY = re.compile(r"[A-Za-z0-9+/]{32}")
_HEAD_CHARS = 2_000
_KEY_END = re.compile(r"-----END [A-Z0-9 ]{1,80}-----")


def _private_keys(text: str) -> Iterator[Secret]:
    """A header alone is code that speaks of keys; with a body behind it, it is a key."""
    for header in _PRIVATE_KEY.finditer(text):
        stop = text.find("-----", header.end())
        stop = len(text) if stop < 0 else stop
        if not _KEY_BODY.search(text, header.end(), min(stop, header.end() + _HEAD_CHARS)):
            continue
        end = _KEY_END.match(text, stop)
        yield Secret(header.start(), end.end() if end else stop, "private key")


@dataclass(frozen=True, slots=True)
class _Format:
    """A key with a beginning of its own; `is_checked`: it must look random as well."""

    kind: str
    beginnings: tuple[str, ...]
    pattern: re.Pattern[str]
    is_checked: bool = False


def _format(kind: str, beginnings: str, pattern: str, *, is_checked: bool = False) -> _Format:
    # An escape such as \n inside a quoted text ends the name before it, too.
    alone = r"(?:(?<![\w-])|(?<=\\[nrt]))"
    return _Format(
        kind, tuple(beginnings.split()), re.compile(alone + pattern, re.ASCII), is_checked
    )


_FORMATS = (
    _format("AWS key", "AKIA ASIA", r"(?:AKIA|ASIA)[A-Z0-9]{16}+(?![\w])(?<!EXAMPLE)"),
    _format("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,}+"),
    _format("GitHub token", "github_pat_", r"github_pat_\w{22,}+"),
    _format("GitLab token", "glpat- glrt- gldt- glptt- glcbt- glsoat-", r"gl[a-z]++-[\w-]{20,}+"),
    _format("Slack token", "xox xapp-", r"(?:xox\w|xapp)-(?=[A-Za-z-]*+\d)[\w-]{10,}+"),
    _format("Slack webhook", "hooks.slack.com/", r"hooks\.slack\.com/services/[\w/]{20,}+"),
    _format("Anthropic key", "sk-ant-", r"sk-ant-(?=[a-z-]*+\d)[\w-]{32,}+"),
    _format("OpenAI-style key", "sk-", r"sk-(?!ant-)[\w-]{20,}+", is_checked=True),
    _format("Google key", "AIza", r"AIza[\w-]{35,}+"),
    _format("Google token", "ya29. GOCSPX-", r"(?:ya29\.|GOCSPX-)[\w-]{20,}+"),
    _format("Stripe key", "sk_ rk_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}+"),
    _format("Stripe secret", "whsec_", r"whsec_[A-Za-z0-9+/]{24,}+", is_checked=True),
    _format("npm token", "npm_", r"npm_[A-Za-z0-9]{36,}+"),
    _format("Hugging Face token", "hf_", r"hf_[A-Za-z0-9]{30,}+"),
    _format("JSON web token", "eyJ", r"eyJ[\w-]{8,}+\.eyJ[\w-]{8,}+\.[\w-]{8,}+"),
)  # fmt: skip


def _tokens(text: str) -> Iterator[Secret]:
    for each in _FORMATS:
        for beginning in each.beginnings:
            yield from _tokens_at(text, each, beginning)


def _tokens_at(text: str, form: _Format, beginning: str) -> Iterator[Secret]:
    """Finding a literal is many times faster than searching for an expression."""
    at = text.find(beginning)
    while at >= 0:
        found = form.pattern.match(text, at)
        if found and (not form.is_checked or is_random(found.group())):
            yield Secret(at, found.end(), form.kind)
        at = text.find(beginning, found.end() if found else at + 1)


_VALUE = re.compile(r"[A-Za-z0-9+/_.~-]{16,}+", re.ASCII)
_NAME_BEFORE = re.compile(
    r"(?:api[_-]?key|(?:access|private|auth|signing|encryption|account)[_-]?key|secret|token"
    r"|passw(?:or)?d|passphrase|credential|bearer)[\w-]{0,24}+"
    r"(?:[\"'\]]{0,2}[ \t]{0,3}(?::=|=>|[:=])[ \t]{0,3}|[ \t]{1,3})(?P<quote>[\"'`]?)\Z",
    re.ASCII | re.IGNORECASE,
)
_BARE_END = re.compile(r"={0,2}[ \t\r]{0,3}(?:\n|\Z|[\"'`])")
_BEFORE_VALUE = frozenset(" \t\"'`:=>")
_NO_SECRET = re.compile(r"public|hash|digest|sha\d|md5|checksum|integrity|_ids?\b", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_BEFORE_CHARS = 90


def _assignments(text: str) -> Iterator[Secret]:
    """Long values first, for they are rare; then what stands before and behind them."""
    for value in _VALUE.finditer(text):
        start, end = value.span()
        if text[start - 1 : start] not in _BEFORE_VALUE or not _is_named(text, start, end):
            continue
        if is_random(value.group()) and not _UUID.fullmatch(value.group()):
            yield Secret(start, end, "secret value")


def _is_named(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - _BEFORE_CHARS) : start]
    name = _NAME_BEFORE.search(before)
    if name is None:
        return False
    head = re.split(r"[^\w-]", before[: name.start()])[-1]
    if _NO_SECRET.search(head + name.group()):
        return False
    quote = name["quote"]
    return text[end : end + 3].lstrip("=").startswith(quote) if quote else _ends(text, end)


def _ends(text: str, end: int) -> bool:
    return _BARE_END.match(text, end) is not None


_SEPARATORS = re.compile(r"[^A-Za-z0-9]+")
_WORDS = re.compile(r"[A-Z]?[a-z]{4,}|[A-Z]{4,}")
_JUDGED_CHARS = 512
_MIN_ENTROPY = 3.2
_MIN_HEX_ENTROPY = 2.8
_MAX_WORD_SHARE = 0.6


def is_random(value: str) -> bool:
    """Answer whether a value looks drawn by chance: letters and digits mixed, no words."""
    longest = max(_SEPARATORS.split(value[:_JUDGED_CHARS]), key=len)
    if len(longest) < 12 or len(value) < 16:
        return False
    digits = sum(each.isdigit() for each in longest)
    if digits < 2 or digits == len(longest):
        return False
    is_hex = all(each in "0123456789abcdefABCDEF" for each in longest)
    if _entropy(longest) < (_MIN_HEX_ENTROPY if is_hex else _MIN_ENTROPY):
        return False
    in_words = sum(len(word) for word in _WORDS.findall(longest))
    return is_hex or in_words <= _MAX_WORD_SHARE * len(longest)


def _entropy(text: str) -> float:
    """Bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
