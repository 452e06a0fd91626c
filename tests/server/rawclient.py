"""A client that writes any bytes to the real server process and reads what comes back."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SERVE = (sys.executable, "-m", "refact_lsp", "serve", "--stdio")
PROBE = (sys.executable, str(Path(__file__).with_name("probe_server.py")))
LIMIT_S = 20.0
"""Everything awaited comes far sooner; a loaded machine may take this long."""


def frame(message: object, *, header: bytes = b"Content-Length: %d\r\n\r\n") -> bytes:
    """One message as it goes over the wire."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return header % len(body) + body


def request(id_: object, method: str, params: object = None) -> Json:
    message = {"jsonrpc": "2.0", "id": id_, "method": method}
    return message if params is None else {**message, "params": params}


def notification(method: str, params: object = None) -> Json:
    message: Json = {"jsonrpc": "2.0", "method": method}
    return message if params is None else {**message, "params": params}


def position(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


def span(*places: int) -> Json:
    return {"start": position(*places[:2]), "end": position(*places[2:])}


class RawClient:
    """The server in a process of its own, and every message it has sent."""

    def __init__(self, command: Sequence[str] = (), *, home: str = "", **options: Any) -> None:
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        if home:
            options["env"] = {**os.environ, "HOME": home}
        self.process = subprocess.Popen(command or PROBE, **{**pipes, **options})
        self.log: list[bytes] = []
        self.seen: list[Json] = []
        self._messages: queue.Queue[Json | None] = queue.Queue()
        for work in (self._read_messages, self._read_log):
            threading.Thread(target=work, daemon=True).start()

    # ---- sending ----

    def write(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, *messages: object) -> None:
        self.write(b"".join(map(frame, messages)))

    def initialize(self, **params: Any) -> Json:
        """Introduce ourselves; answer what the server can do."""
        known: Json = {"processId": None, "rootUri": None, "capabilities": {}}
        self.send(request("init", "initialize", {**known, **params}))
        answer = self.answer("init")["result"]
        self.send(notification("initialized", {}))
        assert isinstance(answer, dict)
        return answer

    def open(self, uri: str, text: str, *, version: int = 1, language: str = "python") -> None:
        item = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.send(notification("textDocument/didOpen", {"textDocument": item}))

    def change(self, uri: str, version: int | None, *changes: Json) -> None:
        item = {"uri": uri, "version": version}
        params = {"textDocument": item, "contentChanges": list(changes)}
        self.send(notification("textDocument/didChange", params))

    def ask(
        self, id_: object, method: str, params: object = None, limit_s: float = LIMIT_S
    ) -> Json:
        """Send a request and answer its answer."""
        self.send(request(id_, method, params))
        return self.answer(id_, limit_s)

    def text_of(self, uri: str) -> Any:
        """Ask the probe for a document as the server has it."""
        return self.ask(f"text-{len(self.seen)}", "probe/document", {"uri": uri})["result"]

    # ---- receiving ----

    def next(self, wanted: Callable[[Json], bool], limit_s: float = LIMIT_S) -> Json:
        """Answer the next message that is wanted; all others are kept in `seen`."""
        end = time.monotonic() + limit_s
        while True:
            try:
                message = self._messages.get(timeout=max(end - time.monotonic(), 0.001))
            except queue.Empty:
                raise AssertionError(f"not within {limit_s} s; log: {self.logged()}") from None
            assert message is not None, f"the server has gone; log: {self.logged()}"
            self.seen.append(message)
            if wanted(message):
                return message

    def answer(self, id_: object, limit_s: float = LIMIT_S) -> Json:
        """Answer the server's answer to a request, which must not have come before."""
        return self.next(lambda m: "method" not in m and _same(m.get("id", ...), id_), limit_s)

    def errors(self) -> list[int]:
        """The codes of all errors that have come, in order."""
        return [message["error"]["code"] for message in self.seen if "error" in message]

    def wait_for_log(self, words: str, limit_s: float = LIMIT_S) -> None:
        """Wait until the server has logged `words`."""
        end = time.monotonic() + limit_s
        while words not in self.logged():
            assert time.monotonic() < end, f"{words!r} was not logged: {self.logged()}"
            time.sleep(0.01)

    def logged(self) -> str:
        return b"".join(self.log).decode(errors="replace")[-6000:]

    # ---- ending ----

    def wait(self, limit_s: float = LIMIT_S) -> int:
        """Answer the exit code."""
        return self.process.wait(limit_s)

    def hang_up(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()

    # ---- threads ----

    def _read_messages(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        with suppress(ValueError):  # closed under us at the end of the test
            for message in read_messages(stream.readline, stream.read):
                self._messages.put(message)
        self._messages.put(None)

    def _read_log(self) -> None:
        assert self.process.stderr is not None
        with suppress(ValueError):  # closed under us at the end of the test
            self.log.extend(self.process.stderr)


def read_messages(read_line: Callable[[], bytes], read: Callable[[int], bytes]) -> Iterator[Json]:
    """Read what the server writes; strict, as it is the server that is tested."""
    while header := read_line():
        name, _, value = header.partition(b": ")
        assert name == b"Content-Length", header
        assert read_line() == b"\r\n"
        yield json.loads(read(int(value)))


def _same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right


@contextmanager
def running(command: Sequence[str] = (), **options: Any) -> Iterator[RawClient]:
    client = RawClient(command, **options)
    try:
        yield client
    finally:
        client.close()


def environment(**variables: str) -> dict[str, str]:
    return {**os.environ, **variables}
