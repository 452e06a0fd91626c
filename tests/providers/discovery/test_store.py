"""What was found out, kept on the disk: whole, private, without keys, and not for ever."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from refact_lsp.config.paths import LISTS_FILE
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.providers.discovery.discover import Discovered
from refact_lsp.providers.discovery.store import MAX_AGE_S, Memory, read_memory, write_memory
from refact_lsp.providers.fim.ways import WayKind
from refact_lsp.providers.known import KnownModel

NOW = 1_800_000_000.0
URL = "http://localhost:11434"


def memory(url: str = URL) -> Memory:
    made = Memory()
    coder = KnownModel("qwen2.5-coder:7b", context=4096, is_loaded=True)
    nomic = KnownModel("nomic", embeds=True)
    unknown = KnownModel("stranger")
    for each in (coder, nomic, unknown):
        made.known.put("mine", url, each)
    made.take([Discovered("mine", url, (unknown, coder, nomic))], NOW)
    return made


def test_what_was_written_is_read(tmp_path: Path) -> None:
    before = memory()
    way = (WayKind.TOKENS, "openai_completions")
    before.known.learn("mine", URL, "stranger", refused=frozenset({way}), good_way=way)
    write_memory(tmp_path / "deep", before.as_file(NOW))
    after = read_memory(tmp_path / "deep", NOW + 60)
    assert after.servers == before.servers
    assert after.listed() == before.listed()
    assert after.known.of("mine", URL, "stranger").refused == {way}
    assert after.known.of("mine", URL, "stranger").good_way == way


def test_file_is_for_its_user_alone(tmp_path: Path) -> None:
    write_memory(tmp_path, memory().as_file(NOW))
    assert stat.S_IMODE((tmp_path / LISTS_FILE).stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [LISTS_FILE]


@pytest.mark.parametrize(
    "url",
    [
        "http://me:canary-key@host/v1",
        "http://host/v1?key=canary-key",
        "http://host/sk-canary-key-12345",
        "http://[broken",
    ],
)
def test_server_whose_url_may_hold_a_key_is_not_written(url: str) -> None:
    content = json.loads(memory(url).as_file(NOW))
    assert (content["servers"], content["models"]) == ([], [])


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": 2, "servers": [], "models": []}', b'{"version": 1}', b"\xff"],
)
def test_broken_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LISTS_FILE).write_bytes(content)
    assert read_memory(tmp_path, NOW).servers == {}


def test_missing_file_is_an_empty_memory(tmp_path: Path) -> None:
    assert read_memory(tmp_path / "none", NOW).listed() == {}


def test_what_is_older_than_a_week_is_not_believed(tmp_path: Path) -> None:
    write_memory(tmp_path, memory().as_file(NOW))
    after = read_memory(tmp_path, NOW + MAX_AGE_S + 1)
    assert (after.servers, after.known.places()) == ({}, ())


def test_model_keeps_the_time_at_which_it_changed(tmp_path: Path) -> None:
    write_memory(tmp_path, memory().as_file(NOW))
    after = read_memory(tmp_path, NOW + 10)
    after.known.learn("mine", URL, "stranger", takes_suffix=True)
    models = json.loads(after.as_file(NOW + 20))["models"]
    times = {each["model"]["name"]: each["changed_s"] for each in models}
    assert times == {"stranger": NOW + 20, "qwen2.5-coder:7b": NOW, "nomic": NOW}


def test_list_offers_what_surely_completes_the_loaded_first() -> None:
    made = memory()
    idle = KnownModel("codellama:7b-code", is_loaded=False)
    cloud = KnownModel("qwen3-coder:480b-cloud", is_remote=True)
    coder = made.known.of("mine", URL, "qwen2.5-coder:7b")
    for each in (idle, cloud):
        made.known.put("mine", URL, each)
    made.take([Discovered("mine", URL, (idle, cloud, coder, KnownModel("nomic")))], NOW)
    listed = made.listed()["mine"]
    assert listed.completing == ("qwen2.5-coder:7b", "codellama:7b-code")
    assert listed.names == ("codellama:7b-code", "qwen3-coder:480b-cloud", "qwen2.5-coder:7b")
    assert listed.contexts["qwen2.5-coder:7b"] == 4096


def test_list_of_a_server_that_fails_now_stays() -> None:
    made = memory()
    error = RequestError(Kind.NOT_RUNNING, "nothing listens")
    made.take([Discovered("mine", URL, (), error, "nothing listens")], NOW + 9)
    listed = made.listed()["mine"]
    assert (listed.is_known, listed.problem) == (True, "nothing listens")
    assert "stranger" in listed.names


def test_list_of_another_url_does_not_count_for_this_one() -> None:
    made = memory()
    error = RequestError(Kind.NOT_RUNNING, "nothing listens")
    made.take([Discovered("mine", "http://localhost:1", (), error, "nothing listens")], NOW)
    assert made.listed()["mine"].is_known is False
