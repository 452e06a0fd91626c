from __future__ import annotations

from pathlib import Path

import pytest

from refact_lsp.cli.demo import Hole, Seen, choose, demonstrate, workspace_of
from refact_lsp.errors import UsageError


def test_lines_are_chosen_evenly_and_not_for_what_they_say() -> None:
    source = "".join(f"    value_number_{n:03} = {n}\n\n" for n in range(100))
    holes = choose(source, 4)
    assert [hole.line for hole in holes] == [24, 74, 124, 174]
    assert holes[0] == Hole(24, 4, "    ", "value_number_012 = 12")


def test_short_file_has_as_many_places_as_lines_that_fit() -> None:
    assert [hole.line for hole in choose("x = 1\nsome_function(argument)\n\n", 6)] == [1]


def test_suggestion_is_right_when_it_completes_the_line_of_the_file() -> None:
    hole = Hole(0, 0, "", "return value")
    assert Seen("ret", "urn value").is_right(hole)
    assert not Seen("ret", "urn other").is_right(hole)
    assert not Seen("return value", "").is_right(hole)


def test_workspace_is_the_repository_or_the_folder(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "c.py"
    assert workspace_of(file) == tmp_path / "a" / "b"
    (tmp_path / "a" / ".git").mkdir(parents=True)
    assert workspace_of(file) == tmp_path / "a"


def test_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing\.py is no file"):
        demonstrate(tmp_path / "nothing.py", 3)


def test_demo_types_and_ends_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "sample.py"
    text = "".join(
        f"def work_{name}(first, second):\n    return combine(first, second, {name!r})\n\n"
        for name in ("a", "b", "c", "d")
    )
    file.write_text(text)
    assert demonstrate(file, 2) == 0
    shown = capsys.readouterr().out
    assert "reading the workspace" in shown
    assert "return combine(first, second," in shown
    assert "Nothing was written" in shown
    assert file.read_text() == text
