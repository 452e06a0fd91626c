"""A streamed answer as its reader sees it: events, one after the other, and a way to end it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Self

from refact_lsp.net.address import Address
from refact_lsp.net.answer_errors import ErrorAnswer, error_said
from refact_lsp.net.call import Call
from refact_lsp.net.decode.choose import AnswerDecoder
from refact_lsp.net.decode.event import Event
from refact_lsp.net.decode.stream_error import error_in
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.net.limits import Budget, Limits
from refact_lsp.net.transfer import Receiver

ENDING_S = 0.25
"""How long after its last word an answer may take to end."""

AHEAD = 64
"""So many pieces of an answer are read ahead of a reader that is slow."""


class EventStream:
    """An asynchronous iterator of `Event`; raises `RequestError` after what came before it.

    The request is on its way when this is made, in a task of its own: whoever reads, whoever
    closes, and whether they are the same does not matter. Close it, or use it with `async with`.
    """

    def __init__(
        self, call: Call, limits: Limits, run: Callable[[Receiver], Awaitable[None]]
    ) -> None:
        self._inbox = _Inbox(call, limits)
        self._ready: deque[Event] = deque()
        self._is_over = False
        self._task = asyncio.create_task(self._work(run), name="answer")
        self._task.add_done_callback(self._done)

    @property
    def status(self) -> int:
        """The HTTP status, or 0 before it is known."""
        return self._inbox.status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer, names in lower case; empty before they are known."""
        return self._inbox.headers

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        while not self._ready:
            if self._is_over:
                raise StopAsyncIteration
            item = await self._inbox.queue.get()
            if isinstance(item, list):
                self._ready.extend(item)
                continue
            self._is_over = True
            if item is not None:
                raise item
        return self._ready.popleft()

    async def aclose(self) -> None:
        """End the request; its socket is closed, or its stream reset, when this returns."""
        if not self._task.done():
            self._task.cancel()
            self._inbox.replace(RequestError(Kind.CANCELLED, "The request was ended by us."))
            await asyncio.wait([self._task])
        self._ready.clear()

    def let_end(self, within_s: float = ENDING_S) -> None:
        """Leave an answer whose last word was read: it ends by itself, or is ended soon.

        Its connection then serves the next request; one that is closed has to be made anew.
        """
        if not self._task.done():
            loop = asyncio.get_running_loop()
            timer = loop.call_later(within_s, self._task.cancel)
            self._task.add_done_callback(lambda _: timer.cancel())

    def when_over(self, tell: Callable[[Self], None]) -> None:
        """Have `tell` called with this stream once its request is over."""
        self._task.add_done_callback(lambda _: tell(self))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _work(self, run: Callable[[Receiver], Awaitable[None]]) -> None:
        outcome: RequestError | None = None
        try:
            await run(self._inbox)
        except RequestError as error:
            outcome = error
        await self._inbox.queue.put(outcome)

    def _done(self, task: asyncio.Task[None]) -> None:
        """Give the reader what nobody expected, instead of letting it wait for ever."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._inbox.replace(error)


class _Inbox:
    """Takes bytes in, and puts events into a queue."""

    def __init__(self, call: Call, limits: Limits) -> None:
        self.queue: asyncio.Queue[list[Event] | BaseException | None] = asyncio.Queue(AHEAD)
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self._secrets = call.revealed()
        self._limits = limits
        self._budget = Budget(limits)
        self._decoder = AnswerDecoder("", limits)
        self._answer: ErrorAnswer | None = None

    def head(self, address: Address, status: int, headers: Mapping[str, str]) -> None:
        self.status, self.headers = status, headers
        self._decoder = AnswerDecoder(headers.get("content-type", ""), self._limits, self._secrets)
        self._answer = ErrorAnswer(address.label, address.path, status, headers, b"")

    async def take(self, data: bytes) -> bool:
        return await self._put(self._decoder.feed(data))

    async def finish(self) -> None:
        await self._put(self._decoder.end())

    def replace(self, item: BaseException) -> None:
        """Put an item in the place of all that nobody has read."""
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(item)

    async def _put(self, events: list[Event]) -> bool:
        self._budget.take_events(len(events))
        for place, event in enumerate(events):
            said = error_in(event, self._secrets)
            if said is not None and self._answer is not None:
                await self._put_some(events[:place])
                raise error_said(self._answer, said, self._secrets, now_s=time.time())
        await self._put_some(events)
        return bool(events)

    async def _put_some(self, events: list[Event]) -> None:
        if events:
            await self.queue.put(events)
