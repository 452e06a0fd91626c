"""A model behind a server as inline completion sees it: one question in, a stream of text out.

The server is asked in the best way that is known; what it refuses is learned, and the same
question goes out again in the next way, before anybody sees a failure.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from refact_lsp.errors import ConfigError
from refact_lsp.messages import Destination, FimRequest, Finish, StreamEvent
from refact_lsp.net.breaker import Breaker, Breakers
from refact_lsp.net.call import Call
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.net.limits import COMPLETION, Limits
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.credentials import Credentials, credentials
from refact_lsp.providers.endpoint import Endpoint
from refact_lsp.providers.endpoints import endpoint_url, other_url
from refact_lsp.providers.failures import failed, paused
from refact_lsp.providers.fim.families import NoFamily
from refact_lsp.providers.fim.ways import Way
from refact_lsp.providers.known import KnownModel, KnownModels
from refact_lsp.providers.learning import cut_sentence, learned, taught
from refact_lsp.providers.question import Question, family_at, question, ways_of
from refact_lsp.providers.reading import Reading
from refact_lsp.providers.wire.format import WireCall
from refact_lsp.providers.wire.table import FORMATS

ASKED_FOR = replace(COMPLETION, first_byte_s=20.0, gap_s=5.0, total_s=30.0)
"""Somebody pressed a key and waits: a model may first have to be loaded."""

MOST_TRIES = 6
_JSON = {"content-type": "application/json"}

Watch = Callable[[str, float, object], None]
"""Called with what happened, when on the services' clock, and what it happened to."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all models of a process share.

    `path_of` answers the path of a document as a model gets to see it: below its workspace.
    `tell` passes a finding about a model on to the user. `limits` hold while somebody types,
    `asked_for` where somebody waits. `watch` hears of everything on the wire: `sent` with
    (`Sent`, `Call`), `event` with each `WireEvent`, `refused` with a `RequestError`.
    """

    client: HttpClient
    keys: Keys
    known: KnownModels
    breakers: Breakers
    path_of: Callable[[str], str]
    tell: Callable[[str, str], None]
    clock: Callable[[], float]
    limits: Limits = COMPLETION
    asked_for: Limits = ASKED_FOR
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

    async def stream(self, request: FimRequest) -> AsyncGenerator[StreamEvent]:
        """Answer the events; closing the iterator closes the connection."""
        breaker = self._services.breakers.of(self.id)
        if pause := breaker.pause(on_request=request.by_key):
            yield paused(pause, self._services.clock())
            return
        try:
            async with aclosing(self._asked(request, breaker)) as events:
                async for event in events:
                    yield event
        finally:
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

    async def _asked(self, request: FimRequest, breaker: Breaker) -> AsyncGenerator[StreamEvent]:
        """Ask in one way after the other, until one is taken."""
        try:
            given = await credentials(self.endpoint.key, self.endpoint.headers, self._services.keys)
        except ConfigError as error:
            yield Finish("no_key", str(error))
            return
        services = self._services
        limits = services.asked_for if request.by_key else services.limits
        before = self._known()
        for tries_left in reversed(range(MOST_TRIES)):
            if (sent := self.prepare(request)) is None:
                yield Finish("no_completion_model", self._why_not())
                return
            try:
                call = self._call(sent, given)
                async with aclosing(self._answered(sent, call, limits, breaker)) as events:
                    async for event in events:
                        yield event
            except RequestError as error:
                if tries_left and self._is_worth_another(sent, error):
                    continue
                # What led nowhere is no knowledge: the server may only have been starting.
                self._learn(refused=before.refused, path_spelling=before.path_spelling)
                breaker.failed(error)
                yield failed(error)
            return

    async def _answered(
        self, sent: Sent, call: Call, limits: Limits, breaker: Breaker
    ) -> AsyncGenerator[StreamEvent]:
        """Ask once; raises `RequestError` where nothing has come.

        Most answers are left as soon as enough has come, so a model is well with its first word.
        """
        reading = Reading(sent.question, call.revealed(), partial(self._seen, "event"))
        self._seen("sent", (sent, call))
        try:
            async with aclosing(reading.texts(self._services.client, call, limits)) as texts:
                async for text in texts:
                    breaker.succeeded()
                    yield text
            breaker.succeeded()
            yield reading.finish
        except RequestError as error:
            self._seen("refused", error)
            raise
        finally:
            if reading.has_begun:
                self._note(sent.question, reading)

    def _call(self, sent: Sent, given: Credentials) -> Call:
        return Call(
            sent.url,
            headers={**_JSON, **given.headers},
            body=json.dumps(sent.call.body, ensure_ascii=True).encode(),
            secrets=given.secrets,
            network=self.endpoint.network,
        )

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
        way = sent.question.way
        if len(ways_of(self.endpoint, known)) < 2:
            return {}
        return {"refused": known.refused | {(way.kind, way.wire)}, "path_spelling": ""}

    def _note(self, asked: Question, reading: Reading) -> None:
        """Keep what an answer tells of its model, and tell the user what is wrong with it."""
        found = taught(self._known(), asked, reading.usage)
        if "context" in found and reading.usage is not None:
            self._services.tell(self.id, cut_sentence(self.id, reading.usage.input or 0))
        if reading.other_model:
            sentence = f"{self.id} is answered by another model: {reading.other_model}."
            self._services.tell(self.id, sentence)
        if found:
            self._learn(**found)

    def _why_not(self) -> str:
        family = family_at(self.endpoint, self._known())
        if self.endpoint.settings.fim.mode == "off":
            return "`fim: {mode: off}` stands in its file"
        reason = family.reason if isinstance(family, NoFamily) else ""
        return f"no way to ask it is left. {reason}".strip()
