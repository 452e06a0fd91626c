"""What a refusal teaches: another way to ask, a parameter to leave out, fewer tokens. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refact_lsp.messages import ErrorFacts, ErrorKind
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.providers.fim.ways import Way, WayKind, is_closed
from refact_lsp.providers.known import KnownModel
from refact_lsp.providers.question import Question
from refact_lsp.providers.wire.format import WireFormat
from refact_lsp.providers.wire.refusals import refused_parameter

SMALLEST_CONTEXT = 512
"""Below this a question says too little to be worth asking."""

_NO_SUCH_PATH = frozenset({404, 405, 501})


def told(error: RequestError, wire: WireFormat) -> ErrorFacts:
    """Answer what a server's refusal says, read as its wire format words it."""
    facts = error.facts
    body = {
        "error": {"message": facts.server_text, "code": facts.code, "param": facts.parameter},
    }
    known = wire.parse_error(error.status, body)
    return known or ErrorFacts(facts.server_text, status=error.status, param=facts.parameter)


def learned(
    known: KnownModel,
    asked: Question,
    body: Mapping[str, Any],
    error: RequestError,
    wire: WireFormat,
) -> dict[str, Any]:
    """Answer the facts that make it worth asking again at once; empty: it is not."""
    facts = told(error, wire)
    if _is_no_way(asked.way, facts, error):
        return {"refused": known.refused | {(asked.way.kind, asked.way.wire)}}
    if error.kind is Kind.CONTEXT_TOO_LONG or facts.kind is ErrorKind.CONTEXT_TOO_LONG:
        return _shorter(known, asked, facts.limit)
    if error.kind is Kind.BAD_REQUEST:
        return _without(known, facts, body, wire)
    return {}


def _is_no_way(way: Way, facts: ErrorFacts, error: RequestError) -> bool:
    if is_closed(way, facts.kind):
        return True
    return way.kind is WayKind.INFILL and error.status in _NO_SUCH_PATH


def _shorter(known: KnownModel, asked: Question, limit: int) -> dict[str, Any]:
    """Remember a limit below what was sent: the server's own number, else half of it."""
    sent = int(asked.chars / known.chars_per_token) + (asked.wire.max_tokens or 0)
    context = min(limit or sent // 2, sent // 2 if limit >= sent else sent)
    if known.context and context >= known.context:
        context = known.context // 2
    return {"context": context} if context >= SMALLEST_CONTEXT else {}


def _without(
    known: KnownModel, facts: ErrorFacts, body: Mapping[str, Any], wire: WireFormat
) -> dict[str, Any]:
    refusal = refused_parameter(facts, body, wire.OPTIONAL)
    if refusal is None or refusal.parameter in known.dropped:
        return {}
    if refusal.instead and known.max_tokens_field != refusal.instead:
        return {"max_tokens_field": refusal.instead}
    return {"dropped": known.dropped | {refusal.parameter}}
