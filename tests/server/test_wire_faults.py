"""What goes wrong between client and server, byte by byte, against the real process."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator

import pytest

from tests.server.rawclient import (
    Json,
    RawClient,
    environment,
    frame,
    notification,
    request,
    running,
)

PARSE, INVALID, UNKNOWN, BAD_PARAMS, INTERNAL = -32700, -32600, -32601, -32602, -32603
NOT_INITIALIZED, CANCELLED = -32002, -32800


@pytest.fixture
def own() -> Iterator[RawClient]:
    """Answer a client of a server of this test's own, which it may end."""
    with running() as client:
        client.initialize()
        yield client


def echo(id_: object, value: object = None) -> dict[str, object]:
    return request(id_, "probe/echo", {"value": value})


HEADERS = {
    "E20-lower-case": b"content-length: %d\r\n\r\n",
    "E20-line-feed-only": b"Content-Length: %d\n\n",
    "E20-extra-headers": b"X-Trace: 1\r\nContent-Length: %d\r\nContent-Type: a/b\r\n\r\n",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
def test_odd_header_is_understood(client: RawClient, header: bytes) -> None:
    client.write(frame(echo(1, "x"), header=header))
    assert client.answer(1)["result"] == "x"


def sized(length: int) -> bytes:
    body = json.dumps(echo("lost")).encode()
    return b"Content-Length: %d\r\n\r\n" % length + body


LENGTHS = {
    "E20-too-small": (sized(20), PARSE),
    "E20-too-large-by-few": (sized(90), PARSE),
    "E20-too-large-by-a-message": (sized(150), PARSE),
    "E20-ten-to-the-twelve": (sized(10**12), INVALID),
    "E20-ten-to-the-twenty": (sized(10**20), INVALID),
    "E20-negative": (sized(-1), INVALID),
    "E20-zero": (sized(0), INVALID),
    "E20-header-of-1-mb": (b"X: " + b"y" * 1_000_000 + b"\r\n", INVALID),
    "E20-words": (b"hello, server\r\n\r\n", PARSE),
}


@pytest.mark.parametrize(("data", "code"), LENGTHS.values(), ids=LENGTHS.keys())
def test_frame_out_of_step_is_answered_and_the_next_message_read(
    client: RawClient, data: bytes, code: int
) -> None:
    client.write(data + frame(echo(1)) + frame(echo(2)))
    client.answer(2)
    fault = next(message for message in client.seen if "error" in message)
    assert (fault["id"], fault["error"]["code"]) == (None, code)


def test_too_large_length_is_answered_without_a_further_message_e20(client: RawClient) -> None:
    client.write(sized(5000))
    assert client.answer("lost")["result"] is None


BODIES = {
    "E20-batch": (b'[{"jsonrpc":"2.0","id":1,"method":"probe/echo"}]', INVALID, None),
    "E20-bad-json": (b'{"jsonrpc":"2.0","id":1,', PARSE, None),
    "E20-bad-utf-8": (b'{"jsonrpc":"2.0","id":1,"method":"\xff"}', PARSE, None),
    "E20-100k-nested": (b"[" * 100_000 + b"]" * 100_000, PARSE, None),
    "E20-no-method": (b'{"jsonrpc":"2.0","id":1}', INVALID, 1),
    "E20-wrong-version": (b'{"jsonrpc":"1.0","id":1,"method":"probe/echo"}', INVALID, 1),
    "E20-unknown-method": (b'{"jsonrpc":"2.0","id":1,"method":"no/such"}', UNKNOWN, 1),
    "E20-params-a-text": (b'{"jsonrpc":"2.0","id":1,"method":"x","params":"y"}', INVALID, 1),
    "E20-bad-params": (
        b'{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{"position":7}}',
        UNKNOWN,
        1,
    ),
    "E30-bad-params": (
        b'{"jsonrpc":"2.0","id":"c","method":"workspace/executeCommand","params":{"x":7}}',
        BAD_PARAMS,
        "c",
    ),
}


@pytest.mark.parametrize(("body", "code", "id_"), BODIES.values(), ids=BODIES.keys())
def test_bad_body_gets_its_error(client: RawClient, body: bytes, code: int, id_: object) -> None:
    client.write(frame(body) + frame(echo("next")))
    answer = client.answer(id_)
    assert answer["error"]["code"] == code
    assert "Traceback" not in json.dumps(answer)
    client.answer("next")


def test_params_of_a_wrong_shape_are_answered_with_the_same_id_e20(client: RawClient) -> None:
    params = {"textDocument": {"uri": 5}, "position": {"line": -1}, "context": None}
    answer = client.ask("i", "textDocument/inlineCompletion", params)
    assert answer["error"]["code"] in {BAD_PARAMS, UNKNOWN}


def test_single_bytes_make_messages_e20(client: RawClient) -> None:
    for byte in frame(echo(1, "é😀")) + frame(echo(2)):
        client.write(bytes([byte]))
    assert client.answer(1)["result"] == "é😀"
    client.answer(2)


def test_message_cut_in_header_and_body_is_joined_e20(client: RawClient) -> None:
    data = frame(echo(1, "x" * 200_000))
    for start, end in itertools.pairwise([0, 5, 20, 30, 70_000, len(data)]):
        client.write(data[start:end])
    assert len(client.answer(1)["result"]) == 200_000


def test_two_messages_in_one_write_are_answered_in_order_e20(client: RawClient) -> None:
    client.send(echo(1), echo(2), echo("3"))
    client.answer("3")
    assert [message["id"] for message in client.seen[-3:]] == [1, 2, "3"]


def test_nested_jsonrpc_member_means_nothing(client: RawClient) -> None:
    value = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": []}
    client.send(echo(5, [value]))
    assert client.answer(5)["result"] == [value]


def test_duplicate_ids_are_answered_each(client: RawClient) -> None:
    client.send(echo(1, "a"), echo(1, "b"))
    assert [client.answer(1)["result"], client.answer(1)["result"]] == ["a", "b"]


def test_string_and_integer_ids_are_different(client: RawClient) -> None:
    client.send(request(1, "probe/hang", {"name": "number"}), request("1", "probe/later"))
    assert client.answer("1")["result"] == "later"
    client.send(notification("$/cancelRequest", {"id": 1}))
    assert client.answer(1)["error"]["code"] == CANCELLED


def test_lone_surrogate_survives_both_ways_e8(client: RawClient) -> None:
    client.send(echo(1, "a\ud83db\ude00"))
    assert ascii(client.answer(1)["result"]) == ascii("a\ud83db\ude00")


def test_unknown_notification_is_ignored(client: RawClient) -> None:
    client.send(notification("no/such", {"x": 1}), notification("$/no", None), echo(1))
    client.answer(1)
    assert client.errors() == []


def test_answer_nobody_waits_for_is_ignored(client: RawClient) -> None:
    for id_ in (1, "x", None):
        client.send({"jsonrpc": "2.0", "id": id_, "result": 1})
        client.send({"jsonrpc": "2.0", "id": id_, "error": {"code": 1, "message": "m"}})
    client.ask(2, "probe/echo", {"value": 1})
    assert client.errors() == []


@pytest.mark.parametrize(
    "params",
    [{"id": 99}, {"id": None}, {"id": "text"}, {"id": []}, {"id": 1.5}, {}, None, [1]],
    ids=repr,
)
def test_cancel_of_what_is_not_running_is_ignored_e3(client: RawClient, params: object) -> None:
    client.ask(99, "probe/echo", {"value": 1})
    client.send(notification("$/cancelRequest", params))
    client.ask(2, "probe/echo", {"value": 1})
    assert client.errors() == []


# ---- handlers ------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["probe/crash", "probe/crashLater", "probe/unwritable"])
def test_failing_handler_answers_one_sentence_and_logs_the_rest(
    client: RawClient, method: str
) -> None:
    error = client.ask(1, method)["error"]
    assert error["code"] == INTERNAL
    assert method in error["message"]
    assert "secret detail" not in json.dumps(error)
    assert "Traceback" not in json.dumps(error)
    client.wait_for_log("Traceback")


def test_refusal_of_ours_is_shown_as_it_is(client: RawClient) -> None:
    assert client.ask(1, "probe/refuse")["error"] == {
        "code": INTERNAL,
        "message": "The moon is not in the right phase.",
    }


def test_handler_that_cancels_itself_is_answered(client: RawClient) -> None:
    assert client.ask(1, "probe/cancelItself")["error"]["code"] == CANCELLED


def test_cancelled_request_is_answered_once_though_its_handler_goes_on(client: RawClient) -> None:
    client.send(request(1, "probe/stubborn"), notification("$/cancelRequest", {"id": 1}))
    assert client.answer(1)["error"]["code"] == CANCELLED
    client.ask(2, "probe/later")
    assert [message.get("id") for message in client.seen].count(1) == 1


def test_cancel_reaches_a_command(client: RawClient) -> None:
    params = {"command": "probe.hang", "arguments": ["the command"]}
    client.send(request(1, "workspace/executeCommand", params))
    client.send(notification("$/cancelRequest", {"id": 1}))
    assert client.answer(1)["error"]["code"] == CANCELLED
    assert "the command" in client.ask(2, "probe/cancelled")["result"]
    assert [message.get("id") for message in client.seen].count(1) == 1


def test_handler_sees_the_document_as_it_was_when_its_request_came(
    client: RawClient, uri: str
) -> None:
    client.open(uri, "x")
    ask = request(1, "probe/versionLater", {"uri": uri})
    later = [
        notification(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": version},
                "contentChanges": [{"text": "y"}],
            },
        )
        for version in (2, 3)
    ]
    client.send(ask, *later)
    assert client.answer(1)["result"] == [1, 3]


