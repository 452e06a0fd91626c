"""One answer as it is read: wire events into text to insert, and what it tells beside that."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from refact_lsp.messages import (
    ErrorFacts,
    ErrorKind,
    Finish,
    ServedBy,
    TextDelta,
    Usage,
    WireEvent,
)
from refact_lsp.net.call import Call
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import Facts, Kind, RequestError
from refact_lsp.net.limits import Limits
from refact_lsp.net.redact import shown
from refact_lsp.net.stream import EventStream
from refact_lsp.providers.failures import ended
from refact_lsp.providers.question import Question
from refact_lsp.providers.wire.table import FORMATS

_KINDS = {
    ErrorKind.LOADING: Kind.LOADING,
    ErrorKind.MODEL_MISSING: Kind.MODEL_MISSING,
    ErrorKind.CONTEXT_TOO_LONG: Kind.CONTEXT_TOO_LONG,
    ErrorKind.BAD_STREAM: Kind.PROTOCOL,
}


class Reading:
    """Reads the answer to one question; `secrets` are taken out of what its server says.

    `seen` hears of each event on the wire, as its server wrote it. `broken_off` is why an answer
    that had begun came to no end.
    """

    def __init__(
        self,
        asked: Question,
        secrets: tuple[str, ...] = (),
        seen: Callable[[WireEvent], None] = lambda _event: None,
    ) -> None:
        self._seen = seen
        self.has_begun = False
        self.usage: Usage | None = None
        self.other_model = ""
        self.finish = Finish("truncated")
        self.broken_off: RequestError | None = None
        self._secrets = secrets
        self._reader = asked.reader()
        self._parser = FORMATS[asked.way.wire].parser(asked.wire)

    async def texts(
        self, client: HttpClient, call: Call, limits: Limits
    ) -> AsyncGenerator[TextDelta]:
        """Send a call and answer the text of its answer; then `finish` says how that ended.

        Raises `RequestError` where the answer has not begun; one that breaks off later has ended.
        """
        try:
            async with aclosing(self._streamed(client.stream(call, limits))) as texts:
                async for text in texts:
                    yield text
        except RequestError as error:
            if not self.has_begun:
                raise
            self.broken_off = error
            self.finish = Finish("truncated", str(error))
        if rest := self._reader.finish():
            yield TextDelta(rest)
        if why := self._reader.failed:
            self.finish = Finish("dropped_postprocess", why)

    async def _streamed(self, stream: EventStream) -> AsyncGenerator[TextDelta]:
        """Read until nothing of use can come any more."""
        try:
            async for event in stream:
                for text in self._taken(self._parser.feed(event.data, event.name)):
                    yield text
                if self._parser.is_done or self._reader.is_over or self._reader.failed:
                    break
            for text in self._taken(self._parser.finish()):
                yield text
        finally:
            if self._parser.has_last_word:
                stream.let_end()
            else:
                await stream.aclose()

    def _taken(self, events: tuple[WireEvent, ...]) -> list[TextDelta]:
        texts: list[TextDelta] = []
        for event in events:
            self._seen(event)
            match event:
                case TextDelta(text, 0):
                    self.has_begun = True
                    if piece := self._reader.feed(text):
                        texts.append(TextDelta(piece))
                case ErrorFacts():
                    self.broken_off = _refused(event, self._secrets)
                    if not self.has_begun:
                        raise self.broken_off
                case Usage():
                    self.usage = event
                case ServedBy(model, is_other):
                    self.other_model = shown(model, self._secrets) if is_other else ""
                case Finish():
                    self.finish = self._last(event)
        return texts

    def _last(self, finish: Finish) -> Finish:
        """Answer the end in our words; an error in the middle of a text only broke it off."""
        cause = "truncated" if self.has_begun and finish.cause == "error" else finish.cause
        return ended(Finish(cause, shown(finish.note, self._secrets)))


def _refused(facts: ErrorFacts, secrets: tuple[str, ...]) -> RequestError:
    """Make the error of a refusal that came inside an answer."""
    words = shown(facts.message, secrets)
    return RequestError(
        _KINDS.get(facts.kind, Kind.BAD_REQUEST),
        f"Its server refuses the question: {words}" if words else "Its server refuses the question",
        Facts(
            status=facts.status,
            code=shown(facts.code, secrets),
            parameter=shown(facts.param, secrets),
            server_text=words,
        ),
    )
