"""What refusals and answers teach: another way to ask, a parameter to leave out, fewer tokens.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from refact_lsp.messages import ErrorFacts, ErrorKind, Usage
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.providers.fim.ways import WIRES, Way, WayKind, is_closed
from refact_lsp.providers.known import CHARS_PER_TOKEN, KnownModel
from refact_lsp.providers.question import Question
from refact_lsp.providers.wire.answer import prompt_was_cut
from refact_lsp.providers.wire.format import WireFormat
from refact_lsp.providers.wire.refusals import refused_parameter

SMALLEST_CONTEXT = 512
"""Below this a question says too little to be worth asking."""

_JUDGED_CHARS = 900
_WIDE_CHARS_PER_TOKEN = 4.5
"""Of code that is indented far, which is not to be taken for a question cut short."""

_FEWEST_CHARS_PER_TOKEN = 1.0

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
    if facts.kind is ErrorKind.ONLY_CHAT:
        spoken = WIRES.get(asked.way.wire, ())
        closed = {(kind, asked.way.wire) for kind in spoken if kind is not WayKind.CHAT}
        return {"refused": known.refused | closed}
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
    context = limit if 0 < limit < sent else sent // 2
    if known.context and context >= known.context:
        context = known.context // 2
    context = max(context, SMALLEST_CONTEXT)
    return {} if known.context and context >= known.context else {"context": context}


def _without(
    known: KnownModel, facts: ErrorFacts, body: Mapping[str, Any], wire: WireFormat
) -> dict[str, Any]:
    refusal = refused_parameter(facts, body, wire.OPTIONAL)
    if refusal is None or refusal.parameter in known.dropped:
        return {}
    if refusal.instead and known.max_tokens_field != refusal.instead:
        return {"max_tokens_field": refusal.instead}
    return {"dropped": known.dropped | {refusal.parameter}}


def taught(known: KnownModel, asked: Question, usage: Usage | None) -> dict[str, Any]:
    """Answer the facts in an answer: the way works, and how many tokens its server read."""
    good_way = (asked.way.kind, asked.way.wire)
    facts: dict[str, Any] = {} if known.good_way == good_way else {"good_way": good_way}
    if usage is None or not usage.input or asked.chars < _JUDGED_CHARS:
        return facts
    is_measured = known.chars_per_token != CHARS_PER_TOKEN
    most = known.chars_per_token if is_measured else _WIDE_CHARS_PER_TOKEN
    if prompt_was_cut(int(asked.chars / most), usage):
        return {**facts, "context": usage.input + (asked.wire.max_tokens or 0)}
    if asked.way.kind is not WayKind.CHAT:  # there the instructions count too
        measured = asked.chars / usage.input
        mean = 0.8 * known.chars_per_token + 0.2 * measured if is_measured else measured
        facts["chars_per_token"] = max(mean, _FEWEST_CHARS_PER_TOKEN)
    return facts


def cut_sentence(model: str, read: int) -> str:
    """Tell that a server cut a question in silence."""
    return (
        f"{model}: its server read {read} tokens of the question and cut the rest off in silence. "
        "Questions are shorter from now on; load it with a larger context to see more."
    )
