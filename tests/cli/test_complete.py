"""`complete FILE:LINE:COL`: the exact request and answer of one suggestion, as a real process."""

from __future__ import annotations

import signal
import subprocess
import threading
from pathlib import Path

import pytest

from refact_lsp.cli.complete_command import parse_place
from refact_lsp.errors import UsageError
from tests.cli.asking import AT, SOURCE, ask, ask_json, provider, source
from tests.cli.terminal import OURS, run_in_terminal
from tests.fakes.family import Model
from tests.fakes.model_server import FakeModelServer, running
from tests.fakes.script import Refusal, Script, Stall, always

CANARY = "sk-canary-5d20bbQQfoo"
PLAIN = "q8Zr5canary0Kd7"
CODER = "starcoder2-3b"
MODELS = (Model(CODER),)
ANSWER = always("st + second")

FAMILIES = {
    "openai": ("custom", "endpoint: {url}/v1\n", "tokens", "openai_completions"),
    "ollama": ("ollama", "endpoint: {url}\n", "suffix", "ollama_native"),
    "llamacpp": ("llamacpp", "endpoint: {url}\n", "infill", "llamacpp_native"),
}
KEYS = [
    "version", "place", "reason", "findings", "privacy", "model", "way", "request", "is_sent",
    "refused", "prompt", "events", "timing", "raw", "stop", "item", "usage", "served_by", "stages",
]  # fmt: skip


def custom(home: Path, server: FakeModelServer, more: str = "") -> None:
    models = f"completion_models: {{{CODER}: {{}}}}\n"
    provider(home, "custom", f"endpoint: {server.url}/v1\n{models}{more}")


@pytest.mark.parametrize("family", FAMILIES)
def test_request_shown_is_the_one_that_was_sent(home: Path, tmp_path: Path, family: str) -> None:
    name, text, kind, wire = FAMILIES[family]
    with running(family, ANSWER, models=MODELS) as server:
        models = f"completion_models: {{{CODER}: {{}}}}\n"
        provider(home, name, text.format(url=server.url) + models)
        code, found = ask_json(source(tmp_path), "--model", CODER)
        sent = server.generations[-1].request
    assert code == 0
    assert (found["way"]["kind"], found["way"]["wire"]) == (kind, wire)
    assert found["request"]["body"] == sent.json()
    assert found["request"]["url"] == server.url + sent.path
    shown = found["request"]["headers"]
    assert shown == {each: sent.headers[each] for each in shown}
    assert "".join(each["text"] for each in found["events"]) == found["raw"] == "st + second"
    assert found["item"]["text"] == "st + second"
    assert found["timing"]["first_token_ms"] <= found["timing"]["total_ms"]


def test_report_for_a_person_has_place_request_pieces_and_difference(
    home: Path, tmp_path: Path
) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
        code, printed = ask(source(tmp_path))
    assert code == 0
    assert "        2     total = fir\n                         ^\n" in printed
    assert "tokens over openai_completions, family starcoder2" in printed
    assert "total = fir▮<fim_suffix>" in printed
    assert ' ms  "st"\n' in printed
    assert "-     total = fir\n" in printed
    assert "+     total = first + second\n" in printed


def test_dry_run_sends_nothing_and_connects_nowhere(home: Path, tmp_path: Path) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
        path = source(tmp_path)
        code, found = ask_json(path, "--dry-run")
        assert (code, server.connections) == (0, 0)
        _, real = ask_json(path)
    assert found["request"] == real["request"]
    assert (found["is_sent"], found["events"], found["item"]) == (False, [], None)


def test_dry_run_does_without_a_key_and_tells_it(home: Path, tmp_path: Path) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server, "api_key: $NOT_THERE\n")
        code, found = ask_json(source(tmp_path), "--dry-run")
        assert server.connections == 0
    assert code == 1
    assert found["findings"] == [
        "The key of custom is missing: the environment has no variable NOT_THERE."
    ]
    assert found["request"]["headers"]["authorization"] == "Bearer ****"


