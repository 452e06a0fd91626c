"""How a server ends, and what it does for a client that does not read, against the real process."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.server.rawclient import (
    LIMIT_S,
    PROBE,
    SERVE,
    RawClient,
    frame,
    notification,
    read_messages,
    request,
    running,
)

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and pipes as POSIX has them")


@pytest.fixture
def own() -> Iterator[RawClient]:
    with running() as client:
        client.initialize()
        yield client


def seconds_until_gone(client: RawClient) -> float:
    started = time.monotonic()
    client.wait()
    return time.monotonic() - started


BUSY = {
    "idle": (),
    "E18-request-running": (request(1, "probe/hang", {"name": "x"}),),
    "E18-stubborn-request": (request(1, "probe/stubborn"),),
    "E18-thread-computing": (request(1, "probe/computeForever"),),
    "E18-thread-left-over": (request(1, "probe/holdThread"),),
}


@pytest.mark.parametrize("work", BUSY.values(), ids=BUSY.keys())
def test_end_of_input_ends_the_server_within_a_second_e19(
    own: RawClient, work: tuple[object, ...]
) -> None:
    own.send(*work)
    own.ask("begun", "probe/echo", {"value": 1})
    own.hang_up()
    assert seconds_until_gone(own) < 1.0
    assert own.process.returncode == 0


@pytest.mark.parametrize("work", BUSY.values(), ids=BUSY.keys())
def test_shutdown_and_exit_end_the_server_within_a_second_e18(
    own: RawClient, work: tuple[object, ...]
) -> None:
    own.send(*work)
    own.ask("begun", "probe/echo", {"value": 1})
    own.ask("bye", "shutdown")
    own.send(notification("exit"))
    assert seconds_until_gone(own) < 1.0
    assert own.process.returncode == 0


def test_shutdown_answers_what_still_runs_e18(own: RawClient) -> None:
    own.send(request(1, "probe/hang", {"name": "x"}), request(2, "shutdown"))
    assert own.answer(1)["error"]["code"] == -32800
    assert own.answer(2)["result"] is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGTERM, 0, id="E28-term"),
        pytest.param(signal.SIGHUP, 0, id="E28-hup"),
        pytest.param(signal.SIGINT, 130, id="E28-int"),
    ],
)
def test_signal_ends_the_server_quietly(own: RawClient, number: int, code: int) -> None:
    own.send(request(1, "probe/hang", {"name": "x"}), request(2, "probe/computeForever"))
    own.ask("begun", "probe/echo", {"value": 1})
    own.process.send_signal(number)
    assert seconds_until_gone(own) < 1.0
    assert own.process.returncode == code
    assert "Traceback" not in own.logged()


@pytest.mark.parametrize("how", ["hang_up", "terminate"])
def test_end_while_the_workspace_is_read_leaves_no_child_and_no_complaint_e18(
    tmp_path: Path, how: str
) -> None:
    for number in range(50):
        (tmp_path / f"{number}.py").write_text("def f(x):\n    return x\n" * 50)
    folders = [{"uri": tmp_path.as_uri(), "name": "work"}]
    with running(SERVE) as client:
        client.initialize(workspaceFolders=folders)
        server = psutil.Process(client.process.pid)
        while not (children := server.children()):
            assert client.process.poll() is None
        {"hang_up": client.hang_up, "terminate": client.process.terminate}[how]()
        assert client.wait() == 0
        psutil.wait_procs(children, LIMIT_S)
        assert [child for child in children if child.is_running()] == []
        assert client.logged() == ""


def test_closed_output_ends_the_server_quietly_e19() -> None:
    theirs, ours = os.pipe()
    process = subprocess.Popen(PROBE, stdin=subprocess.PIPE, stdout=ours, stderr=subprocess.PIPE)
    os.close(ours)
    os.close(theirs)
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(frame(request(0, "initialize", {"capabilities": {}})))
    process.stdin.flush()
    assert process.wait(LIMIT_S) == 0
    assert b"Traceback" not in process.stderr.read()
    process.stdin.close()
    process.stderr.close()


# ---- the editor ----------------------------------------------------------------------------

EDITOR = """
import subprocess, sys, time
server = subprocess.Popen(sys.argv[2:], stdin=sys.stdin, stdout=int(sys.argv[1]))
print(server.pid, flush=True)
time.sleep(3600)
"""
"""An "editor" that starts the server on a pipe which others hold open too."""


def test_server_goes_when_its_editor_was_killed_though_its_input_stays_open_e19() -> None:
    read_end, write_end = os.pipe()
    out_read, out_write = os.pipe()
    editor = subprocess.Popen(
        [sys.executable, "-c", EDITOR, str(out_write), *SERVE],
        stdin=read_end,
        stdout=subprocess.PIPE,
        pass_fds=(out_write,),
    )
    assert editor.stdout is not None
    server = psutil.Process(int(editor.stdout.readline()))
    params = {"capabilities": {}, "processId": editor.pid}
    os.write(write_end, frame(request(0, "initialize", params)))
    assert b"capabilities" in os.read(out_read, 65_536)
    editor.kill()
    editor.wait()
    started = time.monotonic()
    server.wait(LIMIT_S)
    assert time.monotonic() - started < 5.0
    editor.stdout.close()
    for descriptor in (read_end, write_end, out_read, out_write):
        os.close(descriptor)


def test_editor_that_cannot_be_seen_from_here_is_no_reason_to_go() -> None:
    """A client outside the container gives an id that means nothing, or another process."""
    with running() as client:
        client.initialize(processId=2**22 + 12345)
        client.wait_for_log("parent_not_watched")
        client.ask(1, "probe/later")


@pytest.mark.parametrize("process_id", [None, 0, -1, "7", 1.5, True])
def test_odd_process_id_is_survived(process_id: object) -> None:
    with running() as client:
        client.initialize(processId=process_id)
        client.ask(1, "probe/later")


def test_waiting_server_uses_no_processor_time_e19(own: RawClient) -> None:
    process = psutil.Process(own.process.pid)
    before = process.cpu_times()
    with pytest.raises(subprocess.TimeoutExpired):
        own.process.wait(1.0)
    after = process.cpu_times()
    assert after.user + after.system - before.user - before.system < 0.3


# ---- a client that does not read -----------------------------------------------------------


def test_slow_reader_gets_every_answer_and_loses_log_messages_e21() -> None:
    process = subprocess.Popen(
        PROBE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    begin = request("init", "initialize", {"capabilities": {}})
    flood = [request(number, "probe/flood", {"count": 1000}) for number in range(20)]
    ends = [request(20, "shutdown"), notification("exit")]
    process.stdin.write(b"".join(map(frame, [begin, *flood])))
    process.stdin.flush()
    # 20 MB are logged while nobody reads; the server carries out every request all the same.
    flooded = filter(lambda line: b"flooded" in line, process.stderr)
    assert len(list(itertools.islice(flooded, 20))) == 20
    process.stdin.write(b"".join(map(frame, ends)))
    process.stdin.flush()
    assert process.stdout is not None
    seen = list(read_messages(process.stdout.readline, process.stdout.read))
    answers = [message["id"] for message in seen if "id" in message]
    logged = [message for message in seen if message.get("method") == "window/logMessage"]
    assert answers == ["init", *range(21)]
    assert 0 < len(logged) < 10_000
    assert process.wait(LIMIT_S) == 0
    for stream in (process.stdin, process.stdout, process.stderr):
        stream.close()


def test_slow_reader_gets_large_answers_whole_e21(own: RawClient) -> None:
    own.send(*(request(number, "probe/bytes", {"count": 3_000_000}) for number in range(5)))
    sizes = [len(own.answer(number)["result"]) for number in range(5)]
    assert sizes == [3_000_000] * 5


# ---- a client that does not answer ---------------------------------------------------------


def test_question_nobody_answers_is_given_up_after_two_seconds_e17(own: RawClient) -> None:
    own.send(request(1, "probe/configuration"))
    own.next(lambda message: message.get("method") == "workspace/configuration")
    answer = own.answer(1)["result"]
    assert answer["found"] is None
    assert 1.9 < answer["seconds"] < 4


def test_answer_that_comes_too_late_is_ignored_e17(own: RawClient) -> None:
    own.send(request(1, "probe/configuration"))
    question = own.next(lambda message: message.get("method") == "workspace/configuration")
    own.answer(1)
    own.send({"jsonrpc": "2.0", "id": question["id"], "result": [{}]})
    own.ask(2, "probe/later")
    assert "Traceback" not in own.logged()


def test_question_of_a_cancelled_request_may_be_answered_later_e17(own: RawClient) -> None:
    own.send(request(1, "probe/configuration"))
    question = own.next(lambda message: message.get("method") == "workspace/configuration")
    own.send(notification("$/cancelRequest", {"id": 1}))
    own.send({"jsonrpc": "2.0", "id": question["id"], "result": [{}]})
    assert own.answer(1)["error"]["code"] == -32800
    own.ask(2, "probe/later")
    assert "Traceback" not in own.logged()


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ({"result": [{"enable": True}]}, [{"enable": True}]),
        ({"result": None}, None),
        ({"result": 5}, None),
        ({"error": {"code": -32601, "message": "no"}}, None),
        ({"error": 5}, None),
        ({"error": {}}, None),
    ],
    ids=repr,
)
def test_question_may_be_answered_with_anything_e17(
    own: RawClient, reply: dict[str, object], found: object
) -> None:
    own.send(request(1, "probe/configuration"))
    question = own.next(lambda message: message.get("method") == "workspace/configuration")
    own.send({"jsonrpc": "2.0", "id": question["id"], **reply})
    assert own.answer(1)["result"]["found"] == found


def test_client_without_progress_is_not_asked_for_it_e16(own: RawClient) -> None:
    assert own.ask(1, "probe/progress")["result"] is False
    assert [message for message in own.seen if "method" in message] == []
