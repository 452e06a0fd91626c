"""What a failed request comes to for the user: the code of a reason, and a sentence. Pure.

The codes are those of `completion.reasons.Reason`, which stands above this package.
"""

from __future__ import annotations

from refact_lsp.messages import Finish
from refact_lsp.net.breaker import Pause
from refact_lsp.net.errors import Kind, RequestError

_REASONS: dict[Kind, str] = {
    Kind.AUTH: "auth_failed",
    Kind.FORBIDDEN: "auth_failed",
    Kind.NO_CREDIT: "no_credit",
    Kind.RATE_LIMITED: "rate_limited",
    Kind.NOT_RUNNING: "offline",
    Kind.DNS: "offline",
    Kind.UNREACHABLE: "offline",
    Kind.CONNECT_TIMEOUT: "offline",
    Kind.FIRST_BYTE_TIMEOUT: "timeout",
    Kind.STALLED: "timeout",
    Kind.TOTAL_DEADLINE: "timeout",
    Kind.MODEL_MISSING: "model_missing",
    Kind.LOADING: "model_loading",
    Kind.CANCELLED: "cancelled",
}

_CAUSES = {
    "stop": "stop",
    "length": "length",
    "truncated": "truncated",
    "content_filter": "filtered",
    "empty": "empty_model_answer",
    "tool_calls": "empty_model_answer",
    "only_reasoning": "only_reasoning",
    "error": "provider_error",
}


def failed(error: RequestError) -> Finish:
    """Answer the end of a stream that brought nothing."""
    return Finish(_REASONS.get(error.kind, "provider_error"), str(error))


def paused(pause: Pause, now_s: float) -> Finish:
    """Answer the end of a stream that was never begun: the model is left alone for a while."""
    code = _REASONS.get(pause.kind, "breaker_open")
    if pause.until_s == float("inf"):
        return Finish(code, "it is asked again when its settings change")
    return Finish(code, f"it is asked again in {max(pause.until_s - now_s, 1):.0f} s")


def ended(finish: Finish) -> Finish:
    """Answer the end of an answer in the words of inline completion."""
    return Finish(_CAUSES.get(finish.cause, finish.cause), finish.note)
