"""`refact-lsp complete` against a real llama-server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.asking import ask_json, provider, source
from tests.models.llama_server import NAME, LlamaServer

pytestmark = pytest.mark.xdist_group("llama")


def llamacpp(home: Path, server: LlamaServer, more: str = "") -> None:
    models = f"completion_models: {{{NAME}: {{}}}}\n"
    provider(home, "llamacpp", f"endpoint: {server.url}\n{models}{more}")


def test_real_answer_has_time_marks_and_becomes_a_suggestion(
    llama: LlamaServer, home: Path, tmp_path: Path
) -> None:
    llamacpp(home, llama, "fim: {mode: suffix}\n")
    path = source(tmp_path, text="def add(a, b):\n    return")
    code, found = ask_json(path, at=":2:11")
    assert code == 0
    assert found["raw"].startswith(" a + b")
    assert found["item"]["text"].startswith(" a + b")
    times = [each["ms"] for each in found["events"]]
    assert times == sorted(times)
    assert 0 < times[0] <= found["timing"]["total_ms"]


def test_way_that_a_real_server_refuses_is_told(
    llama: LlamaServer, home: Path, tmp_path: Path
) -> None:
    llamacpp(home, llama)
    _, found = ask_json(source(tmp_path))
    assert [each["kind"] for each in found["refused"]] == ["infill"]
    assert "501" in found["refused"][0]["sentence"]
    assert found["is_sent"]
