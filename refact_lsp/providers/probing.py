"""Finds out how a model is best asked: a tiny completion in each way, until one works."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from refact_lsp.config.redaction import redact
from refact_lsp.errors import ConfigError
from refact_lsp.messages import FimRequest, ReasoningDelta, Shape, TextDelta, Usage, WireEvent
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.net.limits import CHAT
from refact_lsp.providers.asked_model import AskedModel, Sent
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.credentials import Credentials, credentials
from refact_lsp.providers.endpoint import Endpoint
from refact_lsp.providers.fim.families import NoFamily
from refact_lsp.providers.fim.ways import Way
from refact_lsp.providers.known import KnownModels
from refact_lsp.providers.question import PlainReader, family_at
from refact_lsp.providers.reading import Reading
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.snapshot import DocumentSnapshot

PROBE = replace(CHAT, connect_s=5.0, first_byte_s=60.0, total_s=90.0)
"""Somebody waits for it, and the model may have to be loaded first."""

MOST_TRIES = 3
"""Of one way: a parameter that is refused is left out, a path spelled otherwise."""

_CONCERNS_ALL = frozenset(
    {
        *(Kind.NOT_RUNNING, Kind.DNS, Kind.UNREACHABLE, Kind.CONNECT_TIMEOUT, Kind.TLS),
        *(Kind.PROXY, Kind.ADDRESS, Kind.AUTH, Kind.FORBIDDEN, Kind.NO_CREDIT, Kind.LOADING),
        *(Kind.RATE_LIMITED, Kind.MODEL_MISSING, Kind.REDIRECT),
    }
)
"""What is none of the way that was asked in."""

_CLOSED = frozenset({Kind.BAD_REQUEST, Kind.PATH_MISSING, Kind.NOT_AN_API})
"""What another day will not mend."""

_BEFORE = "def greeting():\n    "
_AFTER = ' = "quokka-417"\n    return welcome_text_417\n'
_ONLY_AFTER = "welcome_text_417"
"""The name to fill in stands after the hole alone: whoever writes it has read what follows."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One way and what came of it: "" where it works, else why it does not."""

    way: Way
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Probed:
    """What was found out about a model.

    `way` is the first that works, None where none does. `tokens` are those of the answer, 0 where
    its server does not tell. `served_by` is the model that answered, where it is not the one asked.
    `saw_suffix`: the answer proves that what follows the hole was read; False proves nothing.
    `error` is why the server could not be asked at all. `sentence` says it all to a person.
    """

    model: str
    way: Way | None = None
    ms_to_first_token: float = 0.0
    tokens: int = 0
    context: int = 0
    served_by: str = ""
    saw_suffix: bool = False
    tried: tuple[Tried, ...] = ()
    error: RequestError | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came of one request; `first_ms` is when its first text or thought did, None: none."""

    text: str
    first_ms: float | None
    usage: Usage | None
    served_by: str


async def probe(
    endpoint: Endpoint,
    client: HttpClient,
    keys: Keys,
    known: KnownModels,
    clock: Callable[[], float] = time.monotonic,
) -> Probed:
    """Ask a model in each way, best first, until one works; what is learned goes into `known`.

    Ways that were refused before are tried again: somebody wants to know. Raises nothing.
    """
    model = AskedModel(endpoint, known)
    model.learn(refused=frozenset())
    try:
        given = await credentials(endpoint.key, endpoint.headers, keys)
    except ConfigError as error:
        return _ended(endpoint, (), RequestError(Kind.AUTH, redact(str(error))))
    prober = _Prober(model, client, given, clock)
    tried: list[Tried] = []
    for way in model.ways():
        try:
            answer = await prober.ask(way)
        except RequestError as error:
            tried.append(Tried(way, redact(str(error))))
            if error.kind in _CONCERNS_ALL:
                return _ended(endpoint, tuple(tried), error)
            if error.kind in _CLOSED or error.status == 501:
                model.learn(**model.without(way))
            continue
        model.learn(good_way=(way.kind, way.wire))
        return _worked(model, (*tried, Tried(way)), answer)
    return _ended(endpoint, tuple(tried), None, _why_none(model, tried))


class _Prober:
    """Asks one model, and times its answers."""

    def __init__(
        self,
        model: AskedModel,
        client: HttpClient,
        given: Credentials,
        clock: Callable[[], float],
    ) -> None:
        self._model = model
        self._client = client
        self._given = given
        self._clock = clock

    async def ask(self, way: Way) -> _Answer:
        """Ask in a way, leaving out what is refused; raises RequestError where it is closed."""
        for tries_left in reversed(range(MOST_TRIES)):
            sent = self._model.written(way, _request(), "greeting.py")
            try:
                answer = await self._answer(sent)
            except RequestError as error:
                if self._has_learned(sent, error) and tries_left:
                    continue
                raise
            if answer.first_ms is None:
                break
            return answer
        raise RequestError(Kind.PROTOCOL, "Its answer is empty.")

    async def _answer(self, sent: Sent) -> _Answer:
        """Send one request, and answer all that came of it, fit to be inserted or not."""
        call = self._model.call(sent, self._given)
        asked = replace(sent.question, reader=PlainReader)
        started, came_at = self._clock(), list[float]()

        def seen(event: WireEvent) -> None:
            if isinstance(event, TextDelta | ReasoningDelta) and event.choice == 0:
                came_at.append(self._clock())

        reading = Reading(asked, call.revealed(), seen)
        async with aclosing(reading.texts(self._client, call, PROBE)) as texts:
            text = "".join([each.text async for each in texts])
        if reading.broken_off is not None:
            raise reading.broken_off
        first_ms = (came_at[0] - started) * 1000 if came_at else None
        return _Answer(text, first_ms, reading.usage, reading.other_model)

    def _has_learned(self, sent: Sent, error: RequestError) -> bool:
        """Learn what is worth another try in the same way; a closed way is told to the caller."""
        facts = self._model.lesson(sent, error)
        if "refused" in facts:
            return False
        if facts:
            self._model.learn(**facts)
        elif self._model.is_nowhere(error):
            self._model.learn(path_spelling="")
        return bool(facts)


def _request() -> FimRequest:
    snapshot = DocumentSnapshot("file:///greeting.py", 1, "python", Text(_BEFORE + _AFTER))
    return FimRequest(snapshot, Position(1, 4), _BEFORE, _AFTER, Shape.SINGLE_LINE, by_key=True)


def _worked(model: AskedModel, tried: tuple[Tried, ...], answer: _Answer) -> Probed:
    endpoint, way = model.endpoint, tried[-1].way
    first_ms = answer.first_ms or 0.0
    return Probed(
        model=endpoint.id,
        way=way,
        ms_to_first_token=first_ms,
        tokens=(answer.usage.output if answer.usage else None) or 0,
        context=model.known.context or endpoint.n_ctx,
        served_by=answer.served_by,
        saw_suffix=_ONLY_AFTER in answer.text,
        tried=tried,
        sentence=(
            f"{endpoint.id} completes: {way.kind} over {way.wire}, {first_ms:.0f} ms"
            " to the first token."
        ),
    )


def _ended(
    endpoint: Endpoint, tried: tuple[Tried, ...], error: RequestError | None, why: str = ""
) -> Probed:
    said = why or redact(str(error))
    return Probed(endpoint.id, tried=tried, error=error, sentence=f"{endpoint.id}: {said}")


def _why_none(model: AskedModel, tried: list[Tried]) -> str:
    if tried:
        return "its server refuses every way of asking."
    if model.endpoint.settings.fim.mode == "off":
        return "`fim: {mode: off}` stands in its file."
    family = family_at(model.endpoint, model.known)
    return family.reason if isinstance(family, NoFamily) else "there is no way to ask it."
