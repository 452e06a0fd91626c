"""A model behind a server as inline completion sees it: one question in, a stream of text out.

The server is asked in the best way that is known; what it refuses is learned, and the same
question goes out again in the next way, before anybody sees a failure.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from refact_lsp.config.secret import Secret
from refact_lsp.errors import ConfigError
from refact_lsp.messages import (
    Destination,
    ErrorFacts,
    FimRequest,
    Finish,
    ServedBy,
    StreamEvent,
    TextDelta,
    Usage,
    WireEvent,
)
from refact_lsp.net.breaker import Breaker, Breakers
from refact_lsp.net.call import Call
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.net.limits import COMPLETION, Limits
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.endpoint import Endpoint
from refact_lsp.providers.endpoints import endpoint_url, other_url
from refact_lsp.providers.failures import ended, failed, paused
from refact_lsp.providers.fim.families import NoFamily
from refact_lsp.providers.fim.ways import Way
from refact_lsp.providers.known import KnownModel, KnownModels
from refact_lsp.providers.learning import learned
from refact_lsp.providers.question import Question, family_at, question, ways_of
from refact_lsp.providers.wire.answer import prompt_was_cut
from refact_lsp.providers.wire.format import WireCall
from refact_lsp.providers.wire.table import FORMATS

ASKED_FOR = replace(COMPLETION, first_byte_s=20.0, gap_s=5.0, total_s=30.0)
"""Somebody pressed a key and waits: a model may first have to be loaded."""

MOST_TRIES = 6
_JSON = {"Content-Type": "application/json"}

Watch = Callable[[str, float, object], None]
"""Called with what happened, when on the services' clock, and what it happened to."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all models of a process share.

    `path_of` answers the path of a document as a model gets to see it: below its workspace.
    `tell` passes a finding about a model on to the user. `watch` hears of everything on the wire:
    `sent` with (`Sent`, `Call`), `event` with each `WireEvent`, `refused` with a `RequestError`.
    """

    client: HttpClient
    keys: Keys
    known: KnownModels
    breakers: Breakers
    path_of: Callable[[str], str]
    tell: Callable[[str, str], None]
    clock: Callable[[], float]
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it goes out: for the wire, and for who wants to look at it."""

    url: str
    call: WireCall
    question: Question


class ProviderModel:
    """One model of one instance; made anew when its settings change."""

    def __init__(self, endpoint: Endpoint, services: Services) -> None:
        self.endpoint = endpoint
        self._services = services

    @property
    def id(self) -> str:
        """`provider/model`."""
        return self.endpoint.id

    @property
    def destination(self) -> Destination | None:
        """Where its requests go."""
        return self.endpoint.destination

    async def warm(self) -> RequestError | None:
        """Open a connection before the first question; answer what stands in the way."""
        return await self._services.client.warm(self.endpoint.url, self.endpoint.network)

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer the events; closing the iterator closes the connection."""
        breaker = self._services.breakers.of(self.id)
        if pause := breaker.pause(on_request=request.by_key):
            yield paused(pause, self._services.clock())
            return
        is_told = False
        try:
            async for event in self._asked(request, breaker):
                is_told = isinstance(event, Finish)
                yield event
        finally:
            if not is_told:
                breaker.let_go()

    def prepare(self, request: FimRequest, way: Way | None = None) -> Sent | None:
        """Answer what would be sent now; None where there is no way to ask."""
        known = self._known()
        left = ways_of(self.endpoint, known)
        if way is None and not left:
            return None
        asked = question(
            self.endpoint,
            known,
            way or left[0],
            request,
            self._services.path_of(request.snapshot.uri),
        )
        call = FORMATS[asked.way.wire].build(asked.wire)
        return Sent(self._url(known, call), call, asked)

    async def _asked(self, request: FimRequest, breaker: Breaker) -> AsyncIterator[StreamEvent]:
        try:
            headers, secrets = await self._headers()
        except ConfigError as error:
            breaker.let_go()
            yield Finish("no_key", str(error))
            return
        limits = ASKED_FOR if request.by_key else COMPLETION
        for _ in range(MOST_TRIES):
            if (sent := self.prepare(request)) is None:
                breaker.let_go()
                yield Finish("no_completion_model", self._why_not())
                return
            call = Call(
                sent.url,
                headers=headers,
                body=json.dumps(sent.call.body, ensure_ascii=True).encode(),
                secrets=secrets,
                network=self.endpoint.network,
            )
            answer = _Reading(sent, self._seen)
            try:
                async for event in answer.events(self._services.client, call, limits):
                    yield event
            except RequestError as error:
                if answer.has_begun:
                    yield Finish("truncated", str(error))
                elif self._is_worth_another(sent, error):
                    continue
                else:
                    breaker.failed(error)
                    yield failed(error)
                    return
            breaker.succeeded()
            self._note(sent, answer)
            if answer.finish is not None:
                yield answer.finish
            return
        breaker.let_go()
        yield Finish("provider_error", "its server refuses every way of asking")

    async def _headers(self) -> tuple[Mapping[str, str], tuple[Secret, ...]]:
        endpoint = self.endpoint
        secrets = [*endpoint.headers.values()]
        headers = {**_JSON, **{name: each.reveal() for name, each in endpoint.headers.items()}}
        if endpoint.key is not None:
            key = await self._services.keys.reveal(endpoint.key)
            headers["Authorization"] = f"Bearer {key.reveal()}"
            secrets.append(key)
        return headers, tuple(secrets)

    def _seen(self, what: str, of: object) -> None:
        if self._services.watch is not None:
            self._services.watch(what, self._services.clock(), of)

    def _known(self) -> KnownModel:
        return self._services.known.of(
            self.endpoint.instance, self.endpoint.url, self.endpoint.model
        )

    def _learn(self, **facts: Any) -> None:  # noqa: ANN401 - the fields of `KnownModel`
        endpoint = self.endpoint
        self._services.known.learn(endpoint.instance, endpoint.url, endpoint.model, **facts)

    def _url(self, known: KnownModel, call: WireCall) -> str:
        endpoint = self.endpoint
        url = endpoint_url(endpoint.base, call.path, whole=endpoint.whole, model=endpoint.model)
        return other_url(url) if known.path_spelling else url

    def _is_worth_another(self, sent: Sent, error: RequestError) -> bool:
        """Learn from a refusal; answer whether the same question may work now."""
        known, way = self._known(), sent.question.way
        facts = learned(known, sent.question, sent.call.body, error, FORMATS[way.wire])
        if not facts and error.kind is Kind.PATH_MISSING and not self.endpoint.whole:
            facts = self._elsewhere(known, sent)
        if facts:
            self._learn(**facts)
        return bool(facts)

    def _elsewhere(self, known: KnownModel, sent: Sent) -> dict[str, Any]:
        """Try the URL's other spelling once, then other ways of asking."""
        if not known.path_spelling and other_url(sent.url) != sent.url:
            return {"path_spelling": "other"}
        left = ways_of(self.endpoint, known)
        if len(left) < 2:
            return {}
        way = sent.question.way
        return {"refused": known.refused | {(way.kind, way.wire)}, "path_spelling": ""}

    def _note(self, sent: Sent, answer: _Reading) -> None:
        """Keep what an answer tells of its model."""
        way, known = sent.question.way, self._known()
        facts: dict[str, Any] = {}
        if known.good_way != (way.kind, way.wire):
            facts["good_way"] = (way.kind, way.wire)
        usage = answer.usage
        expected = int(sent.question.chars / known.chars_per_token)
        if usage is not None and usage.input:
            if prompt_was_cut(expected, usage):
                facts["context"] = usage.input + (sent.question.wire.max_tokens or 0)
                self._services.tell(self.id, _cut_sentence(self.id, usage.input, expected))
            elif expected >= 200:
                measured = sent.question.chars / usage.input
                facts["chars_per_token"] = 0.8 * known.chars_per_token + 0.2 * measured
        if answer.other_model:
            sentence = f"{self.id} is answered by another model: {answer.other_model}."
            self._services.tell(self.id, sentence)
        if facts:
            self._learn(**facts)

    def _why_not(self) -> str:
        family = family_at(self.endpoint, self._known())
        if self.endpoint.settings.fim.mode == "off":
            return "`fim: {mode: off}` stands in its file"
        reason = family.reason if isinstance(family, NoFamily) else ""
        return f"no way to ask it is left. {reason}".strip()


