"""What failures come to: each has a reason that inline completion knows."""

from __future__ import annotations

import pytest

from refact_lsp.completion.reasons import Reason
from refact_lsp.messages import Finish
from refact_lsp.net.breaker import Pause
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.providers.failures import ended, failed, paused
from refact_lsp.providers.wire.answer import CAUSES

ENDS = {"stop", "length"}
"""Ends of an answer that there is something of."""


@pytest.mark.parametrize("kind", Kind)
def test_failure_of_any_kind_has_a_reason(kind: Kind) -> None:
    assert failed(RequestError(kind, "It failed.")).cause in set(Reason)
    assert paused(Pause(kind, 20.0), 10.0).cause in set(Reason)


@pytest.mark.parametrize(
    "cause", [*CAUSES.values(), "stop", "truncated", "empty", "only_reasoning", "error"]
)
def test_end_of_any_answer_has_a_reason_or_is_one_of_success(cause: str) -> None:
    assert ended(Finish(cause)).cause in {*Reason, *ENDS}


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (Kind.AUTH, "auth_failed"),
        (Kind.NO_CREDIT, "no_credit"),
        (Kind.RATE_LIMITED, "rate_limited"),
        (Kind.NOT_RUNNING, "offline"),
        (Kind.MODEL_MISSING, "model_missing"),
        (Kind.LOADING, "model_loading"),
        (Kind.STALLED, "timeout"),
        (Kind.SERVER_ERROR, "provider_error"),
    ],
)
def test_failure_keeps_its_sentence(kind: Kind, cause: str) -> None:
    assert failed(RequestError(kind, "It failed.")) == Finish(cause, "It failed.")


@pytest.mark.parametrize(
    ("pause", "told"),
    [
        (Pause(Kind.SERVER_ERROR, 25.0), Finish("breaker_open", "it is asked again in 15 s")),
        (Pause(Kind.RATE_LIMITED, 9.0), Finish("rate_limited", "it is asked again in 1 s")),
        (
            Pause(Kind.AUTH, float("inf")),
            Finish("auth_failed", "it is asked again when its settings change"),
        ),
    ],
)
def test_pause_says_until_when(pause: Pause, told: Finish) -> None:
    assert paused(pause, 10.0) == told
