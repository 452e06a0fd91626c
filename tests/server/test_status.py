"""What is switched and what is wrong, as an editor at the other end of the real process sees it."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from refact_lsp.completion.reasons import HELP, Reason
from tests.server.rawclient import (
    LIMIT_S,
    SERVE,
    Json,
    RawClient,
    environment,
    notification,
    position,
    request,
    running,
    span,
)

FAILING = (sys.executable, str(Path(__file__).with_name("failing_server.py")))
URI, OTHER = "file:///somewhere/a.py", "file:///somewhere/b.go"
FUNCTION = "def {0}(first, second):\n    total = combine(first, second)\n    return total\n\n"
SOURCE = (
    "".join(FUNCTION.format(name) for name in "abcd") + "def e(first, second):\n    total = com"
)
CURSOR = position(17, 15)
INVALID_PARAMS = -32602
READY = {"busy": False, "kind": "Normal", "message": ""}


class Person:
    """One client, and what the person at it does and sees."""

    def __init__(self, client: RawClient) -> None:
        self.client = client
        self._ids = itertools.count(1)
        self._version = 1

    def command(self, name: str, *arguments: object) -> Json:
        """Run a command; answer its whole answer."""
        params = {"command": name, "arguments": list(arguments)}
        return self.client.ask(next(self._ids), "workspace/executeCommand", params)

    def run(self, name: str, **options: object) -> Any:
        """Run a command quietly; answer its result."""
        return self.command(name, {"quiet": True, **options})["result"]

    def ask(self, uri: str = URI, at: Json | None = None, *, by_key: bool = False) -> list[Json]:
        """Ask for suggestions; answer the items."""
        params = {
            "textDocument": {"uri": uri},
            "position": at or CURSOR,
            "context": {"triggerKind": 1 if by_key else 2},
        }
        answer = self.client.ask(next(self._ids), "textDocument/inlineCompletion", params)
        items: list[Json] = answer["result"]["items"]
        return items

    def reason(self) -> str | None:
        """Answer why the last request was empty."""
        reason: str | None = self.run("refact.explainLast")["last"]["reason"]
        return reason

    def change(self, text: str, *places: int) -> None:
        """Replace a range of the document."""
        self._version += 1
        self.client.change(URI, self._version, {"range": span(*places), "text": text})

    def status(self, wanted: Callable[[Json], bool] = lambda _status: True) -> Json:
        """Wait for the next status that is wanted."""

        def is_it(message: Json) -> bool:
            return message.get("method") == "didChangeStatus" and wanted(message["params"])

        params: Json = self.client.next(is_it)["params"]
        return params

    def statuses(self) -> list[Json]:
        """Answer every status seen so far."""
        seen = self.client.seen
        return [each["params"] for each in seen if each.get("method") == "didChangeStatus"]

    def messages(self) -> list[str]:
        """Answer every message seen so far."""
        seen = self.client.seen
        return [
            each["params"]["message"] for each in seen if each.get("method") == "window/showMessage"
        ]


@contextmanager
def person(
    home: Path,
    *folders: Path,
    command: tuple[str, ...] = SERVE,
    status: bool = True,
    client: str = "an editor",
    **variables: str,
) -> Iterator[Person]:
    """Start the server and introduce a client, with the document open."""
    with running(command, env=environment(HOME=str(home), **variables)) as raw:
        raw.initialize(
            clientInfo={"name": client},
            initializationOptions={"status": True} if status else {},
            workspaceFolders=[{"uri": each.as_uri(), "name": each.name} for each in folders],
        )
        raw.open(URI, SOURCE)
        yield Person(raw)


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for what the server does on disk."""
    end = time.monotonic() + LIMIT_S
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


def kind(name: str) -> Callable[[Json], bool]:
    return lambda status: bool(status["kind"] == name)


# ---- the status ----


def test_first_status_is_ready_and_stays_the_only_one(home: Path) -> None:
    with person(home) as me:
        assert me.status() == READY
        assert len(me.ask()) == 1
        assert me.statuses() == [READY]


def test_status_is_told_no_sooner_than_the_client_is_ready(home: Path) -> None:
    with running(SERVE, env=environment(HOME=str(home))) as raw:
        options = {"status": True}
        params = {"processId": None, "capabilities": {}, "initializationOptions": options}
        raw.ask("init", "initialize", params)
        raw.ask(1, "workspace/executeCommand", {"command": "refact.snooze"})
        assert not [each for each in raw.seen if each.get("method") == "didChangeStatus"]
        raw.send(notification("initialized", {}))
        assert Person(raw).status()["kind"] == "Inactive"


