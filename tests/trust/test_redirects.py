"""T1: a repository with every redirect trick we know reaches its server not once."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from refact_lsp.server.features.commands import COMMANDS
from tests.fakes.model_server import FakeModelServer
from tests.fakes.model_server import running as model_running
from tests.fakes.script import Script, always
from tests.server.rawclient import Json, RawClient, notification, position, running
from tests.trust import redirect_repository as tricks
from tests.trust.redirect_repository import MOVES_THE_DIRECTORY, TRICKS, Effect, Place, Trick
from tests.trust.sink import Sink, sinking

SCRIPT = str(Path(sys.executable).with_name("refact-lsp"))
KEY = "mine-0123456789abcdef"
SOURCE = "".join(
    f"def {name}(first, second):\n    total = combine(first, second)\n    return total\n\n"
    for name in "abcd"
)
TYPED = "def e(first, second):\n    total = com"
OWN_FILES_ONLY = "is read from your own files only (~/.config/refact/providers.d)"
IDS = [trick.__name__ for trick in TRICKS]


@dataclass
class World:
    """A repository, the user's own server, and the one that must never be asked."""

    place: Place
    sink: Sink
    own: FakeModelServer

    def make(self, *chosen: Trick) -> Effect:
        whole = Effect()
        for trick in chosen:
            effect = trick(self.place)
            whole.settings |= effect.settings
            whole.environ |= effect.environ
        return whole

    def assert_untouched(self) -> None:
        assert self.sink.reached == []
        assert not self.place.ran.exists(), self.place.ran.read_text()
        for exchange in self.own.exchanges:
            headers = {name.lower(): value for name, value in exchange.request.headers.items()}
            assert headers.get("authorization") in {None, f"Bearer {KEY}"}
            assert headers["host"] == self.own.url.removeprefix("http://")


@pytest.fixture
def world(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("MINE_KEY", KEY)
    root = tmp_path / "repository"
    root.mkdir()
    (root / "a.py").write_text(SOURCE)
    script = always(Script("combine(first, second)"))
    with sinking() as sink, model_running("openai", script, api_key=KEY) as own:
        folder = home / ".config" / "refact" / "providers.d"
        folder.mkdir(parents=True)
        (folder / "mine.yaml").write_text(
            f"endpoint: {own.url}/v1\napi_key: $MINE_KEY\n"
            "completion_models: {fake-coder: {n_ctx: 4096}}\n"
        )
        yield World(Place(root, home, sink.url, tmp_path / "ran"), sink, own)


def settings_messages(client: RawClient) -> list[str]:
    return [
        message["params"]["message"]
        for message in client.seen
        if message.get("method") == "window/showMessage"
    ]


def work(client: RawClient, place: Place, settings: dict[str, Any]) -> dict[str, Any]:
    """Do with the server all that an editor does; answer what it says of the models."""
    capabilities: Json = {"workspace": {"configuration": True, "workspaceFolders": True}}
    client.initialize(
        workspaceFolders=[{"uri": place.root.as_uri(), "name": "repository"}],
        initializationOptions=settings,
        capabilities=capabilities,
    )
    pull = client.next(lambda message: message.get("method") == "workspace/configuration")
    client.send({"jsonrpc": "2.0", "id": pull["id"], "result": [settings]})
    uri = (place.root / "b.py").as_uri()
    client.open(uri, SOURCE + TYPED)
    end = position(SOURCE.count("\n") + 1, len("    total = com"))
    ids = iter(range(1_000_000))
    models = command(client, next(ids), "refact.models")
    client.send(notification("workspace/didChangeConfiguration", {"settings": settings}))
    version = 1
    for letter in "bine(":
        version += 1
        client.change(uri, version, {"range": {"start": end, "end": end}, "text": letter})
        end = position(end["line"], end["character"] + 1)
        client.ask(
            next(ids),
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": uri},
                "position": end,
                "context": {"triggerKind": 1},
            },
        )
    for row in COMMANDS:
        client.ask(next(ids), "workspace/executeCommand", {"command": row.name, "arguments": []})
    for role in ("completion", "chat"):
        for model in ("taken", "taken/taken", place.sink):
            arguments = [{"role": role, "model": model}]
            params = {"command": "refact.selectModel", "arguments": arguments}
            assert "error" in client.ask(next(ids), "workspace/executeCommand", params)
    saved = {"textDocument": {"uri": uri}}
    client.send(notification("textDocument/didSave", saved))
    again = command(client, next(ids), "refact.models")
    assert ids_of(again) == ids_of(models)
    client.ask(next(ids), "shutdown")
    client.send(notification("exit"))
    assert client.wait() == 0
    return models


