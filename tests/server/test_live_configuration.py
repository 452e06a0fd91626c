"""The user's files while the real process serves: diagnostics, messages, and what stays silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.rawclient import (
    SERVE,
    Json,
    RawClient,
    environment,
    notification,
    running,
    span,
)

WRONG = "running_models: [a]\nendpoint: localhost\n"
RIGHT = "running_models: [a]\nendpoint: http://localhost\n"
SENTENCE = "'endpoint': expected a URL that begins with http:// or https://."
BASE = """\
def alpha(first_value, second_value):
    total = compute_the_total(first_value, second_value)
    return total


"""
SOURCE = BASE + BASE.replace("alpha", "beta") + "def omega(first_value, second_value):\n    total ="


@pytest.fixture
def folder(home: Path) -> Path:
    made = home / ".config" / "refact" / "providers.d"
    made.mkdir(parents=True)
    return made


@pytest.fixture
def live() -> Iterator[RawClient]:
    with running(SERVE) as client:
        yield client
        assert "Traceback" not in client.logged()


def published(client: RawClient, path: Path) -> list[Json]:
    """Answer the next diagnostics of a file."""

    def is_it(message: Json) -> bool:
        is_method = message.get("method") == "textDocument/publishDiagnostics"
        return is_method and message["params"]["uri"] == path.as_uri()

    found: list[Json] = client.next(is_it)["params"]["diagnostics"]
    return found


def shown(client: RawClient) -> list[str]:
    """Answer all messages to the user that have come by now."""
    client.ask(f"now-{len(client.seen)}", "workspace/executeCommand", {"command": "refact.none"})
    return [
        message["params"]["message"]
        for message in client.seen
        if message.get("method") == "window/showMessage"
    ]


def completes(client: RawClient) -> bool:
    client.open("file:///somewhere/a.py", SOURCE)
    params = {
        "textDocument": {"uri": "file:///somewhere/a.py"},
        "position": {"line": SOURCE.count("\n"), "character": 11},
        "context": {"triggerKind": 1},
    }
    answer = client.ask(f"at-{len(client.seen)}", "textDocument/inlineCompletion", params)
    return bool(answer["result"]["items"])


def test_broken_file_is_marked_told_once_and_mended(live: RawClient, folder: Path) -> None:
    (folder / "defaults.yaml").write_text("completion_model: embedded/workspace\n")
    path = folder / "ollama.yaml"
    path.write_text(WRONG)
    live.initialize()
    assert published(live, path) == [
        {"range": span(1, 10, 1, 19), "message": SENTENCE, "severity": 1, "source": "refact-lsp"}
    ]
    path.write_text("\n" + WRONG)
    assert published(live, path)[0]["range"] == span(2, 10, 2, 19)
    assert shown(live) == [
        f"refact-lsp: 1 problem in your provider files: providers.d/ollama.yaml:2:11: {SENTENCE}"
    ]
    path.write_text(RIGHT)
    assert published(live, path) == []
    path.write_text(WRONG)
    published(live, path)
    (_, again) = shown(live)
    assert again.endswith("Until then the last good settings stay in force: ollama.")
    assert completes(live)


def test_open_file_is_checked_as_it_is_typed(live: RawClient, folder: Path) -> None:
    path = folder / "ollama.yaml"
    path.write_text(RIGHT)
    live.initialize(capabilities={"general": {"positionEncodings": ["utf-8"]}})
    live.open(path.as_uri(), RIGHT, language="yaml")
    live.change(
        path.as_uri(), 2, {"range": span(0, 0, 0, 0), "text": "display_name: é\nenabeld: no\n"}
    )
    (warning,) = published(live, path)
    assert (warning["range"], warning["severity"]) == (span(1, 0, 1, 7), 2)
    assert warning["message"] == "Unknown key 'enabeld' is ignored. Did you mean 'enabled'?"
    live.change(path.as_uri(), 3, {"range": span(0, 14, 0, 16), "text": "[é, 5]"})
    both = published(live, path)
    assert [each["severity"] for each in both] == [1, 2]
    assert shown(live) == []
    close = {"textDocument": {"uri": path.as_uri()}}
    live.send(notification("textDocument/didClose", close))
    assert published(live, path) == []


def test_saved_file_and_file_renamed_over_are_read_at_once(live: RawClient, folder: Path) -> None:
    path = folder / "ollama.yaml"
    path.write_text(RIGHT)
    live.initialize()
    live.open(path.as_uri(), RIGHT, language="yaml")
    (folder / "4913").write_text("")
    (folder / ".ollama.yaml.swp").write_text("a: [")
    new = folder / "ollama.yaml~"
    new.write_text(WRONG)
    new.replace(path)
    live.change(path.as_uri(), 2, {"text": WRONG})
    saved = {"textDocument": {"uri": path.as_uri()}}
    live.send(notification("textDocument/didSave", saved))
    assert [each["message"] for each in published(live, path)] == [SENTENCE]
    path.unlink()
    live.send(notification("textDocument/didClose", saved))
    assert published(live, path) == []


def test_folder_that_appears_later_is_read(live: RawClient, home: Path) -> None:
    live.initialize()
    assert completes(live)
    folder = home / ".config" / "refact" / "providers.d"
    folder.mkdir(parents=True)
    (folder / "defaults.yaml").write_text("completion: ollama/x\n")
    (found,) = published(live, folder / "defaults.yaml")
    assert found["message"].startswith("completion_default_model: no completion model is called")


def test_engine_switched_off_while_serving_is_off_at_once(live: RawClient, folder: Path) -> None:
    live.initialize()
    assert completes(live)
    (folder / "embedded.yaml").write_text("enabled: false\nenabeld: false\n")
    assert published(live, folder / "embedded.yaml")
    assert not completes(live)
    explain = {"command": "refact.explainLast", "arguments": [{"quiet": True}]}
    answer = live.ask("explain", "workspace/executeCommand", explain)
    assert answer["result"]["last"]["reason"] == "no_completion_model"
    (folder / "embedded.yaml").unlink()
    assert published(live, folder / "embedded.yaml") == []
    assert completes(live)


def test_link_to_a_file_is_marked_where_the_editor_has_it_open(
    live: RawClient, folder: Path, home: Path
) -> None:
    target = home / "dotfiles" / "mine.yaml"
    target.parent.mkdir()
    target.write_text(WRONG)
    (folder / "ollama.yaml").symlink_to(target)
    live.initialize()
    live.open(target.as_uri(), WRONG, language="yaml")
    assert [each["message"] for each in published(live, target)] == [SENTENCE]


def answered(client: RawClient, section: Json) -> str:
    """Answer the server's question for the settings; answer what it then says is wrong."""
    asked = client.next(lambda m: m.get("method") == "workspace/configuration")
    assert asked["params"] == {"items": [{"section": "refact"}]}
    client.send({"jsonrpc": "2.0", "id": asked["id"], "result": [section]})
    message: str = client.next(lambda m: m.get("method") == "window/showMessage")["params"][
        "message"
    ]
    return message


