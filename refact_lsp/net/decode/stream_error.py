"""Errors inside an answer whose status was 200."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from refact_lsp.net.decode.event import Event
from refact_lsp.net.error_body import ErrorBody, read_error


def error_in(event: Event, secrets: Iterable[str] = ()) -> ErrorBody | None:
    """Answer the error that an event stands for, or None for an event that is data.

    An error is an event named so, or an object with a true `error`, with `type: error`, or with a
    `base_resp` whose status is not 0. The words `"error"` inside a JSON text are escaped, so that
    most events need no look inside.
    """
    data = event.data
    if event.name != "error" and '"error"' not in data and '"base_resp"' not in data:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return read_error(data, secrets) if event.name == "error" else None
    if event.name == "error" or (isinstance(value, Mapping) and _is_error(value)):
        return read_error(value, secrets)
    return None


def _is_error(value: Mapping[str, object]) -> bool:
    base = value.get("base_resp")
    failed = isinstance(base, Mapping) and bool(base.get("status_code"))
    return bool(value.get("error")) or value.get("type") == "error" or failed
