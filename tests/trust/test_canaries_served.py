"""T5: keys, passwords of proxies and values of headers, through the errors of a served session."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from refact_lsp.config.load import load_configuration
from refact_lsp.config.redaction import redact
from refact_lsp.net.client import HttpClient
from refact_lsp.net.errors import RequestError
from refact_lsp.providers.endpoint import Endpoint, endpoint_of
from refact_lsp.server.features.commands import COMMANDS
from tests.server.rawclient import SERVE, RawClient, notification, position, running
from tests.trust.test_canaries import Canaries, assert_unseen, run

NAMES = (
    *("literal", "variable", "program", "keyring", "proxy", "header", "in_url", "wrong_place"),
    *("setting", "setting_name", "argument", "workspace"),
)


@pytest.fixture
def canaries() -> Canaries:
    return {name: f"sk-{secrets.token_hex(6)}/{secrets.token_urlsafe(9)}=" for name in NAMES}


@pytest.fixture
def configured(home: Path, canaries: Canaries, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every form of a key, and every place that one can be put in by mistake."""
    folder = home / ".config" / "refact" / "providers.d"
    folder.mkdir(parents=True)
    (home / "key").write_text(canaries["program"])
    (home / "keyring.json").write_text(json.dumps({"there/me": canaries["keyring"]}))
    monkeypatch.setenv("CANARY", canaries["variable"])
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyring_backend.FileKeyring")
    wrong = canaries["wrong_place"]
    files = {
        "literal": f"endpoint: http://127.0.0.1:9/v1\napi_key: {canaries['literal']}\n"
        f"extra_headers: {{X-Token: {canaries['header']}}}\ncompletion_models: {{m: {{}}}}\n",
        "variable": "endpoint: https://localhost:9/v1\napi_key: $CANARY\n"
        f"reach: {{proxy: 'http://me:{canaries['proxy'].replace('/', '')}@proxy.example:1'}}\n"
        "completion_models: {m: {}}\n",
        "program": f"endpoint: http://127.0.0.1:9\napi_key: {{cmd: [cat, {home / 'key'}]}}\n"
        "completion_models: {m: {}}\n",
        "keyring": "endpoint: http://127.0.0.1:9\napi_key: {keyring: there/me}\n",
        "missing": "endpoint: http://127.0.0.1:9\napi_key: $NOT_SET\n",
        "no_entry": "endpoint: http://127.0.0.1:9\napi_key: {keyring: no/entry}\n",
        "no_program": "endpoint: http://127.0.0.1:9\napi_key: {cmd: [/no/such/program]}\n",
        "in_url": f"endpoint: ftp://me:{canaries['in_url']}@host/{canaries['in_url']}\n",
        "wrong": f"enabled: {wrong}\n{wrong}: {wrong}\nreach: {{proxy: {wrong}, {wrong}: 1}}\n"
        f"completion_models: {{{wrong}: {wrong}}}\ncompletion_default_model: {wrong}\n",
        "broken": f"api_key: {wrong}\n\t{wrong}: [\n",
        "defaults": f"completion_model: {wrong}\nchat: {wrong}\n{wrong}: x\n",
    }
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    (folder / "unreadable.yaml").mkdir()
    (folder / "dangling.yaml").symlink_to(home / "nowhere")
    (folder.parent / "privacy.yaml").write_text(f"blocked: {wrong}\n{wrong}: 1\n")
    (folder.parent / "indexing.yaml").write_text(f"blocklist: {wrong}\n{wrong}: 1\n")
    return folder


def hostile_settings(canaries: Canaries) -> list[Any]:
    key, name = canaries["setting"], canaries["setting_name"]
    return [
        {"apiKey": key, "endpoint": f"https://{key}", name: 1, "delayMs": key, "trigger": key},
        {"models": {"completion": key, name: key}, "languages": {"python": key}, "popup": [key]},
        {"models": [key], "logLevel": key, "enable": {name: key}},
        {"refact": {name: {"apiKey": key}}},
        [key],
        key,
    ]


def command_lines(pid: int) -> str:
    """Answer the arguments of a process and its children, and the environment of the children.

    A child that has not become its program yet is still a copy of the server.
    """
    parent = psutil.Process(pid)
    own = parent.cmdline()
    said = [*own]
    for child in parent.children(recursive=True):
        try:
            if (arguments := child.cmdline()) != own:
                said += [*arguments, *(f"{a}={b}" for a, b in child.environ().items())]
        except psutil.Error:  # it has ended
            continue
    return "\n".join(said)


