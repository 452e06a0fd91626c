from __future__ import annotations

from pathlib import Path

import pytest

from refact_lsp.config.problems import Problem, Severity
from refact_lsp.session.condition.notices import Notices
from refact_lsp.session.condition.problems import ProblemBoard, ProblemNotice

USER = Path("/user")
ERROR = Problem("/user/providers.d/a.yaml", 3, 5, "This is wrong.")
OTHER = Problem("/user/providers.d/b.yaml", 0, 0, "It cannot be read: no.")
WARNING = Problem("/user/providers.d/a.yaml", 1, 1, "This is odd.", Severity.WARNING)


@pytest.fixture
def shown() -> list[str]:
    return []


@pytest.fixture
def notice(shown: list[str]) -> ProblemNotice:
    notices = Notices(lambda: 0.0, lambda _weight, sentence: shown.append(sentence))
    return ProblemNotice(notices, "configuration", "your files")


def test_one_problem_is_told_with_its_place(notice: ProblemNotice, shown: list[str]) -> None:
    notice.tell([OTHER], USER)
    assert shown == ["1 problem in your files: providers.d/b.yaml: It cannot be read: no."]


def test_several_problems_are_one_message_with_the_first_error(
    notice: ProblemNotice, shown: list[str]
) -> None:
    notice.tell([WARNING, ERROR, OTHER], USER)
    assert shown == [
        (
            "3 problems in your files; the first: providers.d/a.yaml:3:5: This is wrong. "
            "`refact-lsp config check` lists all."
        )
    ]


def test_problem_that_only_moved_or_stayed_is_not_told_again(
    notice: ProblemNotice, shown: list[str]
) -> None:
    notice.tell([ERROR, OTHER], USER)
    notice.tell([Problem(ERROR.file, 9, 5, ERROR.sentence), OTHER], USER)
    notice.tell([ERROR], USER)
    assert len(shown) == 1


def test_new_problem_is_told_before_the_known_one(notice: ProblemNotice, shown: list[str]) -> None:
    notice.tell([ERROR], USER)
    notice.tell([ERROR, OTHER], USER)
    assert shown[1].startswith("2 problems in your files; the first: providers.d/b.yaml: ")


def test_problem_mended_and_made_again_is_told_again(
    notice: ProblemNotice, shown: list[str]
) -> None:
    for problems in ([ERROR], [], [ERROR]):
        notice.tell(problems, USER)
    assert len(shown) == 2


def test_board_holds_the_last_word_of_each_source_by_file() -> None:
    board = ProblemBoard()
    heard: list[int] = []
    board.listen(lambda: heard.append(len(board.by_file())))
    board.put("providers", [ERROR, OTHER])
    board.put("privacy", [WARNING])
    board.put("providers", [OTHER])
    assert board.by_file() == {OTHER.file: (OTHER,), WARNING.file: (WARNING,)}
    assert heard == [2, 2, 2]