def test_reading_a_workspace_is_busy_and_then_ready(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SOURCE)
    with person(home, tmp_path) as me:
        assert me.status() == {"busy": True, "kind": "Normal", "message": "Reading the workspace."}
        assert me.status() == READY


def test_client_that_did_not_ask_gets_no_status(home: Path) -> None:
    with person(home, status=False) as me:
        me.run("refact.snooze")
        me.ask()
        assert me.statuses() == []


def test_client_known_to_take_it_gets_the_status_unasked(home: Path) -> None:
    with person(home, status=False, client="Neovim") as me:
        assert me.status() == READY


def test_status_can_be_asked_for_later(home: Path) -> None:
    with person(home, status=False) as me:
        settings = {"settings": {"refact": {"status": True}}}
        me.client.send(notification("workspace/didChangeConfiguration", settings))
        assert me.status() == READY


def test_request_to_a_slow_model_is_busy_until_it_ends(home: Path) -> None:
    with person(home, command=FAILING) as me:
        me.status()
        me.change("wait\nx = ", 0, 0, 0, 0)
        params = {
            "textDocument": {"uri": URI},
            "position": position(1, 4),
            "context": {"triggerKind": 1},
        }
        me.client.send(request("slow", "textDocument/inlineCompletion", params))
        assert me.status() == {**READY, "busy": True}
        me.client.send(notification("$/cancelRequest", {"id": "slow"}))
        assert me.status() == READY


# ---- snooze ----


def test_snooze_keeps_typing_quiet_but_answers_the_key(home: Path) -> None:
    with person(home) as me:
        me.status()
        answer = me.run("refact.snooze")
        assert me.ask() == []
        assert me.reason() == "snoozed"
        assert len(me.ask(by_key=True)) == 1
        told = me.status()
    assert told == answer["status"]
    assert told["kind"] == "Inactive"
    assert told["message"] == answer["text"]
    assert told["message"].endswith(". refact.resume ends it.")
    assert told["command"] == {"title": "Resume", "command": "refact.resume"}


def test_resume_brings_suggestions_back(home: Path) -> None:
    with person(home) as me:
        me.run("refact.snooze", minutes=60)
        me.status(kind("Inactive"))
        assert me.run("refact.resume") == {"status": READY, "text": "The snooze is over."}
        assert me.status() == READY
        assert len(me.ask()) == 1
        assert me.run("refact.resume")["text"] == "Nothing was snoozed."


def test_snooze_that_ends_by_itself_is_told(home: Path) -> None:
    with person(home) as me:
        me.run("refact.snooze", minutes=0.01)
        me.status(kind("Inactive"))
        assert me.status() == READY
        assert len(me.ask()) == 1


# ---- off and on ----


def test_toggle_without_arguments_switches_everything_off_and_on(home: Path) -> None:
    with person(home) as me:
        me.status()
        assert me.run("refact.toggle")["text"] == "Completion is off."
        told = me.status()
        assert told["kind"] == "Inactive"
        assert told["command"] == {"title": "Switch on", "command": "refact.toggle"}
        assert me.ask(by_key=True) == []
        assert me.reason() == "disabled_global"
        assert me.run("refact.toggle") == {"status": READY, "text": "Completion is on."}
        assert len(me.ask()) == 1


def test_file_switched_off_is_inactive_while_the_user_is_at_it(home: Path) -> None:
    with person(home) as me:
        me.status()
        assert me.run("refact.toggle", scope="file")["text"] == "Completion is off for a.py."
        assert me.status()["message"] == HELP[Reason.DISABLED_FILE]
        assert me.ask(by_key=True) == []
        assert me.reason() == "disabled_file"
        me.client.open(OTHER, "package main\n", language="go")
        assert me.status() == READY
        focused = notification("textDocument/didFocus", {"textDocument": {"uri": URI}})
        me.client.send(focused)
        assert me.status(kind("Inactive"))["message"] == HELP[Reason.DISABLED_FILE]
        me.run("refact.toggle", uri=URI, on=True)
        assert me.status() == READY