def command(client: RawClient, id_: int, name: str) -> dict[str, Any]:
    params = {"command": name, "arguments": []}
    result = client.ask(id_, "workspace/executeCommand", params)["result"]
    assert isinstance(result, dict)
    return result


def ids_of(models: dict[str, Any]) -> set[str]:
    return {each["id"] for each in models["models"] if each["in_use"]}


def serve(
    world: World, effect: Effect, command_line: Sequence[str] = (SCRIPT, "serve", "--stdio")
) -> tuple[dict[str, Any], list[str], str]:
    environ = {**os.environ, **effect.environ}
    with running(command_line, cwd=world.place.root, env=environ) as client:
        models = work(client, world.place, effect.settings)
        return models, settings_messages(client), client.logged()


@pytest.mark.parametrize("trick", TRICKS, ids=IDS)
def test_trick_reaches_nobody_t1(world: World, trick: Trick) -> None:
    models, _, log = serve(world, world.make(trick))
    world.assert_untouched()
    assert bool(world.own.generations) == (trick not in MOVES_THE_DIRECTORY)
    own = set() if trick in MOVES_THE_DIRECTORY else {"mine/fake-coder"}
    assert ids_of(models) == {"embedded/workspace", *own}
    assert "Traceback" not in log


def test_all_tricks_at_once_reach_nobody_t1(world: World) -> None:
    chosen = [trick for trick in TRICKS if trick is not tricks.linked_folder]
    models, _, _ = serve(world, world.make(*chosen))
    world.assert_untouched()
    assert ids_of(models) == {"embedded/workspace"}


def test_forbidden_setting_gets_a_sentence_that_says_where_it_is_read_t1(world: World) -> None:
    _, told, _ = serve(world, world.make(tricks.vscode_settings))
    for name in ("endpoint", "apiKey"):
        assert f"refact-lsp: settings: {name!r} {OWN_FILES_ONLY}; here it is ignored." in told
    assert len(told) == len(set(told))


def test_provider_files_of_a_repository_are_said_to_be_unread_once_t1(world: World) -> None:
    place = world.place
    effect = world.make(tricks.provider_files, tricks.defaults_and_oldest_file)
    _, told, _ = serve(world, effect)
    (sentence,) = [each for each in told if "Not read" in each]
    names = ("providers.d", "defaults.yaml", "bring-your-own-key.yaml")
    named = " and ".join(str(place.root / ".refact" / name) for name in names)
    assert sentence == (
        f"refact-lsp: Not read: {named}. Providers, keys and models are read from your own files"
        " only (~/.config/refact/providers.d)."
    )


def test_policy_that_would_widen_is_said_to_narrow_only_t1(world: World) -> None:
    _, told, _ = serve(world, world.make(tricks.policy_that_widens))
    (sentence,) = [each for each in told if "narrow" in each]
    assert "privacy.yaml:1: `send_to: '*'` changes nothing here" in sentence


def test_directory_named_out_of_the_repository_is_said_not_to_be_read_t1(world: World) -> None:
    _, told, _ = serve(world, world.make(tricks.directory_in_the_repository))
    (sentence,) = [each for each in told if "is not read" in each]
    assert "REFACT_CONFIG_DIR" in sentence


PATH_WITH_HERE = {"PYTHONPATH": os.pathsep.join((os.environ.get("PYTHONPATH", ""), ""))}


@pytest.mark.parametrize("command_line", [(SCRIPT,), (sys.executable, "-m", "refact_lsp")])
def test_modules_of_the_working_directory_are_not_imported_t1(
    world: World, command_line: Sequence[str]
) -> None:
    for name in ("httpx.py", "yaml.py", "ssl.py", "pygls.py", "tree_sitter.py", "truststore.py"):
        world.place.module(name)
    effect = Effect(environ=PATH_WITH_HERE)
    models, _, _ = serve(world, effect, (*command_line, "serve", "--stdio"))
    world.assert_untouched()
    assert "mine/fake-coder" in ids_of(models)


def test_sink_counts_over_both_protocols_and_tricks_would_reach_it_if_they_ran(
    world: World,
) -> None:
    place = world.place
    place.program("program")
    place.module("module.py")
    subprocess.run([place.root / "program"], check=True, timeout=20)
    subprocess.run([sys.executable, place.root / "module.py"], check=True, timeout=20)
    for host in ("127.0.0.1", "::1"):
        with socket.create_connection((host, world.sink.port), 5) as connection:
            connection.sendall(host.encode())
    assert world.sink.wait_for(4) >= {b"127.0.0.1", b"::1"}
    assert place.ran.read_text().split() == ["program", "module.py"]
