from __future__ import annotations

from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position
from refact_lsp.workspace.deletions import MAX_REMEMBERED, REMEMBERED_S, Deletions

URI = "file:///a.py"


def deletion(line: int, start: int, text: str, new: str = "") -> Edit:
    return Edit(Position(line, start), Position(line, start + len(text)), text, new)


def test_deleted_line_is_not_brought_back() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "    self.close(now=True)\n"), 0.0)
    assert deletions.would_bring_back("    self.", "close(now=True)", 1.0)
    assert not deletions.would_bring_back("    self.", "open(now=True)", 1.0)


def test_deleted_rest_of_a_line_is_not_brought_back() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 9, "close(now=True)"), 0.0)
    assert deletions.would_bring_back("    self.", "close(now=True)", 1.0)


def test_backspaces_in_a_row_are_one_deletion() -> None:
    deletions = Deletions()
    for column, character in reversed(list(enumerate("close(now)", 9))):
        deletions.add(URI, deletion(3, column, character), 0.0)
    assert deletions.would_bring_back("    self.", "close(now)", 1.0)


def test_deletion_is_forgotten_after_ten_minutes() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "self.close()"), 0.0)
    assert deletions.would_bring_back("self.", "close()", REMEMBERED_S)
    assert not deletions.would_bring_back("self.", "close()", REMEMBERED_S + 1)


def test_text_kept_by_a_replacement_was_not_deleted() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "close()", "self.close()"), 0.0)
    assert not deletions.would_bring_back("", "close()", 1.0)


def test_slip_of_the_finger_is_no_deletion() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "()"), 0.0)
    assert not deletions.would_bring_back("f", "()", 1.0)


def test_memory_is_bounded() -> None:
    deletions = Deletions()
    for number in range(MAX_REMEMBERED + 1):
        deletions.add(URI, deletion(2 * number, 0, f"line_{number}"), 0.0)
    assert not deletions.would_bring_back("", "line_0", 1.0)
    assert deletions.would_bring_back("", f"line_{MAX_REMEMBERED}", 1.0)