def test_language_switched_off_is_off_in_its_files_alone(home: Path) -> None:
    with person(home) as me:
        me.client.open(OTHER, "package main\n", language="go")
        answer = me.run("refact.toggle", scope="language", uri=URI)
        assert answer["text"] == "Completion is off for python."
        assert me.ask(by_key=True) == []
        assert me.reason() == "disabled_language"
        me.ask(OTHER, position(0, 12), by_key=True)
        assert me.reason() != "disabled_language"
        assert me.run("refact.toggle", language="python")["text"] == "Completion is on for python."
        assert len(me.ask()) == 1


def test_switching_on_tells_what_keeps_suggestions_away_all_the_same(home: Path) -> None:
    with person(home) as me:
        me.run("refact.toggle", scope="file", on=False)
        text = me.run("refact.toggle", scope="everything", on=True)["text"]
    assert text == f"Completion is on. All the same: {HELP[Reason.DISABLED_FILE]}"


def test_switch_goes_before_a_setting(home: Path) -> None:
    with person(home) as me:
        settings = {"settings": {"refact": {"enable": False}}}
        me.client.send(notification("workspace/didChangeConfiguration", settings))
        assert me.ask() == []
        me.run("refact.toggle")
        assert len(me.ask()) == 1


def test_comment_typed_into_the_buffer_switches_off_until_it_is_taken_out(home: Path) -> None:
    with person(home) as me:
        me.status()
        me.change("# refact: off\n", 0, 0, 0, 0)
        told = me.status()
        assert told["kind"] == "Inactive"
        assert told["message"] == f"{HELP[Reason.PRAGMA_OFF]} (line 1)"
        assert me.ask(at=position(18, 15), by_key=True) == []
        assert me.reason() == "pragma_off"
        me.change("", 0, 0, 1, 0)
        assert me.status() == READY
        assert len(me.ask(by_key=True)) == 1


def test_kill_switch_holds_whatever_is_toggled(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SOURCE)
    with person(home, tmp_path, REFACT_LSP_DISABLE="1") as me:
        told = me.status()
        assert told == {"busy": False, "kind": "Inactive", "message": HELP[Reason.KILL_SWITCH]}
        assert me.run("refact.toggle", on=True)["text"] == HELP[Reason.KILL_SWITCH]
        assert me.ask(by_key=True) == []
        assert me.reason() == "kill_switch"
        assert me.statuses() == [told]
    assert not list(home.rglob("segment"))


def test_running_request_is_answered_when_it_is_not_wanted_any_more(home: Path) -> None:
    with person(home, command=FAILING) as me:
        me.change("wait\nx = ", 0, 0, 0, 0)
        params = {
            "textDocument": {"uri": URI},
            "position": position(1, 4),
            "context": {"triggerKind": 1},
        }
        me.client.send(request("slow", "textDocument/inlineCompletion", params))
        me.client.send(request("off", "workspace/executeCommand", {"command": "refact.toggle"}))
        assert me.client.answer("slow")["result"] == {"items": []}
        assert me.reason() == "disabled_global"


# ---- what is wrong ----


def fail_fifty_times(me: Person) -> None:
    me.change("fail auth_failed 401\nx = ", 0, 0, 0, 0)
    for column in range(4, 54):
        me.ask(at=position(1, column), by_key=True)
        assert me.reason() == "auth_failed"
        me.change("y", 1, column, 1, column)


def test_fifty_key_strokes_on_a_failing_model_are_one_message(home: Path) -> None:
    with person(home, command=FAILING, status=False) as me:
        fail_fifty_times(me)
        (message,) = me.messages()
    assert message.startswith("refact-lsp: test/scripted: The provider refused the key.")
    assert "(401, " in message


def test_client_that_shows_the_status_sees_a_failing_model_there(home: Path) -> None:
    with person(home, command=FAILING) as me:
        me.status()
        fail_fifty_times(me)
        told = me.status(kind("Warning"))
        assert "The provider refused the key." in told["message"]
        assert me.messages() == []
        me.change("answer done\n", 1, 0, 1, 60)
        assert len(me.ask(at=position(2, 0), by_key=True)) == 1
        assert me.status(kind("Normal")) == READY


def test_cache_that_cannot_be_kept_is_told_once_and_stays_in_the_status(
    home: Path, tmp_path: Path
) -> None:
    (home / ".cache").mkdir()
    (home / ".cache" / "refact").write_text("a file where a folder should be")
    with person(home, tmp_path, status=False, client="Neovim") as me:
        told = me.status(kind("Warning"))
        me.run("refact.clearCache")
        me.run("refact.reload")
        assert told["message"].startswith("The index cannot be kept in ")
        assert me.messages() == [f"refact-lsp: {told['message']}"]


