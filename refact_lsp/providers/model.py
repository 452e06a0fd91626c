"""A model behind a server as inline completion sees it: one question in, a stream of text out.

The server is asked in the best way that is known; what it refuses is learned, and the same
question goes out again in the next way, before anybody sees a failure.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial

from refact_lsp.errors import ConfigError
from refact_lsp.messages import Destination, FimRequest, Finish, StreamEvent
from refact_lsp.net.breaker import Breaker, Breakers
from refact_lsp.net.call import Call
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import RequestError
from refact_lsp.net.limits import COMPLETION, Limits
from refact_lsp.providers.asked_model import AskedModel, Sent
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.credentials import credentials, masked_credentials
from refact_lsp.providers.endpoint import Endpoint
from refact_lsp.providers.failures import failed, paused
from refact_lsp.providers.fim.families import NoFamily
from refact_lsp.providers.known import KnownModels
from refact_lsp.providers.learning import cut_sentence, taught
from refact_lsp.providers.question import Question, family_at
from refact_lsp.providers.reading import Reading

ASKED_FOR = replace(COMPLETION, first_byte_s=20.0, gap_s=5.0, total_s=30.0)
"""Somebody pressed a key and waits: a model may first have to be loaded."""

MOST_TRIES = 6

Watch = Callable[[str, float, object], None]
"""Called with what happened, when on the services' clock, and what it happened to."""


@dataclass(frozen=True, slots=True)
class Services:
    """What all models of a process share.

    `path_of` answers the path of a document as a model gets to see it: below its workspace.
    `tell` passes a finding about a model on to the user. `replaced` hears of a model for which
    another one answers, and of that one's name. `limits` hold while somebody types,
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
    replaced: Callable[[str, str], None] = lambda _model, _by: None


class ProviderModel:
    """One model of one instance; made anew when its settings change."""

    def __init__(self, endpoint: Endpoint, services: Services) -> None:
        self.endpoint = endpoint
        self._services = services
        self._model = AskedModel(endpoint, services.known)

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

    def would_send(self, request: FimRequest) -> tuple[Sent, Call] | None:
        """Answer what would be sent now, masks in it for keys; None where there is no way to ask.

        No key is asked for.
        """
        if (sent := self._written(request)) is None:
            return None
        masked = masked_credentials(self.endpoint.key, self.endpoint.headers)
        return sent, self._model.call(sent, masked)

    def _written(self, request: FimRequest) -> Sent | None:
        """Write the question in the best way that is left."""
        if not (left := self._model.ways()):
            return None
        return self._model.written(left[0], request, self._services.path_of(request.snapshot.uri))

    async def _asked(self, request: FimRequest, breaker: Breaker) -> AsyncGenerator[StreamEvent]:
        """Ask in one way after the other, until one is taken."""
        try:
            given = await credentials(self.endpoint.key, self.endpoint.headers, self._services.keys)
        except ConfigError as error:
            yield Finish("no_key", str(error))
            return
        services = self._services
        limits = services.asked_for if request.by_key else services.limits
        before = self._model.known
        for tries_left in reversed(range(MOST_TRIES)):
            if (sent := self._written(request)) is None:
                yield Finish("no_completion_model", self._why_not())
                return
            try:
                call = self._model.call(sent, given)
                async with aclosing(self._answered(sent, call, limits, breaker)) as events:
                    async for event in events:
                        yield event
            except RequestError as error:
                if tries_left and self._is_worth_another(sent, error):
                    continue
                # What led nowhere is no knowledge: the server may only have been starting.
                self._model.learn(refused=before.refused, path_spelling=before.path_spelling)
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
            if reading.other_model:  # also where it had nothing to say
                self._tell_of_other(reading.other_model)
            if reading.has_begun:
                self._note(sent.question, reading)

    def _seen(self, what: str, of: object) -> None:
        if self._services.watch is not None:
            self._services.watch(what, self._services.clock(), of)

    def _is_worth_another(self, sent: Sent, error: RequestError) -> bool:
        """Learn from a refusal; answer whether the same question may work now."""
        facts = self._model.lesson(sent, error)
        if not facts and self._model.is_nowhere(error) and len(self._model.ways()) > 1:
            facts = {**self._model.without(sent.question.way), "path_spelling": ""}
        if facts:
            self._model.learn(**facts)
        return bool(facts)

    def _note(self, asked: Question, reading: Reading) -> None:
        """Keep what an answer tells of its model, and tell the user what is wrong with it."""
        found = taught(self._model.known, asked, reading.usage)
        if "context" in found and reading.usage is not None:
            self._services.tell(self.id, cut_sentence(self.id, reading.usage.input or 0))
        if found:
            self._model.learn(**found)

    def _tell_of_other(self, other: str) -> None:
        self._services.tell(self.id, f"{self.id} is answered by another model: {other}.")
        self._services.replaced(self.id, other)

    def _why_not(self) -> str:
        family = family_at(self.endpoint, self._model.known)
        if self.endpoint.settings.fim.mode == "off":
            return "`fim: {mode: off}` stands in its file"
        reason = family.reason if isinstance(family, NoFamily) else ""
        return f"no way to ask it is left. {reason}".strip()