def test_cancel_storm_is_answered_in_a_second_e1(client: RawClient) -> None:
    client.ask("warm", "probe/later")
    pairs = [
        message
        for number in range(1000)
        for message in (
            request(number, "probe/hang", {"name": "x"}),
            notification("$/cancelRequest", {"id": number}),
        )
    ]
    data = b"".join(map(frame, pairs))
    started = time.monotonic()
    client.write(data)
    for number in range(1000):
        assert client.answer(number)["error"]["code"] == CANCELLED
    assert time.monotonic() - started < 1.0


def test_cancel_storm_of_completions_is_answered_in_a_second_e1(
    client: RawClient, uri: str
) -> None:
    client.open(uri, "def f(x):\n    return x\n" * 200)
    place = {"textDocument": {"uri": uri}, "position": {"line": 3, "character": 10}}
    params = {**place, "context": {"triggerKind": 2}}
    client.ask("warm", "textDocument/inlineCompletion", params)
    pairs = [
        message
        for number in range(1000)
        for message in (
            request(number, "textDocument/inlineCompletion", params),
            notification("$/cancelRequest", {"id": number}),
        )
    ]
    data = b"".join(map(frame, pairs))
    started = time.monotonic()
    client.write(data)
    for number in range(1000):
        client.answer(number)
    assert time.monotonic() - started < 1.0


