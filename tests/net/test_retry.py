from __future__ import annotations

import pytest

from refact_lsp.net.breaker import Breaker, Breakers
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.net.retry import (
    CHAT_RETRY,
    COMPLETION_RETRY,
    back_off_s,
    wait_before_retry_s,
)
from refact_lsp.net.retry_after import retry_after_s

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        pytest.param({"retry-after": "7"}, 7.0, id="P12-seconds"),
        pytest.param({"retry-after": "1.5"}, 1.5, id="P12-fraction"),
        pytest.param({"retry-after-ms": "2500", "retry-after": "9"}, 2.5, id="P12-milliseconds"),
        pytest.param({"retry-after": "3600"}, 60.0, id="P12-an-hour"),
        pytest.param({"retry-after": "Fri, 15 Jan 2027 08:00:20 GMT"}, 20.0, id="P13-date"),
        pytest.param({"retry-after": "Fri, 15 Jan 2021 08:00:20 GMT"}, 1.0, id="P13-past"),
        pytest.param({"retry-after": "-5"}, 1.0, id="P13-negative"),
        pytest.param({"retry-after": "820540800"}, 60.0, id="P13-26-years"),
        pytest.param({"retry-after": "soon"}, None, id="P13-garbage"),
        pytest.param({"retry-after": "nan"}, None, id="P13-nan"),
        pytest.param({"retry-after": ""}, None, id="P13-empty"),
        pytest.param({"retry-after": "9" * 400}, None, id="P13-beyond-numbers"),
        pytest.param({"x-ratelimit-reset-requests": "1m2s"}, 60.0, id="P14-long-duration"),
        pytest.param({"x-ratelimit-reset-tokens": "6s500ms"}, 6.5, id="P14-duration"),
        pytest.param({"x-ratelimit-reset": "1800000009"}, 9.0, id="P14-epoch"),
        pytest.param({"x-ratelimit-reset": "1800000009000"}, 9.0, id="P14-epoch-ms"),
        pytest.param({"some-ratelimit-tokens-reset": "2027-01-15T08:00:30Z"}, 30.0, id="P14-iso"),
        pytest.param(
            {
                "x-ratelimit-remaining-requests": "5",
                "x-ratelimit-reset-requests": "2s",
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-tokens": "40s",
            },
            40.0,
            id="P14-the-one-used-up",
        ),
        pytest.param({}, None, id="P14-nothing"),
    ],
)
def test_wait_that_a_server_asks_for(headers: dict[str, str], wait: float | None) -> None:
    assert retry_after_s(headers, NOW) == wait


def error(
    kind: Kind, status: int = 0, *, after: float | None = None, should: bool | None = None
) -> RequestError:
    return RequestError(kind, "x.", Facts(status=status, retry_after_s=after, should_retry=should))


def chat_waits(failure: RequestError, *, has_begun: bool = False) -> list[float]:
    """Ask again and again, and list the waits in between."""
    waits: list[float] = []
    while (
        wait := wait_before_retry_s(CHAT_RETRY, failure, len(waits), has_begun=has_begun, chance=0)
    ) is not None:
        waits.append(wait)
    return waits


@pytest.mark.parametrize(
    ("failure", "waits"),
    [
        pytest.param(error(Kind.BAD_REQUEST, 400), [], id="P1"),
        pytest.param(error(Kind.AUTH, 401), [], id="P2"),
        pytest.param(
            error(Kind.NO_CREDIT, 429, after=1, should=True), [], id="P3-even-when-told-to"
        ),
        pytest.param(error(Kind.SERVER_ERROR, 408), [0.5], id="P8-408"),
        pytest.param(error(Kind.SERVER_ERROR, 504), [0.5], id="P8-504"),
        pytest.param(error(Kind.SERVER_ERROR, 409), [0.5], id="P9-409"),
        pytest.param(error(Kind.SERVER_ERROR, 425), [0.5], id="P9-425"),
        pytest.param(error(Kind.RATE_LIMITED, 429, after=7), [7.0, 7.0], id="P12-short"),
        pytest.param(error(Kind.RATE_LIMITED, 429, after=30), [], id="P12-too-long"),
        pytest.param(error(Kind.RATE_LIMITED, 429), [0.5, 2.0], id="P14-no-time-told"),
        pytest.param(error(Kind.SERVER_ERROR, 500), [0.5, 2.0], id="P15-500"),
        pytest.param(error(Kind.OVERLOADED, 529), [0.5, 2.0], id="P15-529"),
        pytest.param(error(Kind.SERVER_ERROR, 500, should=False), [], id="P15-told-not-to"),
        pytest.param(error(Kind.BAD_REQUEST, 400, should=True), [0.5, 2.0], id="P15-told-to"),
        pytest.param(error(Kind.DNS), [], id="P17"),
        pytest.param(error(Kind.NOT_RUNNING), [], id="P18"),
        pytest.param(error(Kind.CUT_OFF), [0.5, 2.0], id="P22-before-the-first-byte"),
        pytest.param(error(Kind.TLS), [], id="P33"),
    ],
)
def test_chat_asks_again(failure: RequestError, waits: list[float]) -> None:
    assert chat_waits(failure) == waits
    assert chat_waits(failure, has_begun=True) == []


