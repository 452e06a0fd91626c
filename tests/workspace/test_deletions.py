from __future__ import annotations

from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position
from refact_lsp.workspace.deletions import MAX_REMEMBERED, REMEMBERED_S, Cursor, Deletions

URI = "file:///a.py"


def at(line_prefix: str, line: int = 3, uri: str = URI) -> Cursor:
    return Cursor(uri, line, line_prefix)


def deletion(line: int, start: int, text: str, new: str = "") -> Edit:
    return Edit(Position(line, start), Position(line, start + len(text)), text, new)


def test_deleted_line_is_not_brought_back() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "    self.close(now=True)\n"), 0.0)
    assert deletions.would_bring_back(at("    self."), "close(now=True)", 1.0)
    assert not deletions.would_bring_back(at("    self."), "open(now=True)", 1.0)


def test_deleted_rest_of_a_line_is_not_brought_back() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 9, "close(now=True)"), 0.0)
    assert deletions.would_bring_back(at("    self."), "close(now=True)", 1.0)


def test_backspaces_in_a_row_are_one_deletion() -> None:
    deletions = Deletions()
    for column, character in reversed(list(enumerate("close(now)", 9))):
        deletions.add(URI, deletion(3, column, character), 0.0)
    assert deletions.would_bring_back(at("    self."), "close(now)", 1.0)


def test_deletion_is_forgotten_after_ten_minutes() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "self.close()"), 0.0)
    assert deletions.would_bring_back(at("self."), "close()", REMEMBERED_S)
    assert not deletions.would_bring_back(at("self."), "close()", REMEMBERED_S + 1)


def test_text_kept_by_a_replacement_was_not_deleted() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "close()", "self.close()"), 0.0)
    assert not deletions.would_bring_back(at(""), "close()", 1.0)


def test_slip_of_the_finger_is_no_deletion() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "()"), 0.0)
    assert not deletions.would_bring_back(at("f"), "()", 1.0)


def test_memory_is_bounded() -> None:
    deletions = Deletions()
    for number in range(MAX_REMEMBERED + 1):
        deletions.add(URI, deletion(2 * number, 0, f"line_{number}"), 0.0)
    assert not deletions.would_bring_back(at(""), "line_0", 1.0)
    assert deletions.would_bring_back(at(""), f"line_{MAX_REMEMBERED}", 1.0)


def test_deleted_line_is_not_brought_back_elsewhere_in_its_document() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "self.close(now)"), 0.0)
    assert deletions.would_bring_back(at("self.", 90), "close(now)", 1.0)
    assert not deletions.would_bring_back(at("self.", 90, "file:///b.py"), "close(now)", 1.0)


def test_deleted_word_is_free_again_in_other_lines() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 9, "self"), 0.0)
    assert deletions.would_bring_back(at("    x = "), "self.y", 1.0)
    assert not deletions.would_bring_back(at("    x = ", 30), "self.y", 1.0)


def test_place_of_a_deletion_moves_with_the_lines_above() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(30, 9, "self"), 0.0)
    deletions.add(URI, deletion(3, 0, "", "one\n" * 20), 1.0)
    assert deletions.would_bring_back(at("    x = ", 50), "self.y", 2.0)
    assert not deletions.would_bring_back(at("    x = ", 30), "self.y", 2.0)


def test_text_put_in_again_was_not_deleted() -> None:
    deletions = Deletions()
    deletions.add(URI, deletion(3, 0, "self.close(now)\n"), 0.0)
    deletions.add(URI, deletion(40, 0, "", "    self.close(now)\n"), 1.0)
    assert not deletions.would_bring_back(at("self."), "close(now)", 2.0)