@contextmanager
def watching(pid: int) -> Iterator[list[str]]:
    """Look at the processes the whole time."""
    seen: list[str] = []
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            try:
                seen.append(command_lines(pid))
            except psutil.Error:
                return
            done.wait(0.01)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join(10)


def provoke(client: RawClient, root: Path, canaries: Canaries) -> None:
    """Ask for everything, in every wrong way."""
    ids = iter(range(1_000_000))
    client.initialize(
        workspaceFolders=[{"uri": root.as_uri(), "name": "root"}],
        initializationOptions=hostile_settings(canaries)[0],
    )
    for each in hostile_settings(canaries):
        client.send(notification("workspace/didChangeConfiguration", {"settings": each}))
    uri = (root / "b.py").as_uri()
    client.open(uri, "def e(first, second):\n    total = com")
    place = {"textDocument": {"uri": uri}, "position": position(1, 15)}
    asked = {**place, "context": {"triggerKind": 1}}
    key = canaries["argument"]
    arguments: list[list[Any]] = [[], [{"model": key}], [{"role": key}], [key], [{key: key}]]
    arguments += [[{"scope": key}], [{"minutes": key}], [{"quiet": key}], [{"uri": key}]]
    for row in COMMANDS:
        for given in arguments:
            params = {"command": row.name, "arguments": given}
            client.ask(next(ids), "workspace/executeCommand", params)
            client.ask(next(ids), "textDocument/inlineCompletion", asked)


def test_session_shows_no_key_in_any_error_t5(
    configured: Path, canaries: Canaries, tmp_path: Path, home: Path
) -> None:
    root, log = tmp_path / "root", tmp_path / "log"
    (root / ".refact" / "providers.d").mkdir(parents=True)
    (root / "a.py").write_text("def one(first, second):\n    return first\n" * 40)
    lost = canaries["workspace"]
    (root / ".refact" / "providers.d" / "x.yaml").write_text(f"api_key: {lost}\n")
    (root / ".refact" / "privacy.yaml").write_text(f"{lost}: {lost}\nblocked: {lost}\n")
    (root / ".refact" / "indexing.yaml").write_text(f"blocklist: {lost}\n")
    command = (*SERVE, "--log-level", "debug", "--log-file", str(log))
    with running(command) as client, watching(client.process.pid) as processes:
        provoke(client, root, canaries)
        client.ask("end", "shutdown")
        client.send(notification("exit"))
        assert client.wait() == 0
    cached = [path for path in (home / ".cache").rglob("*") if path.is_file()]
    kept = b"".join(path.read_bytes() for path in cached).decode("latin-1")
    told = json.dumps(client.seen) + client.logged() + log.read_text()
    assert "publishDiagnostics" in told
    assert "Traceback" not in told
    assert_unseen(told + kept + "".join(processes), canaries)


def test_indexer_gets_no_key_in_its_arguments_or_environment_t5(
    configured: Path, canaries: Canaries, tmp_path: Path, home: Path
) -> None:
    for name in ("privacy.yaml", "indexing.yaml"):
        (configured.parent / name).unlink()
    root = tmp_path / "root"
    root.mkdir()
    for number in range(300):
        (root / f"{number}.py").write_text(f"def f{number}(first):\n    return first\n" * 40)
    with running(SERVE) as client, watching(client.process.pid) as processes:
        client.initialize(
            workspaceFolders=[{"uri": root.as_uri(), "name": "root"}],
            capabilities={"window": {"workDoneProgress": True}},
        )
        client.next(lambda it: it.get("params", {}).get("value", {}).get("kind") == "end")
    kept = [path.read_bytes() for path in (home / ".cache").rglob("*") if path.is_file()]
    assert kept
    assert any("refact_lsp.workspace.indexer" in each for each in processes)
    told = b"".join(kept).decode("latin-1") + "".join(processes) + json.dumps(client.seen)
    assert_unseen(told, canaries)


COMMANDS_WITH_CONFIGURATION = [
    *(("config", "check"), ("config", "show"), ("config", "path"), ("providers", "list")),
    *(("models", "list"), ("keys", "list"), ("privacy", "test", "a.py")),
    *(("config", "check", "--json"), ("config", "show", "--json"), ("models", "list", "--json")),
]


