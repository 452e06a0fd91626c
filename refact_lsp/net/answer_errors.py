"""An error answer of a server into a `RequestError`: what is wrong, and what to do about it.

Pure. Money is looked for before the status is believed, because servers send it as 400, 403 and
429 as well; the same holds for a prompt that is too long and a model that is still loading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from refact_lsp.net.error_body import ErrorBody, parse_error_body
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.net.redact import redact, shown
from refact_lsp.net.retry_after import retry_after_s

_NO_CREDIT = re.compile(
    r"insufficient_quota|credit_balance_exhausted|enforced_spend_limit_reached"
    r"|exceeded_current_quota_error|exceeded your current quota|^1113\b"
    r"|insufficient[ _](?:balance|credits?|funds)|credit balance is too low|billing_not_active"
    r"|payment required|out of credits?"
)
_TOO_LONG = re.compile(
    r"context_length_exceeded|model_context_window_exceeded|exceed_context_size|context window"
    r"|maximum context length|prompt is too long|context size|input is too long"
    r"|context length of only"
)
_LOADING = re.compile(r"loading model|model is (?:currently )?loading|model_loading")
_NO_MODEL = re.compile(
    r"model_not_found|model_not_exist|not_found_error.*model|no such model|unknown model"
    r"|model\b.{0,120}?(?:not found|does not exist|not exist|is not available|try pulling)"
)
_BY_STATUS = {
    400: Kind.BAD_REQUEST,
    401: Kind.AUTH,
    402: Kind.NO_CREDIT,
    403: Kind.FORBIDDEN,
    404: Kind.PATH_MISSING,
    405: Kind.NOT_AN_API,
    413: Kind.CONTEXT_TOO_LONG,
    415: Kind.NOT_AN_API,
    422: Kind.BAD_REQUEST,
    429: Kind.RATE_LIMITED,
    503: Kind.OVERLOADED,
    529: Kind.OVERLOADED,
}
_STATUS_OF_TYPE = {
    "authentication_error": 401,
    "permission_error": 403,
    "invalid_request_error": 400,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "overloaded_error": 529,
    "server_is_overloaded": 529,
}
"""What stands in an error that comes inside a stream, whose own status was 200."""

_SENTENCES = {
    Kind.AUTH: "{host} does not accept the key ({status}){says}. Check the key of this provider.",
    Kind.FORBIDDEN: "{host} does not allow this ({status}){says}. The key may lack access to the "
    "model, or the region is not served.",
    Kind.NO_CREDIT: "There is no credit left at {host} ({status}){says}. Top it up, or switch the "
    "model.",
    Kind.RATE_LIMITED: "{host} asks to slow down ({status}){says}.",
    Kind.MODEL_MISSING: "{host} does not know the model ({status}){says}. `refact-lsp models list` "
    "shows those that it has.",
    Kind.PATH_MISSING: "{host} has nothing at {path} ({status}){says}. The base URL may need, or "
    "repeat, its /v1.",
    Kind.BAD_REQUEST: "{host} refuses the request ({status}){says}.",
    Kind.CONTEXT_TOO_LONG: "The prompt is too long for the model at {host} ({status}){says}.",
    Kind.LOADING: "{host} is still loading the model ({status}).",
    Kind.OVERLOADED: "{host} is overloaded ({status}){says}. It may answer again in a moment.",
    Kind.SERVER_ERROR: "{host} failed ({status}){says}.",
    Kind.NOT_AN_API: "{host}{path} does not take such requests ({status}){says}. Check the URL.",
}


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An error answer as it came; header names are in lower case, `path` is without its query."""

    host: str
    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def error_of_answer(answer: ErrorAnswer, secrets: Iterable[str], now_s: float) -> RequestError:
    """Answer what an error answer means; `now_s` is the time of day in seconds since 1970."""
    known = tuple(secrets)
    said = parse_error_body(answer.body, known)
    return error_said(answer, said, known, now_s=now_s)


def error_said(
    answer: ErrorAnswer, said: ErrorBody, secrets: tuple[str, ...], *, now_s: float
) -> RequestError:
    """Answer what an error means whose words are read already, as inside a stream."""
    status = answer.status if answer.status >= 400 else said.status or _typed(said)
    kind = _kind(status, said)
    facts = Facts(
        status=status,
        retry_after_s=retry_after_s(answer.headers, now_s),
        should_retry={"true": True, "false": False}.get(
            answer.headers.get("x-should-retry", "").strip().lower()
        ),
        code=said.code or said.type,
        parameter=said.parameter,
        server_text=said.message,
        request_id=said.request_id or _request_id(answer.headers, secrets),
    )
    return RequestError(kind, _sentence(kind, answer, facts, secrets), facts)


def _typed(said: ErrorBody) -> int:
    return _STATUS_OF_TYPE.get(said.type) or _STATUS_OF_TYPE.get(said.code) or 500


def _kind(status: int, said: ErrorBody) -> Kind:
    words = said.words
    if status == 402 or _NO_CREDIT.search(words):
        return Kind.NO_CREDIT
    if status in {400, 413, 422, 500} and _TOO_LONG.search(words):
        return Kind.CONTEXT_TOO_LONG
    if status in {500, 503} and _LOADING.search(words):
        return Kind.LOADING
    if status in {400, 404} and not said.is_page and _NO_MODEL.search(words):
        return Kind.MODEL_MISSING
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return Kind.SERVER_ERROR if status >= 500 or status in {408, 409, 425} else Kind.BAD_REQUEST


def _sentence(kind: Kind, answer: ErrorAnswer, facts: Facts, secrets: tuple[str, ...]) -> str:
    says = f": {facts.server_text.rstrip('.')}" if facts.server_text else ""
    path = redact(answer.path, secrets)
    return _SENTENCES[kind].format(host=answer.host, path=path, status=facts.status, says=says)


def _request_id(headers: Mapping[str, str], secrets: tuple[str, ...]) -> str:
    names = ("x-request-id", "request-id", "cf-ray")
    return next((shown(headers[name], secrets)[:80] for name in names if name in headers), "")