# ---- beginning anew ----


def test_cleared_cache_is_learned_anew_from_what_is_there(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SOURCE)
    with person(home, tmp_path) as me:
        me.status(lambda status: not status["busy"])
        (segment,) = home.rglob("segment")
        before = segment.stat().st_mtime_ns
        answer = me.run("refact.clearCache")
        assert (
            answer["text"] == "What was learned is forgotten; reading 1 folder from the beginning."
        )
        wait_until(lambda: segment.exists() and segment.stat().st_mtime_ns != before)


def test_reload_reads_a_file_that_nobody_told_of(home: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("")
    with person(home, tmp_path) as me:
        me.status(lambda status: not status["busy"])
        (tmp_path / "a.py").write_text(SOURCE)
        (segment,) = home.rglob("segment")
        before = segment.stat().st_size
        assert me.run("refact.reload")["text"] == "Reading 1 folder again."
        wait_until(lambda: segment.stat().st_size > before)


# ---- arguments ----


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with person(tmp_path_factory.mktemp("home"), status=False) as me:
        yield me


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("refact.snooze", [{"minutes": 0}], "minutes must be a number from 0.01 to 1440, not '0'."),
        ("refact.snooze", [{"minutes": -5}], "minutes must be a number from 0.01 to 1440"),
        ("refact.snooze", [{"minutes": 1441}], "minutes must be a number from 0.01 to 1440"),
        ("refact.snooze", [{"minutes": "5"}], "minutes must be a number from 0.01 to 1440"),
        ("refact.snooze", [{"minutes": True}], "minutes must be a number from 0.01 to 1440"),
        ("refact.snooze", [{"minute": 5}], "it takes no 'minute'. Did you mean 'minutes'?"),
        ("refact.snooze", [5], "expected no argument or one object, got [5]."),
        ("refact.snooze", [{}, {}], "expected no argument or one object"),
        ("refact.resume", [{"now": True}], "it takes no 'now'. It takes quiet."),
        ("refact.toggle", [{"scope": "all"}], "scope must be 'language' or 'file' or 'everything'"),
        ("refact.toggle", [{"scope": ["file"]}], "scope must be 'language' or"),
        ("refact.toggle", [{"on": "yes"}], "on must be true or false, not 'yes'."),
        ("refact.toggle", [{"language": 3}], "language must be a text that is not empty"),
        ("refact.toggle", [{"scope": "file", "language": "c"}], "does not go with scope 'file'"),
        ("refact.toggle", [{"uri": "file:///a", "language": "c"}], "scope must say which"),
        ("refact.reload", [{"quiet": "no"}], "quiet must be true or false"),
        ("refact.clearCache", ["everything"], "expected no argument or one object"),
        ("refact.explainLast", [{"quite": True}], "Did you mean 'quiet'?"),
    ],
)
def test_wrong_arguments_are_refused_with_a_sentence(
    shared: Person, name: str, arguments: list[object], sentence: str
) -> None:
    error = shared.command(name, *arguments)["error"]
    assert error["code"] == INVALID_PARAMS
    assert error["message"].startswith(f"{name}: ")
    assert sentence in error["message"]


@pytest.mark.parametrize(
    "name",
    ["refact.snooze", "refact.resume", "refact.toggle", "refact.reload", "refact.clearCache"],
)
def test_command_without_arguments_answers_and_shows_what_it_did(shared: Person, name: str) -> None:
    shared.client.seen.clear()
    shapes: tuple[list[object], ...] = ([], [None], [{}])
    for arguments in shapes:
        result = shared.command(name, *arguments)["result"]
        assert result["text"] == shared.messages()[-1]
        assert result["status"]["kind"] in {"Normal", "Inactive"}
    if name == "refact.toggle":
        shared.run(name, on=True)
    assert len(shared.messages()) == 3


def test_toggle_of_a_file_without_one_says_so(shared: Person) -> None:
    close = notification("textDocument/didClose", {"textDocument": {"uri": URI}})
    shared.client.send(close)
    for scope in ("file", "language"):
        assert shared.run("refact.toggle", scope=scope)["text"].startswith("No document is open")
    shared.client.open(URI, SOURCE)
