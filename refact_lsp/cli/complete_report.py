"""What happened to one request, as plain JSON values without any key."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from refact_lsp import __version__
from refact_lsp.cli.config_rows import masked
from refact_lsp.completion.candidate import Proposal
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.config.redaction import redact
from refact_lsp.languages.table import language_of
from refact_lsp.providers.wire.format import (
    ChatPrompt,
    InfillPrompt,
    Prompt,
    SuffixPrompt,
    TokensPrompt,
)
from refact_lsp.session.one_request import Asked
from refact_lsp.session.request_record import Attempt, Record

CURSOR = "▮"
"""Stands where the cursor is in what is shown of a prompt; it is not sent."""

_TAIL_CHARS = 200
_KEEPS_TEXT_BACK = {Reason.PRIVACY_ZONE, Reason.SECRET_IN_TEXT}
"""A report is made to be passed on: what may not be sent is not shown either."""

Json = dict[str, Any]


def report(asked: Asked, record: Record, findings: tuple[str, ...]) -> Json:
    """Answer all of it; the same keys each time, None or empty where there is nothing to say."""
    last = record.attempts[-1] if record.attempts else None
    silence = _silence(record, last)
    is_hidden = silence is not None and silence.reason in _KEEPS_TEXT_BACK
    candidate = record.outcome.candidates[0] if isinstance(record.outcome, Proposal) else None
    found = {
        "version": __version__,
        "place": _place(asked, is_hidden=is_hidden),
        "reason": silence and {"code": silence.reason.value, "sentence": silence.sentence},
        "findings": list(findings),
        "privacy": _privacy(record),
        "model": {"id": record.model, "why": _why(asked, record)},
        "way": last and _way(last),
        "request": last and _request(last),
        "is_sent": bool(last and last.is_sent),
        "refused": [
            {**_way(each), "url": masked(each.sent.url), "sentence": each.refusal}
            for each in record.attempts
            if each.refusal
        ],
        "prompt": _prompt(last, record) if last else "",
        "events": [asdict(each) for each in record.pieces],
        "timing": {
            "first_token_ms": record.pieces[0].ms if record.pieces else None,
            "total_ms": record.total_ms if last is None or last.is_sent else None,
        },
        "raw": record.raw,
        "stop": {"rule": record.stop, "finish": record.finish.cause if record.finish else ""},
        "item": candidate and asdict(candidate),
        "usage": record.usage and asdict(record.usage),
        "served_by": record.served_by,
        "stages": dict(record.stages),
    }
    cleaned: Json = _without_keys(found)
    return cleaned


def _why(asked: Asked, record: Record) -> str:
    if asked.model == record.model:
        return "named by --model"
    return record.choice.why if record.choice else ""


def _silence(record: Record, last: Attempt | None) -> Silence | None:
    is_unsent = last is not None and not last.is_sent
    return record.outcome if isinstance(record.outcome, Silence) and not is_unsent else None


def _place(asked: Asked, *, is_hidden: bool) -> Json:
    language = language_of("", asked.path.as_uri())
    return {
        "file": str(asked.path),
        "line": asked.position.line + 1,
        "column": asked.position.column + 1,
        "language": language.id if language else "plaintext",
        "text": None if is_hidden else asked.line,
    }


def _privacy(record: Record) -> Json:
    to, verdict = record.destination, record.privacy
    return {
        "destination": to.instance if to else None,
        "is_own": to is None or to.is_own,
        "allowed": bool(verdict and verdict.allowed),
        "rule": str(verdict) if verdict else "",
    }


def _way(attempt: Attempt) -> Json:
    way = attempt.sent.question.way
    return {
        "kind": way.kind.value,
        "wire": way.wire,
        "family": way.family.name if way.family else None,
    }


def _request(attempt: Attempt) -> Json:
    return {
        "method": "POST",
        "url": masked(attempt.sent.url),
        "headers": dict(attempt.headers),
        "body": attempt.sent.call.body,
    }


def _prompt(attempt: Attempt, record: Record) -> str:
    before = record.request.prefix[-_TAIL_CHARS:] if record.request else ""
    return _readable(attempt.sent.question.wire.prompt, before)


def _readable(prompt: Prompt, before: str) -> str:
    match prompt:
        case TokensPrompt(text):
            return _marked(text, before)
        case SuffixPrompt(prefix, suffix):
            return prefix + CURSOR + suffix
        case InfillPrompt(prefix, suffix):
            return prefix + prompt.typed + CURSOR + suffix
        case ChatPrompt(messages):
            return "\n".join(f"[{each.role}]\n{each.text}" for each in messages)


def _marked(text: str, before: str) -> str:
    """Put the cursor where the text before it ends; a prompt may lack the blanks at its end."""
    for tail in (before, before.rstrip()):
        at = text.rfind(tail) if tail else -1
        if at >= 0:
            return text[: at + len(tail)] + CURSOR + text[at + len(tail) :]
    return text


def _without_keys(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(str(name)): _without_keys(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_keys(each) for each in value]
    return value