def test_dry_run_shows_the_headers_that_are_sent(home: Path, tmp_path: Path) -> None:
    own = "extra_headers: {Authorization: Basic abcdefgh, X-Team: ours}\n"
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server, f"api_key: {CANARY}\n{own}")
        path = source(tmp_path)
        _, dry = ask_json(path, "--dry-run")
        _, real = ask_json(path)
        sent = server.generations[-1].request.headers
    assert sent["authorization"] == "Basic abcdefgh"
    assert dry["request"] == real["request"]
    assert dry["request"]["headers"]["authorization"] == "****"


def test_dry_run_asks_no_program_for_the_key(home: Path, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server, f"api_key: {{cmd: [touch, {asked}]}}\n")
        _, found = ask_json(source(tmp_path), "--dry-run")
    assert found["request"]["headers"]["authorization"] == "Bearer ****"
    assert not asked.exists()


def test_missing_key_is_a_configuration_error_where_it_is_needed(
    home: Path, tmp_path: Path
) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server, "api_key: $NOT_THERE\n")
        code, printed = ask(source(tmp_path))
    assert code == 3
    assert "the environment has no variable NOT_THERE" in printed


@pytest.mark.parametrize("key", [CANARY, PLAIN])
@pytest.mark.parametrize("options", [(), ("--json",), ("--dry-run",), ("--dry-run", "--json")])
def test_key_is_masked_everywhere(
    home: Path, tmp_path: Path, key: str, options: tuple[str, ...]
) -> None:
    said = Script(fault=Refusal(401, f"wrong key {key}"))
    with running("openai", always(said), models=MODELS) as server:
        custom(
            home, server, f"api_key: {key}\nextra_headers: {{X-Other: '{key}2', X-Short: abc}}\n"
        )
        path = source(tmp_path, text=SOURCE + f"# {key[:4]}\n")
        code, printed = ask(path, *options)
    assert code == (0 if "--dry-run" in options else 4)
    assert key not in printed
    assert "Bearer ****" in printed
    assert "abc" not in printed


def test_file_of_the_secret_zone_is_refused_and_not_shown(home: Path, tmp_path: Path) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
        code, printed = ask(source(tmp_path, ".env", "WORD=hunter2\n"), at=":1:6")
        assert server.generations == []
    assert code == 1
    assert "built-in secret zone: .env" in printed
    assert "hunter2" not in printed


def test_secret_in_the_text_is_not_sent_and_not_shown(home: Path, tmp_path: Path) -> None:
    secret = "AKIA" + "Q7ZP4MXK2WNV5RTB"
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
        code, printed = ask(source(tmp_path, text=f'key = "{secret}"\n'), at=":1:7")
        assert server.generations == []
    assert code == 1
    assert secret not in printed


def test_server_that_does_not_run_is_code_4_with_its_sentence(home: Path, tmp_path: Path) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
    code, printed = ask(source(tmp_path))
    assert code == 4
    assert f"Nothing listens at 127.0.0.1:{server.port}." in printed


def test_refused_way_is_told_and_the_next_one_shown(home: Path, tmp_path: Path) -> None:
    no = Script(fault=Refusal(400, "suffix is not supported"))
    with running(
        "ollama", lambda request: no if "suffix" in request.json() else Script("st"), models=MODELS
    ) as server:
        provider(home, "ollama", f"endpoint: {server.url}\ncompletion_models: {{{CODER}: {{}}}}\n")
        code, found = ask_json(source(tmp_path), "--model", CODER)
    assert code == 0
    assert [each["kind"] for each in found["refused"]] == ["suffix"]
    assert found["way"]["kind"] == "tokens"


def test_answer_of_no_use_tells_the_rule(home: Path, tmp_path: Path) -> None:
    with running("openai", always(" "), models=MODELS) as server:
        custom(home, server)
        code, found = ask_json(source(tmp_path))
    assert (code, found["raw"], found["item"]) == (1, " ", None)
    assert "(too_short)" in found["reason"]["sentence"]


