"""What the refusals of model servers mean, by their words, and the parameter they name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from refact_lsp.messages import ErrorFacts, ErrorKind

_ONLY_CHAT = re.compile(r"is a chat model|not supported in (?:the )?v1/completions", re.IGNORECASE)
"""Told with the code of a model that is not there."""

_KINDS: tuple[tuple[str, ErrorKind], ...] = (
    (r"does not support insert|suffix.{0,40}not (?:currently )?supported", ErrorKind.NO_SUFFIX),
    (r"unsupported param(?:eter)?:? ?[`'\"]?suffix", ErrorKind.NO_SUFFIX),
    (r"infill is not supported|(?:prefix|suffix|middle) token.{0,20}missing", ErrorKind.NO_INFILL),
    (r"does not support (?:chat|completion)|no chat template", ErrorKind.NO_CHAT),
    (r"loading model|model (?:is )?(?:still )?loading", ErrorKind.LOADING),
    (r"maximum context length|context window|prompt is too long", ErrorKind.CONTEXT_TOO_LONG),
    (
        r"exceeds? the (?:available|model'?s?) context|input length exceeds",
        ErrorKind.CONTEXT_TOO_LONG,
    ),
    (r"context length of only|context the overflows", ErrorKind.CONTEXT_TOO_LONG),
    (
        r"model ['\"`].{1,200}['\"`],? (?:was )?not found|model .{1,200} does not exist",
        ErrorKind.MODEL_MISSING,
    ),
)
"""The words of servers, first match wins; the search takes no account of case."""

_CODES = {
    "context_length_exceeded": ErrorKind.CONTEXT_TOO_LONG,
    "exceed_context_size_error": ErrorKind.CONTEXT_TOO_LONG,
    "model_not_found": ErrorKind.MODEL_MISSING,
}


_LIMIT = re.compile(
    r"(?:context (?:length|window)|context size)[^0-9]{0,30}([0-9]{3,8})\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An optional parameter a model will not take; `instead` is its other name, if it has one."""

    parameter: str
    instead: str = ""


def error_facts(body: object, status: int = 0, *, is_error: bool = False) -> ErrorFacts | None:
    """Read a refusal (JSON, decoded); None where there is none.

    `is_error`: it came as one, so any object is. `status` is the one of HTTP, 0 inside an answer.
    """
    facts = _told(body, is_error=is_error) if isinstance(body, Mapping) else None
    if facts is None:
        return None
    facts = replace(facts, status=status or facts.status)
    facts = replace(facts, kind=_kind(facts))
    is_too_long = facts.kind is ErrorKind.CONTEXT_TOO_LONG
    return replace(facts, limit=_limit(facts, body)) if is_too_long else facts


def known_facts(status: int, body: object) -> ErrorFacts | None:
    """Read a refusal whose meaning is known; None for any other."""
    facts = error_facts(body, status)
    return facts if facts and facts.kind is not ErrorKind.UNKNOWN else None


def _told(body: Mapping[str, Any], *, is_error: bool) -> ErrorFacts | None:
    error = body.get("error")
    if isinstance(error, str) and error:
        return ErrorFacts(error, code=_word(body, "code"), type=_word(body, "type"))
    if isinstance(error, Mapping) and error:
        return _facts(error)
    if is_error or body.get("object") == "error" or body.get("type") == "error":
        return _facts(body)
    if "choices" not in body and isinstance(body.get("detail"), str):
        return ErrorFacts(body["detail"])
    return _base_response(body.get("base_resp"))


def _facts(error: Mapping[str, Any]) -> ErrorFacts:
    code = error.get("code")
    told = (str(error.get("status")), str(code))
    return ErrorFacts(
        message=_word(error, "message"),
        status=next((int(each) for each in told if re.fullmatch("[45][0-9]{2}", each)), 0),
        code="" if code is None else str(code),
        type=_word(error, "type"),
        param=_word(error, "param"),
    )


def _base_response(given: object) -> ErrorFacts | None:
    """Read the refusal that some hosts put beside an answer, with a status of 200."""
    if not isinstance(given, Mapping) or given.get("status_code") in {0, None}:
        return None
    return ErrorFacts(_word(given, "status_msg"), code=str(given["status_code"]))


def _word(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _kind(facts: ErrorFacts) -> ErrorKind:
    if _ONLY_CHAT.search(facts.message):
        return ErrorKind.ONLY_CHAT
    by_code = _CODES.get(facts.code) or _CODES.get(facts.type)
    if by_code:
        return by_code
    for words, kind in _KINDS:
        if re.search(words, facts.message, re.IGNORECASE):
            return kind
    return ErrorKind.UNKNOWN


def _limit(facts: ErrorFacts, body: object) -> int:
    """Answer the tokens that would have fit: as a number beside the words, else out of them."""
    error = body.get("error") if isinstance(body, Mapping) else None
    beside = error.get("n_ctx") if isinstance(error, Mapping) else None
    told = _LIMIT.search(facts.message)
    return beside if isinstance(beside, int) else int(told.group(1)) if told else 0


def refused_parameter(
    facts: ErrorFacts, body: Mapping[str, Any], optional: frozenset[str]
) -> Refusal | None:
    """Answer the optional parameter of a request that a 400 or 422 names, None where it names none.

    `body` is what was posted, `optional` the format's parameters that may be left out.
    """
    if facts.status not in {0, 400, 422}:
        return None
    sent = [name for name in body if name in optional or name not in _ASKED]
    named = [name for name in sent if name == facts.param.rsplit(".", 1)[-1]]
    named = named or [name for name in sent if _names(facts.message, name)]
    if not named:
        return None
    parameter = max(named, key=len)
    return Refusal(parameter, _instead(parameter, facts.message))


_ASKED = frozenset({"model", "prompt", "suffix", "messages", "stream", "input_prefix"})
_ASKED |= {"input_suffix", "input_extra", "raw"}


def _names(message: str, parameter: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(parameter)}(?!\w)", message) is not None


_LIMITS = {
    "max_tokens": "max_completion_tokens",
    "max_completion_tokens": "max_tokens",
}


def _instead(parameter: str, message: str) -> str:
    other = _LIMITS.get(parameter, "")
    is_told = bool(other) and _names(message, other)
    return other if is_told or parameter == "max_completion_tokens" else ""
