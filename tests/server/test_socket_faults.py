"""TCP and WebSockets: who may connect, and that clients do not disturb each other."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.server.rawclient import (
    LIMIT_S,
    PROBE,
    frame,
    notification,
    read_messages,
    request,
)

_PORT = re.compile(rb"listening on \w+://127.0.0.1:(\d+)")

INITIALIZE = request(0, "initialize", {"capabilities": {}})


@contextmanager
def listening(flag: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    process = subprocess.Popen([*PROBE, flag], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert process.stderr is not None
    try:
        port = next(filter(None, map(_PORT.search, process.stderr)))[1]
        rest = threading.Thread(target=process.stderr.read)  # a full pipe would stop the server
        rest.start()
        yield process, int(port)
    finally:
        process.kill()
        process.wait()
        rest.join()
        process.stderr.close()


class TcpClient:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S)
        stream = self.socket.makefile("rb")
        self.stream = stream
        self.messages = read_messages(stream.readline, stream.read)

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        self.socket.sendall(frame(message))
        return next(answer for answer in self.messages if answer.get("id") == message["id"])

    def close(self) -> None:
        self.stream.close()
        self.socket.close()


@contextmanager
def tcp_client(port: int) -> Iterator[TcpClient]:
    client = TcpClient(port)
    try:
        yield client
    finally:
        client.close()


def opened(uri: str, text: str) -> dict[str, Any]:
    item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
    return notification("textDocument/didOpen", {"textDocument": item})


def test_second_tcp_client_gets_a_session_of_its_own_e32() -> None:
    with listening("--tcp") as (_, port), tcp_client(port) as one, tcp_client(port) as two:
        assert "result" in one.ask(INITIALIZE)
        assert two.ask(request(1, "probe/later"))["error"]["code"] == -32002
        assert "result" in two.ask(INITIALIZE)
        one.socket.sendall(frame(opened("file:///a.py", "one's")))
        assert two.ask(request(2, "probe/document", {"uri": "file:///a.py"}))["result"] is None
        found = one.ask(request(2, "probe/document", {"uri": "file:///a.py"}))["result"]
        assert found["text"] == "one's"


def test_handler_sees_the_document_as_it_was_when_its_request_came_in_a_burst() -> None:
    change = {"contentChanges": [{"text": "y"}]}
    with listening("--tcp") as (_, port), tcp_client(port) as client:
        client.ask(INITIALIZE)
        burst = [
            opened("file:///a.py", "x"),
            request(1, "probe/versionLater", {"uri": "file:///a.py"}),
            *(
                notification(
                    "textDocument/didChange",
                    {"textDocument": {"uri": "file:///a.py", "version": version}, **change},
                )
                for version in (2, 3)
            ),
        ]
        client.socket.sendall(b"".join(map(frame, burst)))
        assert next(client.messages)["result"] == [1, 3]


def test_client_that_leaves_does_not_end_the_others_e32() -> None:
    with listening("--tcp") as (_, port), tcp_client(port) as two:
        with tcp_client(port) as one:
            one.ask(INITIALIZE)
            one.socket.sendall(frame(request(1, "probe/hang", {"name": "x"})))
        with tcp_client(port) as three:
            three.ask(INITIALIZE)
            three.socket.sendall(frame(notification("exit")))
            assert list(three.messages) == []
        assert "result" in two.ask(INITIALIZE)


def test_client_over_the_limit_is_refused_in_a_sentence_e32() -> None:
    with listening("--tcp") as (_, port):
        clients = [TcpClient(port) for _ in range(32)]
        for client in clients:
            client.ask(INITIALIZE)
        with tcp_client(port) as one_more:
            refusal = next(one_more.messages)
            assert refusal["error"]["message"].endswith("start another one.")
            assert list(one_more.messages) == []
        for client in clients:
            client.close()


def test_web_page_posting_to_the_tcp_port_is_refused_e32() -> None:
    with listening("--tcp") as (_, port):
        body = json.dumps(INITIALIZE).encode()
        page = socket.create_connection(("127.0.0.1", port), timeout=LIMIT_S)
        page.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + frame(body))
        assert page.recv(100) == b""
        page.close()


@pytest.mark.parametrize("flag", ["--tcp", "--ws"])
def test_signal_ends_a_listening_server_with_clients_e32(flag: str) -> None:
    with listening(flag) as (process, port), tcp_client(port) as client:
        client.socket.sendall(frame(INITIALIZE))
        started = time.monotonic()
        process.terminate()
        assert process.wait(LIMIT_S) == 0
        assert time.monotonic() - started < 2.0


def ask(client: ClientConnection, message: dict[str, Any]) -> dict[str, Any]:
    client.send(json.dumps(message))
    while True:
        answer: dict[str, Any] = json.loads(client.recv(LIMIT_S))
        if answer.get("id") == message["id"]:
            return answer


def test_websocket_clients_have_sessions_of_their_own_e32() -> None:
    with listening("--ws") as (_, port):
        address = f"ws://127.0.0.1:{port}"
        with connect(address) as one, connect(address) as two:
            assert "result" in ask(one, INITIALIZE)
            assert ask(two, request(1, "probe/later"))["error"]["code"] == -32002
            one.send(json.dumps(opened("file:///a.py", "é😀")))
            found = ask(one, request(2, "probe/document", {"uri": "file:///a.py"}))
            assert found["result"]["text"] == "é😀"


def test_websocket_message_that_is_none_is_answered_e32() -> None:
    with listening("--ws") as (_, port), connect(f"ws://127.0.0.1:{port}") as client:
        client.send("no json")
        assert json.loads(client.recv(LIMIT_S))["error"]["code"] == -32700
        client.send(json.dumps(INITIALIZE).encode())
        assert "result" in json.loads(client.recv(LIMIT_S))
        client.send(json.dumps(notification("exit")))
        with pytest.raises(ConnectionClosed):
            client.recv(LIMIT_S)


@pytest.mark.parametrize("origin", ["https://example.com", "http://127.0.0.1:80", "null"])
def test_websocket_of_a_web_page_is_refused_e32(origin: str) -> None:
    with listening("--ws") as (_, port):
        with pytest.raises(InvalidStatus) as refusal:
            connect(f"ws://127.0.0.1:{port}", additional_headers={"Origin": origin})
        assert refusal.value.response.status_code == 403


@pytest.mark.parametrize("flag", ["--tcp", "--ws"])
def test_address_of_other_machines_is_refused_e32(flag: str) -> None:
    command = [sys.executable, "-m", "refact_lsp", "serve", flag, "0.0.0.0:0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 2
    assert "other machines" in done.stderr


def test_port_in_use_is_said_in_a_sentence_e32() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "refact_lsp", "serve", "--tcp", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert done.returncode == 1
    assert f"cannot listen on {address}" in done.stderr
    assert "Traceback" not in done.stderr