def test_completion_never_asks_again() -> None:
    failure = error(Kind.SERVER_ERROR, 500)
    assert wait_before_retry_s(COMPLETION_RETRY, failure, 0, has_begun=False, chance=0) is None


def test_back_off_doubles_up_to_a_minute_p14() -> None:
    assert [back_off_s(failures, 0) for failures in range(1, 9)] == [2, 4, 8, 16, 32, 60, 60, 60]
    assert back_off_s(1, 1.0) == 1.5


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def paused_for(breaker: Breaker, clock: Clock) -> float:
    found = breaker.pause()
    return found.until_s - clock.now if found else 0.0


def test_breaker_opens_after_five_failures_and_lets_one_try_p15(
    breaker: Breaker, clock: Clock
) -> None:
    for _ in range(4):
        breaker.failed(error(Kind.SERVER_ERROR, 500))
    assert breaker.pause() is None
    breaker.failed(error(Kind.OVERLOADED, 529))
    assert paused_for(breaker, clock) == 15
    clock.now += 15
    assert breaker.pause() is None  # the one that tries
    assert breaker.pause() is not None  # nobody else meanwhile
    breaker.failed(error(Kind.SERVER_ERROR, 500))
    assert paused_for(breaker, clock) == 30
    clock.now += 30
    assert breaker.pause() is None
    breaker.succeeded()
    assert breaker.pause() is None
    assert breaker.pause() is None


def test_breaker_forgets_failures_that_lie_back_p15(breaker: Breaker, clock: Clock) -> None:
    for _ in range(20):
        breaker.failed(error(Kind.FIRST_BYTE_TIMEOUT))
        clock.now += 10
    assert breaker.pause() is None


def test_breaker_lets_the_next_one_try_when_a_probe_is_given_up(
    breaker: Breaker, clock: Clock
) -> None:
    breaker.failed(error(Kind.NOT_RUNNING))
    clock.now += 5
    assert breaker.pause() is None
    breaker.let_go()
    assert breaker.pause() is None


@pytest.mark.parametrize(
    ("failure", "wait"),
    [
        pytest.param(error(Kind.AUTH, 401), float("inf"), id="P2"),
        pytest.param(error(Kind.NO_CREDIT, 402), 900.0, id="P3"),
        pytest.param(error(Kind.FORBIDDEN, 403), 900.0, id="P4"),
        pytest.param(error(Kind.MODEL_MISSING, 404), 30.0, id="P5"),
        pytest.param(error(Kind.RATE_LIMITED, 429, after=12), 12.0, id="P12"),
        pytest.param(error(Kind.RATE_LIMITED, 429), 2.0, id="P14"),
        pytest.param(error(Kind.DNS), 30.0, id="P17-dns"),
        pytest.param(error(Kind.UNREACHABLE), 30.0, id="P17-offline"),
        pytest.param(error(Kind.NOT_RUNNING), 5.0, id="P18"),
        pytest.param(error(Kind.LOADING, 503), 2.0, id="P50"),
        pytest.param(error(Kind.TLS), 60.0, id="P33"),
        pytest.param(error(Kind.CANCELLED), 0.0, id="cancelled"),
        pytest.param(error(Kind.BAD_REQUEST, 400), 0.0, id="P1"),
    ],
)
def test_breaker_pauses_by_what_went_wrong(
    breaker: Breaker, clock: Clock, failure: RequestError, wait: float
) -> None:
    breaker.failed(failure)
    assert paused_for(breaker, clock) == wait


def test_breaker_explicit_request_overrides_no_credit_but_not_a_wrong_key_p3(
    breaker: Breaker,
) -> None:
    breaker.failed(error(Kind.NO_CREDIT, 402))
    assert breaker.pause(on_request=True) is None
    assert breaker.pause() is not None
    breaker.failed(error(Kind.AUTH, 401))
    assert breaker.pause(on_request=True) is not None


def test_breakers_keep_destinations_apart_and_forget_on_change_p2(clock: Clock) -> None:
    breakers = Breakers(clock)
    breakers.of("a").failed(error(Kind.AUTH, 401))
    assert breakers.of("b").pause() is None
    assert breakers.of("a").pause() is not None
    breakers.reset()
    assert breakers.of("a").pause() is None