def test_editors_settings_are_asked_for_and_asked_for_again(live: RawClient, folder: Path) -> None:
    (folder / "ollama.yaml").write_text(RIGHT)
    live.initialize(capabilities={"workspace": {"configuration": True}})
    assert answered(live, {"models": {"chat": "ollama/b"}}) == (
        "refact-lsp: settings.models: chat_default_model: no chat model is called 'ollama/b'; "
        "it is ignored. Did you mean 'ollama/a'?"
    )
    live.send(notification("workspace/didChangeConfiguration", {"settings": None}))
    assert answered(live, {"enable": False, "delayMs": -1}).startswith(
        "refact-lsp: settings.delayMs: -1 is ignored"
    )
    assert not completes(live)


@pytest.mark.parametrize("answer", [{"error": {"code": -1, "message": "no"}}, {"result": 5}, {}])
def test_client_that_does_not_tell_its_settings_is_served_e17(
    live: RawClient, answer: Json
) -> None:
    live.initialize(capabilities={"workspace": {"configuration": True}})
    asked = live.next(lambda m: m.get("method") == "workspace/configuration")
    if answer:
        live.send({"jsonrpc": "2.0", "id": asked["id"], **answer})
    assert completes(live)
    assert shown(live) == []


def no_home(home: Path) -> dict[str, str]:
    kept = environment(REFACT_CACHE_DIR=str(home))
    return {name: value for name, value in kept.items() if name != "HOME"}


def home_that_is_not_there(home: Path) -> dict[str, str]:
    return environment(HOME=str(home / "nowhere"))


def home_that_cannot_be_written(home: Path) -> dict[str, str]:
    return environment(HOME="/proc/self" if Path("/proc/self").exists() else str(home))


def file_for_a_directory(home: Path) -> dict[str, str]:
    (home / "refact").write_text("")
    return environment(REFACT_CONFIG_DIR=str(home / "refact"))


def file_that_cannot_be_opened(home: Path) -> dict[str, str]:
    (home / "providers.d").mkdir()
    (home / "providers.d" / "groq.yaml").symlink_to("groq.yaml")
    return environment(REFACT_CONFIG_DIR=str(home))


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        (no_home, ""),
        (home_that_is_not_there, ""),
        (home_that_cannot_be_written, ""),
        (file_for_a_directory, "/refact: A directory is expected here, and this is a file."),
        (file_that_cannot_be_opened, "1 problem in your provider files: providers.d/groq.yaml: "),
    ],
)
def test_home_of_an_odd_shape_leaves_completion_and_is_told_in_one_sentence_e25(
    home: Path, variables: Callable[[Path], dict[str, str]], told: str
) -> None:
    with running(SERVE, env=variables(home)) as client:
        client.initialize()
        if told:
            message = client.next(lambda m: m.get("method") == "window/showMessage")
            assert told in message["params"]["message"]
        assert completes(client)
        assert len(shown(client)) == bool(told)
        assert "Traceback" not in client.logged()


def test_buffer_of_a_file_that_cannot_be_saved_is_checked_e25() -> None:
    home = Path("/proc/self") if Path("/proc/self").exists() else Path("/nowhere")
    path = home / ".config" / "refact" / "providers.d" / "ollama.yaml"
    with running(SERVE, env=environment(HOME=str(home))) as client:
        client.initialize()
        client.open(path.as_uri(), WRONG, language="yaml")
        assert [each["message"] for each in published(client, path)] == [SENTENCE]
        assert "Traceback" not in client.logged()
