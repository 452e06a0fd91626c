"""Finds out how a model is best asked: a tiny completion in each way, until one works."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from refact_lsp.config.redaction import redact
from refact_lsp.errors import ConfigError
from refact_lsp.messages import (
    ErrorFacts,
    FimRequest,
    ReasoningDelta,
    ServedBy,
    Shape,
    TextDelta,
    Usage,
    WireEvent,
)
from refact_lsp.net.call import Call
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.net.limits import CHAT
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.credentials import Credentials, credentials
from refact_lsp.providers.endpoint import Endpoint
from refact_lsp.providers.endpoints import endpoint_url, other_url
from refact_lsp.providers.fim.families import NoFamily
from refact_lsp.providers.fim.ways import Way, WayKind
from refact_lsp.providers.known import KnownModel, KnownModels
from refact_lsp.providers.learning import learned
from refact_lsp.providers.question import Question, family_at, question, ways_of
from refact_lsp.providers.wire.answer import prompt_was_cut
from refact_lsp.providers.wire.format import TokensPrompt, WireRequest
from refact_lsp.providers.wire.table import FORMATS
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.snapshot import DocumentSnapshot

PROBE = replace(CHAT, connect_s=5.0, first_byte_s=60.0, total_s=90.0)
"""Somebody waits for it, and the model may have to be loaded first."""

MOST_TRIES = 3
"""Of one way: a parameter that is refused is left out, a path spelled otherwise."""

_BEFORE = "def greeting():\n    "
_AFTER = ' = "quokka-417"\n    return welcome_text_417\n'
_ONLY_AFTER = "welcome_text_417"
"""The name to fill in stands after the hole alone: whoever writes it has read what follows."""

LONG_LINES = 400
_LONG_LINE = "value_{0} = compute(value_{0}, {0})\n"
_LONG_CHARS_PER_TOKEN = 3.5
"""A cautious guess for such lines; a server that reports 70 % of that has read it all."""


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


@dataclass(slots=True)
class _Answer:
    """What came of one request; `first_ms` is when its first text did."""

    text: str = ""
    first_ms: float = 0.0
    usage: Usage | None = None
    served_by: str = ""
    has_thoughts: bool = False


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
    known.learn(endpoint.instance, endpoint.url, endpoint.model, refused=frozenset())
    try:
        given = await credentials(endpoint.key, endpoint.headers, keys)
    except ConfigError as error:
        return _ended(endpoint, (), RequestError(Kind.AUTH, redact(str(error))))
    prober = _Prober(endpoint, client, given, known, clock)
    tried: list[Tried] = []
    for way in ways_of(endpoint, prober.known()):
        try:
            answer = await prober.ask(way)
        except RequestError as error:
            if _concerns_all(error):
                return _ended(endpoint, (*tried, Tried(way, redact(str(error)))), error)
            if error.kind in _CLOSED or error.status == 501:
                prober.refuse(way)
            tried.append(Tried(way, redact(str(error))))
            continue
        tried.append(Tried(way))
        prober.accept(way)
        return _worked(endpoint, prober.known(), tuple(tried), answer)
    return _ended(endpoint, tuple(tried), None, _why_none(endpoint, prober.known(), tried))


async def prompt_is_cut(
    endpoint: Endpoint, client: HttpClient, keys: Keys, known: KnownModels
) -> str:
    """Answer a sentence where a server cuts a long prompt in silence, else "".

    The prompt is the program's own text, of a length that would fit the context it tells.
    """
    model = known.of(endpoint.instance, endpoint.url, endpoint.model)
    way = next((each for each in ways_of(endpoint, model) if each.kind is not WayKind.CHAT), None)
    if way is None:
        return ""
    text = "".join(_LONG_LINE.format(number) for number in range(LONG_LINES))
    room = int((model.context or LONG_LINES * 20) * 0.6 * _LONG_CHARS_PER_TOKEN)
    text = text[:room]
    prober = _Prober(
        endpoint, client, await credentials(endpoint.key, endpoint.headers, keys), known
    )
    wire = WireRequest(
        model=endpoint.model,
        prompt=TokensPrompt(text),
        max_tokens=1,
        num_ctx=model.context or None,
        dropped=model.dropped,
        max_tokens_field=model.max_tokens_field or "max_tokens",
    )
    try:
        answer = await prober.send(wire, way.wire)
    except RequestError:
        return ""
    expected = int(len(text) / _LONG_CHARS_PER_TOKEN)
    if answer.usage is None or not prompt_was_cut(expected, answer.usage):
        return ""
    read = answer.usage.input
    return f"{endpoint.id}: its server read {read} of about {expected} tokens, and said nothing."


class _Prober:
    """Asks one model."""

    def __init__(
        self,
        endpoint: Endpoint,
        client: HttpClient,
        given: Credentials,
        known: KnownModels,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._endpoint = endpoint
        self._client = client
        self._given = given
        self._models = known
        self._clock = clock

    def known(self) -> KnownModel:
        """Answer what is known of the model now."""
        endpoint = self._endpoint
        return self._models.of(endpoint.instance, endpoint.url, endpoint.model)

    def refuse(self, way: Way) -> None:
        """Remember that a way is closed."""
        self._learn(refused=self.known().refused | {(way.kind, way.wire)})

    def accept(self, way: Way) -> None:
        """Remember that a way is open."""
        self._learn(good_way=(way.kind, way.wire))

    async def ask(self, way: Way) -> _Answer:
        """Ask in a way, leaving out what is refused; raises RequestError where it is closed."""
        last = RequestError(Kind.BAD_REQUEST, "Its server refuses every form of the question.")
        for _ in range(MOST_TRIES):
            asked = question(self._endpoint, self.known(), way, _request(), "greeting.py")
            try:
                answer = await self.send(asked.wire, way.wire)
            except RequestError as error:
                if not self._has_learned(asked, error):
                    raise
                last = error
                continue
            if answer.text or answer.has_thoughts:
                return answer
            raise RequestError(Kind.PROTOCOL, "Its answer is empty.")
        raise last

    async def send(self, wire: WireRequest, form: str) -> _Answer:
        """Send one request, and answer what came of it."""
        endpoint, built = self._endpoint, FORMATS[form].build(wire)
        url = endpoint_url(endpoint.base, built.path, whole=endpoint.whole, model=endpoint.model)
        call = Call(
            other_url(url) if self.known().path_spelling else url,
            headers={**self._given.headers, "content-type": "application/json"},
            body=json.dumps(built.body).encode(),
            secrets=self._given.secrets,
            network=endpoint.network,
        )
        parser, answer = FORMATS[form].parser(wire), _Answer()
        started = self._clock()
        async with self._client.stream(call, PROBE) as stream:
            async for event in stream:
                for each in parser.feed(event.data, event.name):
                    _take(answer, each, self._clock() - started)
                if parser.is_done:
                    break
        for each in parser.finish():
            _take(answer, each, self._clock() - started)
        return answer

    def _has_learned(self, asked: Question, error: RequestError) -> bool:
        """Learn what is worth another try in the same way; a closed way is told to the caller."""
        built = FORMATS[asked.way.wire].build(asked.wire)
        facts = learned(self.known(), asked, built.body, error, FORMATS[asked.way.wire])
        if "refused" in facts:
            return False
        is_elsewhere = error.kind is Kind.PATH_MISSING and not self._endpoint.whole
        if not facts and is_elsewhere and not self.known().path_spelling:
            facts = {"path_spelling": "other"}
        if facts:
            self._learn(**facts)
        elif is_elsewhere:
            self._learn(path_spelling="")
        return bool(facts)

    def _learn(self, **facts: object) -> None:
        endpoint = self._endpoint
        self._models.learn(endpoint.instance, endpoint.url, endpoint.model, **facts)


def _request() -> FimRequest:
    snapshot = DocumentSnapshot("file:///greeting.py", 1, "python", Text(_BEFORE + _AFTER))
    return FimRequest(snapshot, Position(1, 4), _BEFORE, _AFTER, Shape.SINGLE_LINE, by_key=True)


def _take(answer: _Answer, event: WireEvent, after_s: float) -> None:
    match event:
        case TextDelta(text, 0):
            answer.first_ms = answer.first_ms or after_s * 1000
            answer.text += text
        case ReasoningDelta():
            answer.first_ms = answer.first_ms or after_s * 1000
            answer.has_thoughts = True
        case Usage():
            answer.usage = event
        case ServedBy(model, is_other):
            answer.served_by = model if is_other else ""
        case ErrorFacts(message=message, status=status):
            facts = Facts(status=status, server_text=redact(message)[:300])
            raise RequestError(Kind.BAD_REQUEST, f"Its server says: {facts.server_text}", facts)


_ALL = frozenset(
    {
        *(Kind.NOT_RUNNING, Kind.DNS, Kind.UNREACHABLE, Kind.CONNECT_TIMEOUT, Kind.TLS),
        *(Kind.PROXY, Kind.ADDRESS, Kind.AUTH, Kind.FORBIDDEN, Kind.NO_CREDIT, Kind.LOADING),
        *(Kind.RATE_LIMITED, Kind.MODEL_MISSING, Kind.REDIRECT),
    }
)


_CLOSED = frozenset({Kind.BAD_REQUEST, Kind.PATH_MISSING, Kind.NOT_AN_API})
"""What another day will not mend."""


def _concerns_all(error: RequestError) -> bool:
    """Whether a failure is none of the way that was asked in."""
    return error.kind in _ALL


def _worked(
    endpoint: Endpoint, known: KnownModel, tried: tuple[Tried, ...], answer: _Answer
) -> Probed:
    way = tried[-1].way
    usage = answer.usage
    sentence = f"{endpoint.id} completes: {way.kind} over {way.wire}, {answer.first_ms:.0f} ms"
    return Probed(
        model=endpoint.id,
        way=way,
        ms_to_first_token=answer.first_ms,
        tokens=(usage.output if usage else None) or 0,
        context=known.context or endpoint.n_ctx,
        served_by=answer.served_by,
        saw_suffix=_ONLY_AFTER in answer.text,
        tried=tried,
        sentence=f"{sentence} to the first token.",
    )


def _ended(
    endpoint: Endpoint, tried: tuple[Tried, ...], error: RequestError | None, why: str = ""
) -> Probed:
    said = why or redact(str(error))
    return Probed(endpoint.id, tried=tried, error=error, sentence=f"{endpoint.id}: {said}")


def _why_none(endpoint: Endpoint, known: KnownModel, tried: list[Tried]) -> str:
    if tried:
        return "its server refuses every way of asking."
    if endpoint.settings.fim.mode == "off":
        return "`fim: {mode: off}` stands in its file."
    family = family_at(endpoint, known)
    return family.reason if isinstance(family, NoFamily) else "there is no way to ask it."
