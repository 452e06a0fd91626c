from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refact_lsp.languages.place import place, place_in_plain_text
from refact_lsp.languages.shape import shape_at
from refact_lsp.languages.structure import definitions
from refact_lsp.languages.syntax import MAX_PARSED_CHARS, Lines, SyntaxTree, parse
from refact_lsp.languages.table import LANGUAGES, Language, language_of
from refact_lsp.text.edits import apply
from refact_lsp.text.lines import Position, Text

Sample = Callable[[Language], Text]
Parsed = Callable[[str, str], SyntaxTree]

PIECES = (
    "x", "1", "name", "(", ")", "{", "}", '"', "'", "\n", "\r", "\r\n", "    ", "\t", "#", "//",
    "/*", "*/", "--[[", "]]", "`", ":", "=", ";", '"""', "end", "if x:\n", "\x00", "\ud800", "é",
    "\U0001f600",
)  # fmt: skip

languages = st.sampled_from(LANGUAGES)
pieces = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
edits = st.lists(
    st.tuples(st.floats(0, 1), st.one_of(st.just(0), st.integers(0, 40)), pieces), max_size=4
)


@settings(max_examples=150, deadline=None)
@given(language=languages, source=st.one_of(st.text(max_size=80), pieces), column=st.integers(0, 9))
def test_any_text_gets_a_tree_and_answers(language: Language, source: str, column: int) -> None:
    text = Text(source)
    tree = parse(text, language)
    assert tree is not None
    for line in range(text.line_count):
        position = Position(line, column)
        shape_at(text, position, place(tree, text, position), language)
        shape_at(text, position, place_in_plain_text(text, position, language), language)
    assert all(0 <= each.start_line <= each.end_line for each in definitions(tree, text))


@settings(max_examples=250, deadline=None)
@given(language=languages, changes=edits)
def test_reparse_of_an_edited_tree_equals_a_fresh_parse(
    sample: Sample, language: Language, changes: list[tuple[float, int, str]]
) -> None:
    text, tree = edited(sample(language), language, changes)
    again, fresh = parse(text, language, tree), parse(text, language)
    assert again is not None
    assert fresh is not None
    assert again.root.end_byte == fresh.root.end_byte == text.byte_offset(text.end)
    # Broken text leaves a grammar several ways to recover; sound text has one tree.
    if not fresh.root.has_error:
        assert nodes_of(again) == nodes_of(fresh)
        assert again.imports == fresh.imports


@settings(max_examples=100, deadline=None)
@given(language=languages, order=st.data())
def test_reparse_after_lines_moved_equals_a_fresh_parse(
    sample: Sample, language: Language, order: st.DataObject
) -> None:
    """Blank lines and whole lines repeated keep most samples sound, unlike random edits."""
    text, tree = sample(language), parse(sample(language), language)
    for _ in range(3):
        line = order.draw(st.integers(0, text.line_count - 1))
        new = order.draw(st.sampled_from(["\n", text.line(line) or "\n", "\n\n"]))
        at = Position(line, 0)
        before = text
        text, edit = apply(before, at, at, new)
        assert tree is not None
        tree = parse(text, language, tree.edited(edit, before))
    fresh = parse(text, language)
    assert tree is not None
    assert fresh is not None
    if not fresh.root.has_error:
        assert nodes_of(tree) == nodes_of(fresh)


@settings(max_examples=150, deadline=None)
@given(language=languages, changes=edits)
def test_rows_of_nodes_are_lines_of_the_text(
    sample: Sample, language: Language, changes: list[tuple[float, int, str]]
) -> None:
    text, _ = edited(sample(language), language, changes)
    tree = parse(text, language)
    assert tree is not None
    for start_byte, (row, column) in ((node[1], node[3]) for node in nodes_of(tree)):
        assert start_byte == text.byte_offset(Position(row, 0)) + column


def edited(
    text: Text, language: Language, changes: list[tuple[float, int, str]]
) -> tuple[Text, SyntaxTree]:
    """Apply changes (where, as a part of the text; characters removed; new text) to both."""
    tree = parse(text, language)
    assert tree is not None
    for where, removed, new in changes:
        offset = round(where * len(text))
        start, end = text.position(offset), text.position(offset + removed)
        before = text
        text, edit = apply(before, start, end, new)
        tree = tree.edited(edit, before)
    return text, tree


def nodes_of(tree: SyntaxTree) -> list[tuple[str, int, int, tuple[int, int], tuple[int, int]]]:
    def walk() -> Iterator[tuple[str, int, int, tuple[int, int], tuple[int, int]]]:
        waiting = [tree.root]
        while waiting:
            node = waiting.pop()
            yield node.type, *node.byte_range, node.start_point, node.end_point
            waiting.extend(node.children)

    return list(walk())


