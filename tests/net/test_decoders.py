from __future__ import annotations

import gzip
import itertools
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.net.decode.choose import AnswerDecoder
from refact_lsp.net.decode.event import Decoder, Event
from refact_lsp.net.decode.inflate import Inflate
from refact_lsp.net.decode.ndjson import NdjsonDecoder
from refact_lsp.net.decode.sse import SseDecoder
from refact_lsp.net.decode.stream_error import error_in
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.net.limits import COMPLETION, Limits

SMALL = Limits(1, 1, 1, 1, max_bytes=4096, max_line_bytes=256)


def decoded(decoder: Decoder, *chunks: bytes) -> list[Event]:
    return [*(event for chunk in chunks for event in decoder.feed(chunk)), *decoder.end()]


def sse(*chunks: bytes) -> list[Event]:
    return decoded(SseDecoder(1024), *chunks)


def chosen(content_type: str, *chunks: bytes) -> list[Event]:
    return decoded(AnswerDecoder(content_type, COMPLETION), *chunks)


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        pytest.param(b"data: a\n\ndata: b\n\n", ["a", "b"], id="P26-lf"),
        pytest.param(b"data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"], id="P26-crlf"),
        pytest.param(b"data: a\r\rdata: b\r\r", ["a", "b"], id="P26-cr"),
        pytest.param(b"data: a\r\n\ndata: b\n\r", ["a", "b"], id="P26-mixed"),
        pytest.param(b": ping\n\ndata: a\n: in between\n\n", ["a"], id="P26-comments"),
        pytest.param(b"data: a\ndata: b\n\n", ["a\nb"], id="P26-many-lines"),
        pytest.param(b"data:a\n\ndata:  b\n\n", ["a", " b"], id="P26-spaces-after-colon"),
        pytest.param(b"data\n\n", [""], id="P26-data-without-colon"),
        pytest.param(b"event: ping\n\ndata: a\n\n", ["a"], id="P26-event-without-data"),
        pytest.param(b"other: x\ndata: a\n\n", ["a"], id="P26-unknown-field"),
        pytest.param(b"\xef\xbb\xbfdata: a\n\n", ["a"], id="P25-byte-order-mark"),
        pytest.param("data: é💥\n\n".encode(), ["é💥"], id="P25-utf-8"),
        pytest.param(
            "data: a\u2028b\u2029c\u0085d\x0be\n\n".encode(),
            ["a\u2028b\u2029c\u0085d\x0be"],
            id="P27-line-ends-elsewhere",
        ),
    ],
)
def test_sse_any_split_gives_the_same(stream: bytes, expected: list[str]) -> None:
    whole = sse(stream)
    assert [event.data for event in whole] == expected
    for place in range(len(stream) + 1):
        assert sse(stream[:place], stream[place:]) == whole
    assert sse(*(bytes([byte]) for byte in stream)) == whole


def test_sse_fields_are_kept() -> None:
    events = sse(b"event: delta\nid: 7\nretry: 250\ndata: a\n\ndata: b\n\n")
    assert events == [Event("a", "delta", "7", 250), Event("b", "", "7", 250)]


def test_sse_id_with_nul_and_retry_of_words_are_ignored() -> None:
    assert sse(b"id: a\0\nretry: soon\ndata: x\n\n") == [Event("x")]


def test_sse_invalid_utf_8_is_flagged_p25() -> None:
    assert sse(b"data: a\xffb\n\ndata: c\n\n") == [Event("a\ufffdb", is_flawed=True), Event("c")]


def test_sse_cut_event_is_marked_p24() -> None:
    assert sse(b"data: a\n\ndata: {") == [Event("a"), Event("{", is_cut=True)]


def test_sse_error_field_is_an_error_event() -> None:
    assert sse(b'error: {"message":"x"}\n\n') == [Event('{"message":"x"}', "error")]


