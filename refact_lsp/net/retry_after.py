"""How long a server asks us to wait, out of its headers. Pure; the time of day comes in."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

SHORTEST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
"""A server once asked for 26 years; after a minute it is worth asking again."""

_RESET = re.compile(r"(?:.*-)?ratelimit-(?:.*-)?reset(?P<bucket>-.*)?\Z")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_EPOCH_S = 1_000_000_000
"""A larger number is no number of seconds to wait but a time of day."""


def retry_after_s(headers: Mapping[str, str], now_s: float) -> float | None:
    """Answer the seconds to wait, within 1 to 60, or None where nothing readable is said.

    Header names are in lower case; `now_s` counts from 1970.
    """
    for wait in (
        _number(headers.get("retry-after-ms", ""), 0.001),
        _number(headers.get("retry-after", ""), 1.0),
        _date(headers.get("retry-after", ""), now_s),
        _reset(headers, now_s),
    ):
        if wait is not None:
            return clamped(wait)
    return None


def clamped(wait_s: float) -> float:
    """Answer a wait within 1 to 60 seconds."""
    return min(max(wait_s, SHORTEST_WAIT_S), LONGEST_WAIT_S)


def _number(text: str, unit_s: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value * unit_s if math.isfinite(value) else None


def _date(text: str, now_s: float) -> float | None:
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return _seconds_until(when, now_s)


def _reset(headers: Mapping[str, str], now_s: float) -> float | None:
    """Answer the wait until the limits that are used up are reset; all are asked if none says so.

    A limit has three headers (`limit`, `remaining`, `reset`) whose names differ in that word.
    """
    waits: list[tuple[bool, float]] = []
    for name, text in headers.items():
        if _RESET.fullmatch(name) and (wait := _until(text, now_s)) is not None:
            left = headers.get(name.replace("reset", "remaining"), "").strip()
            waits.append((left == "0", wait))
    used_up = [wait for is_used_up, wait in waits if is_used_up]
    return max(used_up) if used_up else min((wait for _, wait in waits), default=None)


def _until(text: str, now_s: float) -> float | None:
    """Read a time to wait: `1m30s`, seconds, a time since 1970 (also in ms), or an ISO date."""
    number = _number(text, 1.0)
    if number is not None:
        if number < _EPOCH_S:
            return number
        return (number / 1000 if number > _EPOCH_S * 100 else number) - now_s
    parts = _DURATION.findall(text.strip().lower())
    if parts and "".join(f"{value}{unit}" for value, unit in parts) == text.strip().lower():
        return sum(float(value) * _UNIT_S[unit] for value, unit in parts)
    try:
        return _seconds_until(datetime.fromisoformat(text.strip()), now_s)
    except (ValueError, OverflowError):
        return None


def _seconds_until(when: datetime, now_s: float) -> float:
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() - now_s