class _Reading:
    """One answer as it is read."""

    def __init__(self, sent: Sent, seen: Callable[[str, object], None]) -> None:
        self._sent = sent
        self._seen = seen
        self.has_begun = False
        self.usage: Usage | None = None
        self.other_model = ""
        self.finish: Finish | None = None
        self._reader = sent.question.reader()
        self._parser = FORMATS[sent.question.way.wire].parser(sent.question.wire)

    async def events(
        self, client: HttpClient, call: Call, limits: Limits
    ) -> AsyncIterator[TextDelta]:
        """Send a call and answer the text of its answer; raises `RequestError`."""
        self._seen("sent", (self._sent, call))
        try:
            async for event in self._read(client, call, limits):
                yield event
        except RequestError as error:
            self._seen("refused", error)
            raise

    async def _read(
        self, client: HttpClient, call: Call, limits: Limits
    ) -> AsyncIterator[TextDelta]:
        async with client.stream(call, limits) as stream:
            async for event in stream:
                for text in self._texts(self._parser.feed(event.data, event.name)):
                    yield text
                if self._parser.is_done or getattr(self._reader, "is_over", False):
                    break
        for text in self._texts(self._parser.finish()):
            yield text
        if rest := self._reader.finish():
            yield TextDelta(rest)
        self._judge_reader()

    def _texts(self, events: tuple[WireEvent, ...]) -> list[TextDelta]:
        texts: list[TextDelta] = []
        for event in events:
            self._seen("event", event)
            match event:
                case TextDelta(text, 0):
                    self.has_begun = True
                    if piece := self._reader.feed(text):
                        texts.append(TextDelta(piece))
                case ErrorFacts() if not self.has_begun:
                    raise _refused(event)
                case Usage():
                    self.usage = event
                case ServedBy(model, is_other):
                    self.other_model = model if is_other else ""
                case Finish():
                    self.finish = ended(event)
        return texts

    def _judge_reader(self) -> None:
        """Where the text could not be used, say why instead of how the stream ended."""
        if getattr(self._reader, "has_failed", False):
            self.finish = Finish("dropped_postprocess", "it does not go on at the cursor")
        elif why := getattr(self._reader, "failed", ""):
            self.finish = Finish("dropped_postprocess", str(why))


def _refused(facts: ErrorFacts) -> RequestError:
    """Make the error of a refusal that came inside an answer."""
    return RequestError(
        Kind.BAD_REQUEST,
        "Its server refuses the question.",
        Facts(status=facts.status, code=facts.code, parameter=facts.param),
    )


def _cut_sentence(model: str, read: int, sent: int) -> str:
    return (
        f"{model}: its server read {read} of about {sent} tokens and cut the rest off in silence. "
        "Questions are shorter from now on; load it with a larger context to see more."
    )
