"""Putting an answer on the wire: its pace, its shape, and everything that goes wrong on the way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import responses

from tests.fakes.connection import Connection
from tests.fakes.family import Answer, Generated, Whole
from tests.fakes.script import Cut, Drip, FailsInStream, Garbage, Script, Stall
from tests.fakes.wire import compact

_BARE_LINE_END = re.compile(rb"\r?\n")


class Closed(Exception):  # noqa: N818 - the script wants it so
    """The server has closed the connection in the middle of an answer."""


@dataclass(slots=True)
class Sent:
    """How much of an answer has left."""

    tokens: int = 0
    body_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A pause, and what is sent after it."""

    pause_s: float | None
    """None: for ever."""
    frame: bytes = b""
    is_token: bool = False


async def send(connection: Connection, answer: Answer, script: Script, sent: Sent) -> bool:
    """Send one answer; say whether the connection may be used again.

    Raises ClientGone when the client leaves, Closed when the script closes the connection.
    """
    if isinstance(script.fault, Stall) and script.fault.after_tokens is None:
        await connection.pause(None)
    out = _Sink(connection, script, sent)
    if isinstance(answer, Whole):
        await connection.pause(script.first_token_s)
        await out.whole(answer)
    elif answer.stream:
        await _stream(out, connection, answer, script)
    else:
        await connection.pause(script.first_token_s + _seconds(answer, script))
        body = compact(answer.wire.whole(answer.generation))
        sent.tokens = len(answer.generation.tokens)
        await out.whole(Whole(200, body, script.shape.content_type or answer.whole_type))
    return not isinstance(answer, Whole) or answer.status < 400


def _seconds(answer: Generated, script: Script) -> float:
    rate = script.tokens_per_s
    return max(0, len(answer.generation.tokens) - 1) / rate if rate else 0.0


async def _stream(out: _Sink, connection: Connection, answer: Generated, script: Script) -> None:
    given = script.shape.content_type
    await out.head(200, answer.wire.content_type if given is None else given)
    now = asyncio.get_running_loop().time
    due_s = now()
    for step in steps(answer, script):
        due_s += step.pause_s or 0  # on the clock, so that the pace holds however busy we are
        await connection.pause(None if step.pause_s is None else due_s - now())
        if step.frame:
            await out.frame(step.frame)
        out.sent.tokens += step.is_token
    await out.end()


def steps(answer: Generated, script: Script) -> Iterator[Step]:
    """Give a stream's frames in order, each with the pause before it."""
    wire, generation = answer.wire, answer.generation
    pause_s = 1 / script.tokens_per_s if script.tokens_per_s else 0.0
    yield Step(script.first_token_s)
    yield from (Step(0, frame) for frame in wire.opening(generation))
    for text in generation.reasoning:
        yield Step(0, wire.thought(generation, text) or b"")
        yield Step(pause_s)
    for number, text in enumerate(generation.tokens):
        yield from _trouble(answer, script, number)
        if _ends_at(script, number):
            return
        yield Step(pause_s if number else 0, wire.token(generation, text), is_token=True)
    yield from _trouble(answer, script, len(generation.tokens))
    if _ends_at(script, len(generation.tokens)):
        return
    yield from (Step(0, frame) for frame in wire.closing(generation))
    if script.shape.ends_with_done:
        yield Step(0, wire.end_mark)


def _trouble(answer: Generated, script: Script, number: int) -> Iterator[Step]:
    """Give what goes wrong before the token of this number."""
    match script.fault:
        case Stall(after_tokens=after) if after == number:
            yield Step(None)
        case Garbage(data, after) if after == number:
            yield Step(0, data)
        case FailsInStream(message, after) if after == number:
            yield Step(0, answer.wire.error(message))


def _ends_at(script: Script, number: int) -> bool:
    return isinstance(script.fault, FailsInStream) and script.fault.after_tokens == number


class _Sink:
    """Bytes to one connection, as the script shapes, slows and cuts them."""

    def __init__(self, connection: Connection, script: Script, sent: Sent) -> None:
        self._connection, self._fault, self._shape = connection, script.fault, script.shape
        self.sent = sent
        self._is_first = True

    async def whole(self, answer: Whole) -> None:
        length = ("content-length", str(len(answer.body)))
        named = {name.lower() for name, _ in answer.headers}
        headers = [] if "content-length" in named else [length]
        if answer.content_type:
            headers.append(("content-type", answer.content_type))
        if answer.status >= 400:
            headers.append(("connection", "close"))
        await self._raw(_head(answer.status, [*headers, *answer.headers]))
        await self._body(answer.body, chunked=False)

    async def head(self, status: int, content_type: str) -> None:
        headers = [("transfer-encoding", "chunked"), ("cache-control", "no-cache")]
        if content_type:
            headers.append(("content-type", content_type))
        await self._raw(_head(status, headers))

    async def frame(self, frame: bytes) -> None:
        for piece in self._pieces(self._shaped(frame)):
            await self._body(piece, chunked=True)

    async def end(self) -> None:
        await self._raw(b"0\r\n\r\n")

    def _shaped(self, frame: bytes) -> bytes:
        if self._shape.comments:
            frame = b": still here\n\n" + frame
        if self._shape.line_end != "\n":
            frame = _BARE_LINE_END.sub(self._shape.line_end.encode(), frame)
        if self._shape.byte_order_mark and self._is_first:
            frame = b"\xef\xbb\xbf" + frame
        self._is_first = False
        return frame

    def _pieces(self, data: bytes) -> list[bytes]:
        size = self._shape.piece_bytes or max(1, len(data))
        return [data[start : start + size] for start in range(0, len(data), size)]

    async def _body(self, data: bytes, *, chunked: bool) -> None:
        if isinstance(self._fault, Cut):
            room = self._fault.after_bytes - self.sent.body_bytes
            if len(data) >= room:
                await self._piece(data[:room], chunked=chunked)
                self._connection.close(reset=self._fault.reset)
                raise Closed
        await self._piece(data, chunked=chunked)

    async def _piece(self, data: bytes, *, chunked: bool) -> None:
        if data:
            framed = b"%x\r\n%b\r\n" % (len(data), data) if chunked else data
            await self._raw(framed)
            self.sent.body_bytes += len(data)
        if self._shape.piece_bytes:
            await self._connection.pause(0.0005)  # so that the pieces do not travel together

    async def _raw(self, data: bytes) -> None:
        if not isinstance(self._fault, Drip):
            await self._connection.write(data)
            return
        for byte in data:
            await self._connection.write(bytes([byte]))
            await self._connection.pause(1 / self._fault.bytes_per_s)


def _head(status: int, headers: list[tuple[str, str]]) -> bytes:
    phrase = responses.get(status, "Unknown")
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