def test_edit_between_cr_and_lf_is_followed(parsed: Parsed) -> None:
    before = Text("a = 1\rb = 2\nc = 3\n")
    tree = parsed(str(before), "python")
    # Without its text the second line's end joins the carriage return before it.
    after, edit = apply(before, Position(1, 0), Position(1, 5), "")
    assert str(after) == "a = 1\r\nc = 3\n"
    python = language_of("python")
    assert python is not None
    again, fresh = parse(after, python, tree.edited(edit, before)), parse(after, python)
    assert again is not None
    assert fresh is not None
    assert nodes_of(again) == nodes_of(fresh)


def test_edited_tree_leaves_the_tree_before_as_it_was(parsed: Parsed) -> None:
    text = Text("def f():\n    return 1\n")
    tree = parsed(str(text), "python")
    _, edit = apply(text, Position(0, 0), Position(0, 0), "# more\n\n")
    moved = tree.edited(edit, text)
    assert (tree.root.start_byte, moved.root.start_byte) == (0, 8)
    assert (tree.dirty, moved.dirty) == (None, Lines(0, 3))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([((5, 0), (5, 0), "x")], (5, 6)),
        ([((5, 0), (5, 0), "x\ny\n")], (5, 8)),
        ([((5, 0), (8, 0), "")], (5, 6)),
        ([((5, 0), (5, 0), "x"), ((9, 0), (9, 0), "y")], (5, 10)),
        ([((9, 0), (9, 0), "y"), ((5, 0), (5, 0), "\n")], (5, 11)),
        ([((9, 0), (9, 0), "y"), ((5, 0), (7, 0), "")], (5, 8)),
    ],
    ids=["in a line", "lines added", "lines removed", "two", "added above", "removed above"],
)
def test_dirty_lines_hold_every_edit_since_the_parse(
    changes: list[tuple[tuple[int, int], tuple[int, int], str]],
    expected: tuple[int, int],
    parsed: Parsed,
) -> None:
    text = Text("a = 1\n" * 20)
    tree = parsed(str(text), "python")
    for start, end, new in changes:
        before = text
        text, edit = apply(before, Position(*start), Position(*end), new)
        tree = tree.edited(edit, before)
    assert tree.dirty == expected


def test_imports_move_with_edits_above_and_grow_with_edits_among_them(parsed: Parsed) -> None:
    text = Text("# first\nimport os\nimport re\n\nx = 1\n")
    tree = parsed(str(text), "python")
    assert tree.imports == (Lines(1, 3),)
    places = [(Position(0, 0), "# zero\n"), (Position(3, 0), "import sys\n"), (Position(6, 0), "y")]
    for at, new in places:
        before = text
        text, edit = apply(before, at, at, new)
        tree = tree.edited(edit, before)
    assert tree.imports == (Lines(2, 5),)


def test_imports_are_kept_while_the_whole_text_is_broken(parsed: Parsed) -> None:
    text = Text("int x;\n")
    tree = parsed("#include <a.h>\n" + str(text), "c")
    before = Text("#include <a.h>\n" + str(text))
    after, edit = apply(before, Position(1, 0), Position(1, 0), ") ( { @\n")
    c = language_of("c")
    assert c is not None
    again = parse(after, c, tree.edited(edit, before))
    assert again is not None
    assert again.imports == (Lines(0, 1),)


def test_parse_that_is_told_to_stop_answers_none() -> None:
    python = language_of("python")
    assert python is not None
    assert parse(Text("x = [1, 2]\n" * 5000), python, should_stop=lambda: True) is None


def test_parse_of_a_very_long_text_answers_none() -> None:
    python = language_of("python")
    assert python is not None
    assert parse(Text("#" * (MAX_PARSED_CHARS + 1)), python) is None


def test_parses_in_several_threads_agree_while_the_tree_is_edited(parsed: Parsed) -> None:
    source = "".join(f"def f{number}(x):\n    return x + {number}\n\n" for number in range(300))
    text, tree = Text(source), parsed(source, "python")
    found: list[str] = []

    def work() -> None:
        again = parse(text, tree.language, tree)
        assert again is not None
        found.append(str(again.root))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    _, edit = apply(text, Position(0, 0), Position(0, 0), "y = 1\n")
    moved = tree
    for _ in range(100):
        moved = tree.edited(edit, text)
    for thread in threads:
        thread.join()
    assert found == [str(tree.root)] * 4
    assert moved.root.end_byte == tree.root.end_byte + 6