@pytest.mark.parametrize("decoder", [SseDecoder(64), NdjsonDecoder(64)])
@pytest.mark.parametrize("chunk", [b"x" * 65, b"data: " + b"x" * 70 + b"\n"])
def test_decoder_long_line_ends_the_answer_p30(decoder: Decoder, chunk: bytes) -> None:
    with pytest.raises(RequestError) as caught:
        decoder.feed(chunk)
    assert caught.value.kind is Kind.TOO_MUCH


def test_sse_event_of_many_lines_is_limited_as_one_line_p30() -> None:
    decoder = SseDecoder(64)
    with pytest.raises(RequestError):
        decoder.feed(b"data: 1234567890\n" * 8)


def test_ndjson_splits_on_line_ends_alone() -> None:
    stream = '{"a":"\u2028"}\r\n\n{"b":1}\n{"c":2}'.encode()
    expected = [Event('{"a":"\u2028"}'), Event('{"b":1}'), Event('{"c":2}', is_cut=True)]
    for place in range(len(stream) + 1):
        assert decoded(NdjsonDecoder(99), stream[:place], stream[place:]) == expected


@pytest.mark.parametrize(
    ("content_type", "stream", "expected"),
    [
        pytest.param(
            "application/x-ndjson", b'{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}'], id="P28-ndjson"
        ),
        pytest.param(
            "text/event-stream", b'{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}'], id="P28-called-sse"
        ),
        pytest.param(
            "application/json", b'{"a":1}\r{"b":2}\n', ['{"a":1}', '{"b":2}'], id="P28-called-json"
        ),
        pytest.param("application/json", b'{"a":\n 1}\n', ['{"a":\n 1}'], id="P28-whole-json"),
        pytest.param("application/json", b'{"a":1}\n', ['{"a":1}'], id="P28-whole-line"),
        pytest.param(
            "application/json", b'[{"a":1},\n{"b":2}]', ['[{"a":1},\n{"b":2}]'], id="P28-list"
        ),
        pytest.param("", b"data: a\n\n", ["a"], id="P29-no-type"),
        pytest.param("application/json", b"data: a\n\n", ["a"], id="P29-wrong-type"),
        pytest.param("text/plain", b": hello\n\ndata: a\n\n", ["a"], id="P29-comment-first"),
        pytest.param("", b"\xef\xbb\xbf\r\nevent: x\ndata: a\n\n", ["a"], id="P29-mark-first"),
        pytest.param(
            "text/event-stream", b"x: y\ndata: a\n\n", ["a"], id="P29-unknown-field-first"
        ),
        pytest.param("text/event-stream", b"", [], id="P29-nothing"),
        pytest.param("", b" \n", [], id="P29-white-space"),
    ],
)
def test_decoder_is_chosen_by_type_and_first_bytes(
    content_type: str, stream: bytes, expected: list[str]
) -> None:
    whole = chosen(content_type, stream)
    assert [event.data for event in whole] == expected
    for place in range(len(stream) + 1):
        assert chosen(content_type, stream[:place], stream[place:]) == whole
    assert chosen(content_type, *(bytes([byte]) for byte in stream)) == whole


def test_whole_json_is_told_from_a_line() -> None:
    assert chosen("application/json", b'{"a":1}\n') == [Event('{"a":1}', is_whole=True)]


def test_whole_json_that_is_cut_is_marked() -> None:
    assert chosen("application/json", b'{"a":') == [Event('{"a":', is_whole=True, is_cut=True)]


@pytest.mark.parametrize(
    ("content_type", "page"),
    [
        pytest.param("text/html", b"<html><title>Sign in</title>", id="P7-html"),
        pytest.param(
            "text/event-stream", b"<!DOCTYPE html><TITLE>Sign\nin</TITLE>", id="P7-called-sse"
        ),
        pytest.param("", b"\n <html><head><title>Sign in</title>", id="P7-no-type"),
    ],
)
def test_page_is_no_api_and_its_title_is_told(content_type: str, page: bytes) -> None:
    for place in range(len(page) + 1):
        with pytest.raises(RequestError, match="Sign in") as caught:
            chosen(content_type, page[:place], page[place:])
        assert caught.value.kind is Kind.NOT_AN_API


