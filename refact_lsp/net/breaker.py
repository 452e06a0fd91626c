"""When a destination is left alone, for how long, and what ends that. Pure: a clock comes in.

A destination is whatever the caller counts together: an instance of a provider, or one model.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.net.retry import back_off_s

FAILURES = 5
WINDOW_S = 30.0
"""Five failures within half a minute open the breaker."""

OPEN_S = 15.0
"""... for this long; then one request may try, and each time that it fails doubles the wait."""

LONGEST_OPEN_S = 60.0
NO_CREDIT_S = 15 * 60.0
NEVER = float("inf")

_PROBE_S = {
    Kind.DNS: 30.0,
    Kind.UNREACHABLE: 30.0,
    Kind.NOT_RUNNING: 5.0,
    Kind.PROXY: 5.0,
    Kind.LOADING: 2.0,
    Kind.TLS: 60.0,  # a sign-in page of a network answers with a certificate of its own
    Kind.REDIRECT: 60.0,
    Kind.MODEL_MISSING: 30.0,  # it may be pulled meanwhile
    Kind.FORBIDDEN: NO_CREDIT_S,
}
"""One request is let through in each such time, to see whether it is over."""

_UNTIL_CHANGED = frozenset({Kind.AUTH, Kind.ADDRESS})
"""Nothing but another configuration helps."""

_FAILURES = frozenset(
    {
        Kind.BAD_REQUEST,  # one that nothing was learned from will be refused at the next key too
        Kind.SERVER_ERROR,
        Kind.OVERLOADED,
        Kind.CONNECT_TIMEOUT,
        Kind.FIRST_BYTE_TIMEOUT,
        Kind.STALLED,
        Kind.TOTAL_DEADLINE,
        Kind.CUT_OFF,
        Kind.PROTOCOL,
        Kind.NOT_AN_API,
        Kind.PATH_MISSING,
        Kind.TOO_MUCH,
    }
)


@dataclass(frozen=True, slots=True)
class Pause:
    """Why a destination is left alone, and until when on the caller's clock (may be infinite)."""

    kind: Kind
    until_s: float


@dataclass(slots=True)
class Breaker:
    """What is known of one destination; ask `pause()` before a request, tell it how that ended."""

    clock: Callable[[], float]
    chance: Callable[[], float] = lambda: 0.0
    _failed_at: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES))
    _pause: Pause | None = None
    _probing: bool = False
    _openings: int = 0
    _limited: int = 0

    def pause(self, *, on_request: bool = False) -> Pause | None:
        """Answer why not to ask now, or None to go ahead.

        `on_request`: somebody asked on purpose; that overrides everything but a key that does not
        work. After a pause one request goes ahead alone, until it is told how that ended.
        """
        if self._pause is None:
            return None
        if on_request and self._pause.kind not in _UNTIL_CHANGED:
            return None
        if self.clock() < self._pause.until_s or self._probing:
            return self._pause
        self._probing = True
        return None

    def succeeded(self) -> None:
        """Take note of an answer: all is well again."""
        self.reset()

    def reset(self) -> None:
        """Forget everything, as when the configuration has changed."""
        self._failed_at.clear()
        self._pause, self._probing = None, False
        self._openings = self._limited = 0

    def let_go(self) -> None:
        """Take note that a request was given up before it ended, so that another one may try."""
        self._probing = False

    def failed(self, error: RequestError) -> None:
        """Take note of a failure, and pause where it calls for that."""
        now, was_probing = self.clock(), self._probing
        self._probing = False
        wait = self._wait_s(error, now, was_probing=was_probing)
        if wait is not None:
            self._pause = Pause(error.kind, now + wait)

    def _wait_s(self, error: RequestError, now: float, *, was_probing: bool) -> float | None:
        if error.kind in _UNTIL_CHANGED:
            return NEVER
        if error.kind is Kind.NO_CREDIT:
            return NO_CREDIT_S
        if error.kind is Kind.RATE_LIMITED:
            self._limited += 1
            return error.retry_after_s or back_off_s(self._limited, self.chance())
        if error.kind in _PROBE_S:
            return _PROBE_S[error.kind]
        return self._opened_s(now, was_probing=was_probing) if error.kind in _FAILURES else None

    def _opened_s(self, now: float, *, was_probing: bool) -> float | None:
        """Count a failure; answer how long to stay open, or None to stay closed."""
        self._failed_at.append(now)
        enough = len(self._failed_at) == FAILURES and now - self._failed_at[0] <= WINDOW_S
        if not (enough or was_probing):
            return None
        self._openings += 1
        self._failed_at.clear()
        return min(OPEN_S * 2.0 ** (self._openings - 1), LONGEST_OPEN_S)


@dataclass(slots=True)
class Breakers:
    """One breaker a destination."""

    clock: Callable[[], float]
    chance: Callable[[], float] = lambda: 0.0
    _known: dict[str, Breaker] = field(default_factory=dict)

    def of(self, destination: str) -> Breaker:
        """Answer the breaker of a destination."""
        return self._known.setdefault(destination, Breaker(self.clock, self.chance))

    def reset(self) -> None:
        """Forget everything, as when the configuration has changed."""
        self._known.clear()