# ---- lifecycle -----------------------------------------------------------------------------


def test_request_before_initialize_is_refused_e15() -> None:
    with running() as client:
        assert client.ask(1, "probe/echo", {"value": 1})["error"]["code"] == NOT_INITIALIZED
        client.send(notification("textDocument/didOpen", {}))
        client.initialize()
        client.ask(2, "probe/echo", {"value": 1})


def test_second_initialize_is_refused_e15(client: RawClient) -> None:
    params: Json = {"processId": None, "rootUri": None, "capabilities": {}}
    assert client.ask(1, "initialize", params)["error"]["code"] == INVALID
    client.ask(2, "probe/echo", {"value": 1})


def test_client_that_never_says_initialized_is_served_e15() -> None:
    with running() as client:
        client.send(request(0, "initialize", {"capabilities": {}}), echo(1, "x"))
        assert client.answer(1)["result"] == "x"


@pytest.mark.parametrize("params", [None, [], {}, {"capabilities": 5}, {"capabilities": None}])
def test_initialize_with_little_in_it_is_answered_e15(params: object) -> None:
    with running() as client:
        answer = client.ask(0, "initialize", params)
        assert ("result" in answer) is isinstance(params, dict)


def test_request_after_shutdown_is_refused_e18(own: RawClient) -> None:
    assert own.ask(1, "shutdown")["result"] is None
    assert own.ask(2, "probe/echo", {"value": 1})["error"]["code"] == INVALID
    own.send(notification("exit"))
    assert own.wait() == 0


def test_exit_without_shutdown_is_code_1_e18(own: RawClient) -> None:
    own.send(notification("exit"))
    assert own.wait() == 1


def test_exit_before_initialize_is_code_1_e15() -> None:
    with running() as client:
        client.send(notification("exit"))
        assert client.wait() == 1


@pytest.mark.parametrize("locale", ["C", "POSIX", "de_DE.ISO-8859-1"])
def test_locale_changes_nothing_e29(locale: str) -> None:
    variables = environment(LC_ALL=locale, LANG=locale, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    with running(env=variables) as client:
        client.initialize()
        client.open("file:///ä中.py", "é😀 = 'ß'\n")
        assert client.text_of("file:///ä中.py")["text"] == "é😀 = 'ß'\n"


def test_stray_prints_do_not_reach_the_client(client: RawClient) -> None:
    client.ask(1, "probe/print")
    client.ask(2, "probe/echo", {"value": 1})
    client.wait_for_log("stray words")
    client.wait_for_log("stray bytes")


# ---- commands ------------------------------------------------------------------------------

COMMANDS = {
    "E30-unknown": {"command": "no.such"},
    "E30-no-command": {},
    "E30-command-a-number": {"command": 5},
    "E30-too-many": {"command": "probe.twoArguments", "arguments": [1, 2, 3]},
    "E30-too-few": {"command": "probe.twoArguments", "arguments": []},
    "E30-arguments-an-object": {"command": "probe.twoArguments", "arguments": {"x": 1}},
    "E30-huge-selection": {"command": "probe.twoArguments", "arguments": [{"t": "x" * 1_000_001}]},
}


@pytest.mark.parametrize("params", COMMANDS.values(), ids=COMMANDS.keys())
def test_bad_command_is_refused_in_a_sentence(client: RawClient, params: object) -> None:
    error = client.ask(1, "workspace/executeCommand", params)["error"]
    assert error["code"] == BAD_PARAMS
    assert 10 < len(error["message"]) < 200
    assert error["message"].endswith(".")


def test_command_takes_plain_json_and_defaults(client: RawClient) -> None:
    params = {"command": "probe.twoArguments", "arguments": [{"a": [None]}]}
    answer = client.ask(1, "workspace/executeCommand", params)
    assert answer["result"] == [{"a": [None]}, None]