def test_command_line_shows_no_key_in_any_error_t5(configured: Path, canaries: Canaries) -> None:
    printed = [run(*each) for each in COMMANDS_WITH_CONFIGURATION]
    key = canaries["argument"]
    printed += [
        run("keys", "set", "literal", "--store", "keyring", given=key),
        run("keys", "set", "broken", "--store", "file", given=key),
        run("keys", "rm", "wrong"),
        run("models", "set", "completion", "literal/none"),
        *(run("providers", "disable", each) for each in ("broken", "wrong", "dangling")),
    ]
    assert "Traceback" not in "".join(printed)
    assert_unseen("".join(printed), canaries)


def echoing(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nConnection: close\r\n".encode()


STATUSES = ("401 Unauthorized", "403 Forbidden", "404 Not Found", "500 Oops", "302 Found", "200 OK")


@contextmanager
def quoting(status: str) -> Iterator[int]:
    """A server that says back all it heard: in the reason, in a header and in the body."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            heard = connection.recv(65_536)
            line = next(
                (each for each in heard.split(b"\r\n") if each.lower().startswith(b"auth")), b"-"
            )
            body = json.dumps({"error": {"message": heard.decode("latin-1")}}).encode()
            length = f"Content-Length: {len(body)}\r\n".encode()
            location = b"Location: http://127.0.0.1:9/?" + line.replace(b" ", b"") + b"\r\n"
            said = b"X-Request-Id: " + line + b"\r\n"
            connection.sendall(echoing(status) + location + said + length + b"\r\n" + body)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.close()
        thread.join(10)


def endpoint_at(port: int, folder: Path, scheme: str = "http") -> Endpoint:
    """Answer the endpoint of the provider with a literal key, at a port of this machine."""
    path = folder / "literal.yaml"
    path.write_text(path.read_text().replace("http://127.0.0.1:9", f"{scheme}://127.0.0.1:{port}"))
    instance = load_configuration(os.environ).providers.instances["literal"]
    found = endpoint_of(instance, "m")
    assert found is not None
    return found


def failure_of(endpoint: Endpoint) -> str:
    """Ask once with the key and the headers of an endpoint; answer all that the error says."""
    from refact_lsp.config.secret import Secret
    from refact_lsp.net.call import Call

    key = endpoint.key
    assert isinstance(key, Secret)
    values = {name: each.reveal() for name, each in endpoint.headers.items()}
    call = Call(
        f"{endpoint.base}/completions",
        headers={"Authorization": f"Bearer {key.reveal()}", **values},
        body=b"{}",
        secrets=(key, *endpoint.headers.values()),
        network=endpoint.network,
    )

    async def ask() -> str:
        client = HttpClient()
        try:
            answer = await client.fetch(call)
        except RequestError as error:
            return f"{error} {error!r} {vars(error) if hasattr(error, '__dict__') else ''}"
        finally:
            await client.aclose()
        return redact(f"{answer!r} {call!r} {endpoint!r}")

    return asyncio.run(ask())


@pytest.mark.parametrize("status", STATUSES)
def test_server_that_quotes_the_key_back_gets_it_into_no_message_t5(
    configured: Path, canaries: Canaries, status: str
) -> None:
    with quoting(status) as port:
        said = failure_of(endpoint_at(port, configured))
    assert_unseen(said, canaries)


def test_broken_handshake_shows_no_key_t5(configured: Path, canaries: Canaries) -> None:
    with quoting("200 OK") as port:
        said = failure_of(endpoint_at(port, configured, "https"))
    assert_unseen(said, canaries)


def test_refused_connection_shows_no_key_t5(configured: Path, canaries: Canaries) -> None:
    said = failure_of(endpoint_at(9, configured))
    assert_unseen(said, canaries)


def test_configuration_is_printed_without_keys_t5(configured: Path, canaries: Canaries) -> None:
    loaded = load_configuration(os.environ)
    instances = [
        each for name, each in loaded.providers.instances.items() if name in {"literal", "program"}
    ]
    printed = redact(f"{loaded.problems} {instances!r} {[endpoint_of(i, 'm') for i in instances]}")
    assert_unseen(printed, canaries)
