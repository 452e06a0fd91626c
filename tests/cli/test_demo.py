"""`refact-lsp demo` as a real process that starts the real server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console

from refact_lsp.cli.demo.picture import print_line, print_sum
from refact_lsp.cli.demo.typist import Ghost, Line
from tests.cli.asking import provider
from tests.cli.terminal import run
from tests.fakes.family import Model
from tests.fakes.model_server import running
from tests.fakes.script import Refusal, Script, always

CODER = "starcoder2-3b"
LAST = re.compile(r"(\d+) of (\d+) suggestions? (?:was|were) right; 2 lines typed with (\d+) keys")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Write a file that repeats itself."""
    file = tmp_path / "project" / "sample.py"
    file.parent.mkdir()
    file.write_text(
        "".join(
            f"def work_{name}(first, second):\n    return combine(first, second, {name!r})\n\n"
            for name in ("a", "b", "c", "d")
        )
    )
    return file


def demo(file: Path, **environ: str) -> tuple[int, str]:
    """Type two lines."""
    return run("demo", str(file), "--places", "2", **environ)


def ghost(at: int, text: str, *, is_right: bool) -> Ghost:
    """Answer a suggestion as it was shown."""
    return Ghost(at, text, is_right, 2.0, "Suggested by it in 2 ms", "embedded/workspace")


def test_demo_types_and_ends_with_how_many_were_right(home: Path, sample: Path) -> None:
    before = sample.read_text()
    code, printed = demo(sample)
    assert code == 0
    assert "def work_b(first, second):" in printed
    assert "The embedded engine answers" in printed
    assert str(home) in printed
    assert "^^^" in printed
    found = LAST.search(printed)
    assert found
    assert 0 < int(found[1]) <= int(found[2])
    assert "nothing left this machine" in printed
    assert sample.read_text() == before


def test_model_of_the_users_answers_and_is_named(home: Path, sample: Path) -> None:
    models = f"completion_models: {{{CODER}: {{}}}}\n"
    with running("openai", always("rst, second"), models=(Model(CODER),)) as server:
        provider(home, "custom", f"endpoint: {server.url}/v1\n{models}")
        code, printed = demo(sample)
        asked = len(server.generations)
    assert code == 0
    assert asked
    assert f"custom/{CODER} answers (" in printed
    assert f"Suggested by custom/{CODER}" in printed
    assert f"only custom/{CODER} was asked" in printed


def test_model_that_fails_is_explained(home: Path, sample: Path) -> None:
    models = f"completion_models: {{{CODER}: {{}}}}\n"
    with running(
        "openai", always(Script(fault=Refusal(500, "no"))), models=(Model(CODER),)
    ) as server:
        provider(home, "custom", f"endpoint: {server.url}/v1\n{models}")
        code, printed = demo(sample)
    assert code == 0
    assert "No suggestion: " in printed
    assert "0 of 0 suggestions were right" in printed


@pytest.mark.usefixtures("home")
def test_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    code, printed = demo(tmp_path / "nothing.py")
    assert code == 2
    assert printed.count("\n") == 1
    assert "nothing.py does not exist. Name a source file" in printed


def test_key_that_accepts_counts_as_a_key() -> None:
    line = Line(0, "", "return value", ghosts=[ghost(3, "urn", is_right=True)])
    assert line.keys == 10


def test_line_that_is_left_counts_as_far_as_it_was_typed() -> None:
    line = Line(0, "", "return value", at=6, ghosts=[ghost(3, "urn", is_right=True)])
    line.leave()
    assert (line.code, line.keys) == ("return", 4)


def test_accepted_text_is_underlined_where_no_style_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    right = ghost(3, "urn value", is_right=True)
    print_line(Console(width=80, highlight=False), Line(6, "\t", "return value", ghosts=[right]))
    rows = capsys.readouterr().out.split("\n")
    assert rows[:2] == ["    7      return value", "              ^^^^^^^^^"]
    assert rows[2].strip() == "right, 4 keys for 12 characters. Suggested by it in 2 ms"


def test_wrong_suggestion_is_shown_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    line = Line(0, "", "return value", ghosts=[ghost(3, "urn None", is_right=False)])
    console = Console(width=80, highlight=False)
    print_line(console, line)
    print_sum(console, [line])
    shown = capsys.readouterr().out
    assert "other than the file, as 'urn None'." in shown
    assert "0 of 1 suggestion was right; 1 line typed with 12 keys for 12 characters" in shown
