"""Whether a request that failed is asked again, and when. Pure; chance comes in as a number."""

from __future__ import annotations

from dataclasses import dataclass

from refact_lsp.net.errors import Kind, RequestError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long one purpose is ready to wait.

    `waits_s`: before the first, second, ... retry where the server names no time. `longest_s`: a
    server that asks for more is told to the user instead.
    """

    retries: int = 0
    waits_s: tuple[float, ...] = ()
    longest_s: float = 0.0


COMPLETION_RETRY = RetryPolicy()
"""None: a completion that comes late is of no use, and the next key asks again."""

CHAT_RETRY = RetryPolicy(retries=2, waits_s=(0.5, 2.0), longest_s=20.0)

_ONCE = frozenset({408, 409, 425, 504})
_AGAIN = frozenset(
    {
        Kind.SERVER_ERROR,
        Kind.OVERLOADED,
        Kind.RATE_LIMITED,
        Kind.CUT_OFF,
        Kind.CONNECT_TIMEOUT,
        Kind.PROTOCOL,
    }
)
_NEVER = frozenset({Kind.NO_CREDIT, Kind.TLS, Kind.REDIRECT, Kind.ADDRESS, Kind.TOO_MUCH})


def wait_before_retry_s(
    policy: RetryPolicy, error: RequestError, attempt: int, *, has_begun: bool, chance: float
) -> float | None:
    """Answer the seconds to wait before asking again, or None not to.

    `attempt` counts the retries made so far. `has_begun`: text of the answer was shown; a question
    is then never asked twice. `chance` (0 to 1) spreads the clients of a server that comes back.
    """
    if has_begun or attempt >= policy.retries or not _is_worth_it(error, attempt):
        return None
    if error.retry_after_s is not None:
        return error.retry_after_s if error.retry_after_s <= policy.longest_s else None
    wait = policy.waits_s[min(attempt, len(policy.waits_s) - 1)]
    return wait * (1 + chance / 4)


def _is_worth_it(error: RequestError, attempt: int) -> bool:
    if error.kind in _NEVER:
        return False
    if error.facts.should_retry is not None:
        return error.facts.should_retry
    if error.status in _ONCE:
        return attempt == 0
    return error.kind in _AGAIN


def back_off_s(failures: int, chance: float) -> float:
    """Answer 2, 4, 8 ... 60 seconds after so many limited requests in a row, a little spread."""
    return min(2.0 ** min(failures, 6), 60.0) * (1 - chance / 4)