def test_words_are_no_api_p7() -> None:
    with pytest.raises(RequestError, match="Ollama is running") as caught:
        chosen("text/plain", b"Ollama is running")
    assert caught.value.kind is Kind.NOT_AN_API


lines = st.sampled_from(
    [b"data: x", b"data:", b"data", b": c", b"", b"event: e", b"id: 1", "data: é".encode()]
)
ends = st.sampled_from([b"\n", b"\r", b"\r\n"])


@given(st.lists(st.tuples(lines, ends), max_size=12), st.lists(st.integers(0, 80), max_size=6))
def test_sse_random_splits_give_the_same(pairs: list[tuple[bytes, bytes]], cuts: list[int]) -> None:
    stream = b"".join(line + end for line, end in pairs)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    chunks = [stream[a:b] for a, b in itertools.pairwise(places)]
    assert sse(*chunks) == sse(stream)


@given(
    st.binary(max_size=200),
    st.integers(0, 200),
    st.sampled_from(["", "application/json", "text/event-stream"]),
)
def test_any_bytes_in_any_split_end_the_same_way(
    stream: bytes, cut: int, content_type: str
) -> None:
    def outcome(*chunks: bytes) -> list[Event] | str:
        try:
            return chosen(content_type, *chunks)
        except RequestError as error:
            return str(error.kind)

    assert outcome(stream[:cut], stream[cut:]) == outcome(stream)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"data: a\n\n") + gzip.compress(b"data: b\n\n")),
        ("deflate", zlib.compress(b"data: a\n\ndata: b\n\n")),
        ("deflate", zlib.compress(b"data: a\n\ndata: b\n\n", wbits=-15)),
    ],
    ids=["P31-gzip", "P31-deflate", "P31-bare-deflate"],
)
def test_inflate_unpacks_any_split(encoding: str, packed: bytes) -> None:
    inflate = Inflate(encoding)
    assert b"".join(inflate.feed(bytes([byte])) for byte in packed) == b"data: a\n\ndata: b\n\n"
    assert Inflate(encoding).feed(packed) == b"data: a\n\ndata: b\n\n"


def test_inflate_bomb_is_ended_p31() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    with pytest.raises(RequestError) as caught:
        Inflate("gzip").feed(bomb)
    assert caught.value.kind is Kind.TOO_MUCH


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, br"])
def test_inflate_of_another_kind_is_told_p31(encoding: str) -> None:
    with pytest.raises(RequestError, match="compressed") as caught:
        Inflate(encoding)
    assert caught.value.kind is Kind.PROTOCOL


def test_inflate_of_garbage_is_told_p31() -> None:
    with pytest.raises(RequestError, match="unpacked"):
        Inflate("gzip").feed(b"this is no gzip at all")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        pytest.param(Event('{"error":{"message":"m"}}'), "m", id="P16-object"),
        pytest.param(Event('{"error":"m"}'), "m", id="P16-text"),
        pytest.param(Event('{"message":"m"}', "error"), "m", id="P16-event-error"),
        pytest.param(Event("m", "error"), "m", id="P16-event-error-without-json"),
        pytest.param(Event('{"type":"error","message":"m"}'), "m", id="P16-type-error"),
        pytest.param(Event('{"base_resp":{"status_code":1,"status_msg":"m"}}'), "m", id="P16-base"),
    ],
)
def test_error_in_a_stream_is_found(event: Event, message: str) -> None:
    found = error_in(event)
    assert found is not None
    assert found.message == message


@pytest.mark.parametrize(
    "data",
    [
        "[DONE]",
        json.dumps({"text": 'if "error" in {"error": 1}:'}),
        '{"type":"response.created","response":{"error":null}}',
        '{"error":null,"choices":[]}',
        '{"choices":[{"finish_reason":"error"}]}',
        '{"base_resp":{"status_code":0,"status_msg":""}}',
        'not json with "error"',
    ],
)
def test_data_that_speaks_of_errors_is_data(data: str) -> None:
    assert error_in(Event(data)) is None
