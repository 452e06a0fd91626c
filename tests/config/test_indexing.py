from __future__ import annotations

from pathlib import Path

import pytest

from refact_lsp.config.indexing import IndexingRules, load_indexing, read_indexing
from refact_lsp.config.problems import Severity


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / ".config" / "refact").mkdir(parents=True)
    return {"HOME": str(tmp_path)}


def write_user(environ: dict[str, str], text: str) -> Path:
    path = Path(environ["HOME"], ".config", "refact", "indexing.yaml")
    path.write_text(text)
    return path


def write_workspace(folder: Path, text: str) -> Path:
    path = folder / ".refact" / "indexing.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_no_file_says_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    assert load_indexing(environ, tmp_path) == (IndexingRules(), ())
    assert load_indexing(environ, None) == (IndexingRules(), ())


def test_rules_of_user_and_workspace_hold_together(environ: dict[str, str], tmp_path: Path) -> None:
    write_user(environ, "blocklist: [target/]\nadditional_indexing_dirs: [~/lib, /usr/lib/x]\n")
    write_workspace(tmp_path / "w", "blocklist: ['*.min.js']\n")
    rules, problems = load_indexing(environ, tmp_path / "w")
    assert problems == ()
    assert rules == IndexingRules(("target/", "*.min.js"), (tmp_path / "lib", Path("/usr/lib/x")))


def test_workspace_adds_no_folder(environ: dict[str, str], tmp_path: Path) -> None:
    path = write_workspace(
        tmp_path / "w", "blocklist: [a]\nadditional_indexing_dirs: [/home/other]\n"
    )
    rules, (problem,) = load_indexing(environ, tmp_path / "w")
    assert rules == IndexingRules(("a",))
    assert (problem.file, problem.line, problem.column) == (str(path), 2, 27)
    assert problem.severity is Severity.WARNING
    assert "A repository cannot add folders" in problem.sentence


def test_broken_file_is_none_so_that_the_last_rules_stay(
    environ: dict[str, str], tmp_path: Path
) -> None:
    write_user(environ, "blocklist: [a]\n")
    path = write_workspace(tmp_path / "w", "blocklist: a\n")
    rules, (problem,) = load_indexing(environ, tmp_path / "w")
    assert rules is None
    assert str(problem) == f"{path}:1:12: error: 'blocklist': expected a list of texts."


def test_file_that_is_no_file_is_none(environ: dict[str, str]) -> None:
    Path(environ["HOME"], ".config", "refact", "indexing.yaml").mkdir()
    rules, (problem,) = load_indexing(environ, None)
    assert rules is None
    assert problem.sentence == "This is no regular file; it is not read."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("blocklist: [5]", "f:1:13: error: 'blocklist': expected text in quotes."),
        ("blocklist: ['']", "f:1:13: error: 'blocklist': this pattern is empty."),
        ("blacklist: []", "f:1:1: warning: Unknown key 'blacklist' is ignored. Did you mean"),
        (
            "additional_indexing_dirs: [lib]",
            "f:1:28: error: 'additional_indexing_dirs': expected the whole path of a folder, or",
        ),
        ("- a", "f:1:1: error: Expected a mapping of settings."),
    ],
)
def test_problem_names_its_place_and_what_was_expected(text: str, told: str) -> None:
    _, (problem,) = read_indexing(text.encode(), "f", is_workspace=False)
    assert str(problem).startswith(told)
