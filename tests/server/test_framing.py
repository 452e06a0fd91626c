from __future__ import annotations

import itertools
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tests.text.strategies  # noqa: F401 - how long an example may take
from refact_lsp.server.rpc.framing import (
    BODY_LIMIT_BYTES,
    HEADER_LIMIT_BYTES,
    INVALID_REQUEST,
    PARSE_ERROR,
    Frame,
    FrameFault,
    FrameReader,
)

ONE = b'{"id":1}'
TWO = b'{"id":2,"text":"Content-Length: 3\\r\\n\\r\\n{}"}'


def framed(body: bytes, length: int | None = None) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length) + body


def bodies(found: list[Frame | FrameFault]) -> list[bytes]:
    return [piece.body for piece in found if isinstance(piece, Frame)]


def codes(found: list[Frame | FrameFault]) -> list[int]:
    return [piece.code for piece in found if isinstance(piece, FrameFault)]


GOOD = {
    "as-written": framed(ONE),
    "lower-case": b"content-length: 8\r\n\r\n" + ONE,
    "upper-case-no-space": b"CONTENT-LENGTH:8\r\n\r\n" + ONE,
    "line-feed-only": b"Content-Length: 8\n\n" + ONE,
    "mixed-line-ends": b"Content-Length: 8\r\n\n" + ONE,
    "type-before": b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n" + framed(ONE),
    "type-after": b"Content-Length: 8\r\nContent-Type: x\r\n\r\n" + ONE,
    "unknown-headers": b"X-Content-Length: 3\r\nX: y\r\n" + framed(ONE),
    "stray-line-end-before": b"\r\n" + framed(ONE),
    "spaces-around": b"Content-Length :  8  \r\n\r\n" + ONE,
}


@pytest.mark.parametrize("data", GOOD.values(), ids=GOOD.keys())
def test_forgivable_header_gives_the_body_and_no_fault(data: bytes) -> None:
    assert FrameReader().feed(data + framed(TWO)) == [Frame(ONE), Frame(TWO)]


BAD = {
    "too-small": (framed(ONE, 5), PARSE_ERROR),
    "too-small-inside-a-text": (framed(b'{"id":1,"at":"http://x"}', 15), PARSE_ERROR),
    "too-large-by-few": (framed(ONE, 12), PARSE_ERROR),
    "too-large-by-a-header": (framed(ONE, len(ONE) + 16), PARSE_ERROR),
    "too-large-by-a-message": (framed(ONE, len(ONE) + 40), PARSE_ERROR),
    "ten-to-the-twelve": (framed(ONE, 10**12), INVALID_REQUEST),
    "ten-to-the-twenty": (framed(ONE, 10**20), INVALID_REQUEST),
    "hundred-digits": (framed(ONE, 10**100), INVALID_REQUEST),
    "negative": (framed(ONE, -8), INVALID_REQUEST),
    "zero": (b"Content-Length: 0\r\n\r\n", INVALID_REQUEST),
    "zero-with-body": (framed(ONE, 0), INVALID_REQUEST),
    "no-number": (b"Content-Length: many\r\n\r\n" + ONE, INVALID_REQUEST),
    "no-length": (b"Content-Type: x\r\n\r\n", INVALID_REQUEST),
    "garbage": (b"hello\r\n", PARSE_ERROR),
    "http": (b"POST / HTTP/1.1\r\n", PARSE_ERROR),
    "long-header": (b"X: " + b"y" * HEADER_LIMIT_BYTES + b"\r\n", INVALID_REQUEST),
    "long-header-after-length": (
        b"Content-Length: 8\r\nX: " + b"y" * 2 * HEADER_LIMIT_BYTES + b"\r\n\r\n" + ONE,
        INVALID_REQUEST,
    ),
}


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD.keys())
def test_fault_is_reported_and_what_follows_is_not_lost(data: bytes, code: int) -> None:
    found = FrameReader().feed(data + framed(TWO) + framed(ONE))
    assert code in codes(found)
    assert bodies(found)[-2:] == [TWO, ONE]


@pytest.mark.parametrize("data", [data for data, _ in BAD.values()], ids=BAD.keys())
def test_one_mistake_gives_few_faults(data: bytes) -> None:
    assert len(codes(FrameReader().feed(data + framed(TWO) + framed(ONE)))) <= 2


@pytest.mark.parametrize("length", [9, 30, 200, 4000])
def test_message_with_too_large_length_is_taken_after_a_silence(length: int) -> None:
    reader = FrameReader()
    assert reader.feed(framed(ONE, length)) == []
    assert reader.is_inside_body
    found = reader.idle()
    assert (bodies(found), codes(found)) == ([ONE], [PARSE_ERROR])
    assert reader.feed(framed(TWO)) == [Frame(TWO)]


def test_silence_in_a_true_body_changes_nothing() -> None:
    reader = FrameReader()
    reader.feed(framed(TWO)[:-2])
    assert reader.idle() == []
    assert reader.feed(framed(TWO)[-2:]) == [Frame(TWO)]


messages = st.sampled_from([framed(ONE), framed(TWO), *GOOD.values()])
faults = st.sampled_from([data for data, _ in BAD.values() if len(data) < 200])


@given(
    st.lists(st.one_of(messages, faults, st.binary(max_size=12)), max_size=8).map(b"".join),
    st.lists(st.integers(0, 400), max_size=20),
)
def test_any_split_of_the_bytes_gives_the_same_frames(data: bytes, cuts: list[int]) -> None:
    at = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    reader = FrameReader()
    pieces = [reader.feed(data[start:end]) for start, end in itertools.pairwise(at)]
    assert [piece for found in pieces for piece in found] == FrameReader().feed(data)


@pytest.mark.parametrize("data", [*GOOD.values(), *(data for data, _ in BAD.values())])
def test_single_bytes_give_the_same_frames(data: bytes) -> None:
    stream, reader = data + framed(TWO) + framed(ONE), FrameReader()
    one_by_one = [piece for byte in stream for piece in reader.feed(bytes([byte]))]
    assert one_by_one == FrameReader().feed(stream)


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=30)), max_size=6))
def test_any_messages_come_through(values: list[dict[str, str]]) -> None:
    encoded = [json.dumps(value, ensure_ascii=False).encode() for value in values]
    assert FrameReader().feed(b"".join(map(framed, encoded))) == [*map(Frame, encoded)]


@given(st.binary(max_size=300))
def test_no_bytes_are_an_exception(data: bytes) -> None:
    reader = FrameReader()
    reader.feed(data)
    assert bodies(reader.feed(b"}" + framed(TWO) * 3))[-1:] in ([TWO], [])


def test_large_body_in_small_chunks_is_linear() -> None:
    body = b'{"text":"' + b"x" * (50 * 1024 * 1024) + b'"}'
    stream, reader, chunk = framed(body), FrameReader(), 64 * 1024
    started = time.perf_counter()
    found = [
        piece
        for at in range(0, len(stream), chunk)
        for piece in reader.feed(stream[at : at + chunk])
    ]
    assert found == [Frame(body)]
    assert time.perf_counter() - started < 5  # quadratic copying would take minutes


def test_body_at_the_limit_is_taken() -> None:
    body = b'{"x":"' + b" " * (BODY_LIMIT_BYTES - 8) + b'"}'
    assert FrameReader().feed(framed(body)) == [Frame(body)]