def test_embedded_engine_answers_without_any_provider(tmp_path: Path) -> None:
    work = "def work_{0}(first, second):\n    total = combine(first, second)\n    return total\n\n"
    source(tmp_path, "others.py", "".join(map(work.format, "abcd")))
    path = source(tmp_path, text="def e(first, second):\n    total = com\n")
    code, found = ask_json(path)
    assert (code, found["item"]["text"]) == (0, "bine(first, second)")
    assert found["model"]["id"] == "embedded/workspace"
    assert (found["request"], found["privacy"]["destination"]) == (None, None)


def test_dry_run_of_the_embedded_engine_says_that_nothing_is_sent(tmp_path: Path) -> None:
    code, printed = ask(source(tmp_path), "--dry-run")
    assert code == 0
    assert "This model works in this process" in printed


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_json_has_the_same_keys_each_time(
    home: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    path = source(tmp_path)
    assert list(ask_json(path, *options)[1]) == KEYS
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
        assert list(ask_json(path, *options)[1]) == KEYS


@pytest.mark.parametrize(
    ("at", "sentence"),
    [
        (":2", "is no place. Say FILE:LINE:COL"),
        (":0:1", "is no place. Say FILE:LINE:COL"),
        (":2:x", "is no place. Say FILE:LINE:COL"),
        (":9:1", "has 4 lines; there is no line 9."),
        (":2:17", "ends at column 16; there is no 17."),
        ("x:1:1", "does not exist."),
    ],
)
def test_place_that_is_none_is_told(tmp_path: Path, at: str, sentence: str) -> None:
    code, printed = ask(source(tmp_path), at=at)
    assert code == 2
    assert sentence in printed


def test_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = source(tmp_path)
    path.write_bytes(b"a\0b")
    assert "is binary" in ask(path, at=":1:1")[1]
    path.write_bytes(b"a\xff")
    assert ask(path, at=":1:1")[0] == 2
    assert "is no file" in ask(tmp_path, at=":1:1")[1]


def test_model_that_is_none_is_told_with_the_nearest(home: Path, tmp_path: Path) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
    code, printed = ask(source(tmp_path), "--model", "starcoder2-3c")
    assert (code, "Did you mean 'custom/starcoder2-3b'?" in printed) == (2, True)


def test_broken_provider_file_is_a_configuration_error(home: Path, tmp_path: Path) -> None:
    provider(home, "custom", "endpoint: [\n")
    code, printed = ask(source(tmp_path))
    assert code == 3
    assert "custom.yaml:" in printed


def test_no_model_at_all_is_a_configuration_error(home: Path, tmp_path: Path) -> None:
    provider(home, "embedded", "enabled: false\n")
    code, printed = ask(source(tmp_path))
    assert code == 3
    assert "No completion model is chosen" in printed


def test_columns_count_characters(home: Path, tmp_path: Path) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
        path = source(tmp_path, text='\ufeffx = "\U0001f600é" + fir\r\n')
        _, found = ask_json(path, "--dry-run", at=":1:15")
    assert found["place"]["text"] == 'x = "\U0001f600é" + fir'
    assert 'x = "\U0001f600é" + fir▮' in found["prompt"]


def test_colons_in_names_are_taken_as_part_of_them(tmp_path: Path) -> None:
    assert parse_place("/a:1:2:3:4") == (Path("/a:1:2"), 3, 4)
    assert parse_place("C:\\a.py:3:4")[0].name.endswith("C:\\a.py")
    with pytest.raises(UsageError):
        parse_place(":1:2")


def test_interrupt_ends_with_130(home: Path, tmp_path: Path) -> None:
    stalled = Script("st", fault=Stall())
    with running("openai", always(stalled), models=MODELS) as server:
        custom(home, server)
        command = [*OURS, "complete", f"{source(tmp_path)}{AT}"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wait = threading.Event()
        while not server.generations:
            assert process.poll() is None
            wait.wait(0.02)
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in printed


def test_terminal_shows_the_prompt_around_the_cursor_only(home: Path, tmp_path: Path) -> None:
    with running("openai", ANSWER, models=MODELS) as server:
        custom(home, server)
        path = source(tmp_path, text="value = 1\n" * 40 + SOURCE)
        _, shown = run_in_terminal("complete", f"{path}:42:16", prompt="place", typed="")
    assert "lines before; --json has all" in shown
    assert "characters>" in shown
