from __future__ import annotations

from collections.abc import Callable

import pytest

from refact_lsp.languages.place import Place, place, place_in_plain_text
from refact_lsp.languages.syntax import SyntaxTree
from refact_lsp.languages.table import language_of
from refact_lsp.text.edits import apply
from refact_lsp.text.lines import Position, Text

AtCursor = Callable[[str], tuple[Text, Position]]
Parsed = Callable[[str, str], SyntaxTree]
PlaceIn = Callable[[str, str], Place]


@pytest.fixture
def place_in(at_cursor: AtCursor, parsed: Parsed) -> PlaceIn:
    """The place of the cursor in a source, by its tree."""

    def answer(language_id: str, source: str) -> Place:
        text, position = at_cursor(source)
        return place(parsed(str(text), language_id), text, position)

    return answer


INSIDE = [
    ("python", "x = 1  # so<cursor>", "comment"),
    ("python", "x = 1  #<cursor>\n", "comment"),
    ("python", "x = 1  # so\n<cursor>", ""),
    ("python", "x = 1 <cursor> # so", ""),
    ("python", "x = 'a<cursor>'", "string"),
    ("python", "x = 'a'<cursor>", ""),
    ("python", "x = f'a {b<cursor>} c'", ""),
    ("python", "x = f'a {b} c<cursor>'", "string"),
    ("python", "x = '''a\n# b<cursor>\n'''", "string"),
    ("python", "def f():\n    '''Say<cursor> so.'''\n", "string"),
    ("javascript", "a = 1; // so<cursor>", "comment"),
    ("javascript", "a = /* so<cursor> */ 1;", "comment"),
    ("javascript", "a = /* so */<cursor> 1;", ""),
    ("javascript", "/**\n * so<cursor>\n */\n", "comment"),
    ("javascript", "a = `b ${c<cursor>} d`;", ""),
    ("javascript", "a = `b ${c} d<cursor>`;", "string"),
    ("javascript", "a = /['\"]/.test(b<cursor>);", ""),
    ("typescript", "let a: 'x<cursor>' = 'x';", "string"),
    ("typescriptreact", "let a = <b c='d<cursor>'>e</b>;", "string"),
    ("typescriptreact", "let a = <b c='d'>it's e<cursor></b>;", ""),
    ("go", "var a = `b\n// c<cursor>\n`", "string"),
    ("go", "var a = 'b' // c<cursor>", "comment"),
    ("rust", "fn f<'a>(b: &'a str<cursor>) {}", ""),
    ("rust", "/// so<cursor>\nfn f() {}", "comment"),
    ("rust", "/// so\n<cursor>fn f() {}", ""),
    ("rust", 'const A: &str = r#"b<cursor>"#;', "string"),
    ("rust", "const A: char = 'b<cursor>';", "string"),
    ("java", 'String a = """\n    b<cursor>\n    """;', "string"),
    ("java", "/** so<cursor> */\nclass A {}", "comment"),
    ("c", "#include <st<cursor>dio.h>\n", "string"),
    ("c", "char a = 'b'; /* c\n d<cursor> */", "comment"),
    ("cpp", 'auto a = R"(b\n"c<cursor>)";', "string"),
    ("csharp", 'var a = @"b\\"<cursor>;', ""),
    ("csharp", 'var a = $"b {c<cursor>}";', ""),
    ("csharp", 'var a = $"b<cursor> {c}";', "string"),
    ("ruby", "=begin\nso<cursor>\n=end\n", "comment"),
    ("ruby", 'a = "b #{c<cursor>}"', ""),
    ("ruby", "a = <<~B\n  c<cursor>\nB\n", "string"),
    ("php", "<?php\n$a = 'b<cursor>';", "string"),
    ("php", "<?php\n# so<cursor>\n", "comment"),
    ("php", "<?php\n$a = <<<B\nc<cursor>\nB;\n", "string"),
    ("lua", "--[[ a\nb<cursor> ]]\n", "comment"),
    ("lua", "a = [[b\n-- c<cursor>]]\n", "string"),
    ("shellscript", "a=${b#c<cursor>}\n", ""),
    ("shellscript", 'a="b $(c d<cursor>)"\n', ""),
    ("shellscript", "cat <<B\nc<cursor>\nB\n", "string"),
]


@pytest.mark.parametrize(("language_id", "source", "expected"), INSIDE)
def test_place_knows_comments_and_strings(
    language_id: str, source: str, expected: str, place_in: PlaceIn
) -> None:
    found = place_in(language_id, source)
    assert (found.in_comment, found.in_string) == (expected == "comment", expected == "string")


UNFINISHED = [
    ("python", "x = 'abc<cursor>\ny = 1\n", "string"),
    ("python", "f(a, <cursor>\n\ndef g():\n    return 'x'\n", ""),
    ("python", 'def f():\n    """Say<cursor>\n\ny = 1\n', "string"),
    ("python", "x = (1, # so<cursor>\n", "comment"),
    ("javascript", 'f("a", "b<cursor>\nlet c = 1;\n', "string"),
    ("javascript", "function f() {\n  if (a <cursor>\n}\n", ""),
    ("javascript", "let a = `b<cursor>", "string"),
    ("javascript", "a(); /* b<cursor>", "comment"),
    ("rust", 'fn f() {\n    g("a<cursor>\n}\n', "string"),
    ("go", 'func f() {\n\tg("a<cursor>\n}\n', "string"),
    ("c", 'int f() {\n  char *a = "b<cursor>\n}\n', "string"),
    ("shellscript", 'if [ "$a<cursor>\n', "string"),
    ("ruby", "def f\n  g('a<cursor>\nend\n", "string"),
]  # fmt: skip


@pytest.mark.parametrize(("language_id", "source", "expected"), UNFINISHED)
def test_place_knows_comments_and_strings_that_are_not_finished(
    language_id: str, source: str, expected: str, place_in: PlaceIn
) -> None:
    found = place_in(language_id, source)
    assert (found.in_comment, found.in_string) == (expected == "comment", expected == "string")


EDITED = [
    ("python", "x = 1\n<cursor>", "y = 'a", "string"),
    ("python", "x = 1\n<cursor>", "y = 'a'", ""),
    ("python", "x = 'a'<cursor>\n", " + b", ""),
    ("python", "x = 1  # so<cursor>\n", " it is", "comment"),
    ("python", "x = 1  # so<cursor>\n", "\ny", ""),
    ("python", "x = '''a\n<cursor>\n'''\n", "b # c", "string"),
    ("python", "x = '''a\n<cursor>\n'''\n", "''' + c", ""),
    ("javascript", "/* a\n<cursor>\n*/\n", "b 'c", "comment"),
    ("javascript", "/* a\n<cursor>\n*/\n", "*/ let b = 'c", "string"),
]


@pytest.mark.parametrize(("language_id", "source", "typed", "expected"), EDITED)
def test_place_keeps_up_with_edits_since_the_parse(
    language_id: str,
    source: str,
    typed: str,
    expected: str,
    at_cursor: AtCursor,
    parsed: Parsed,
) -> None:
    text, position = at_cursor(source)
    tree = parsed(str(text), language_id)
    for character in typed:
        before = text
        text, edit = apply(before, position, position, character)
        position, tree = edit.new_end, tree.edited(edit, before)
    found = place(tree, text, position)
    assert (found.in_comment, found.in_string) == (expected == "comment", expected == "string")


def test_code_inside_a_string_counts_as_string_until_the_next_parse(
    at_cursor: AtCursor, parsed: Parsed
) -> None:
    text, position = at_cursor("let a = `b ${c<cursor>}`;\n")
    tree = parsed(str(text), "javascript")
    after, edit = apply(text, position, position, "d")
    assert place(tree.edited(edit, text), after, edit.new_end).in_string
    assert not place(parsed(str(after), "javascript"), after, edit.new_end).in_string


SCOPES = [
    (
        "python",
        "class A:\n    def f(self):\n        return<cursor>\n",
        "class A 0-1, function f 1-2",
    ),
    ("python", "class A:\n    def f(self):\n        return\n\n    <cursor>\n", "class A 0-1"),
    (
        "python",
        "class A:\n    def f(self):\n        return\n        <cursor>",
        "class A 0-1, function f 1-2",
    ),
    ("python", "class A:\n    def f(self):\n        return\n\n<cursor>\n", ""),
    ("python", "def f(\n    a,\n    b,\n):\n    return<cursor>\n", "function f 0-4"),
    ("python", "@a\ndef f():\n    g()\n    # so\n    <cursor>\n\nx = 1\n", "function f 1-2"),
    ("javascript", "class A {\n  f() {\n    <cursor>\n  }\n}\n", "class A 0-1, function f 1-2"),
    ("javascript", "const f = (a) => {\n  <cursor>\n};\n", "function f 0-1"),
    ("javascript", "function f() {\n}<cursor>\n", ""),
    (
        "typescript",
        "namespace A {\n  interface B {\n    <cursor>\n  }\n}\n",
        "module A 0-1, class B 1-2",
    ),
    ("go", "func (a *A) f(\n\tb int,\n) {\n\t<cursor>\n}\n", "function f 0-3"),
    (
        "rust",
        "impl B for A {\n    fn f() {\n        <cursor>\n    }\n}\n",
        "class A 0-1, function f 1-2",
    ),
    ("java", "class A {\n  void f()\n  {\n    <cursor>\n  }\n}\n", "class A 0-1, function f 1-3"),
    ("c", "int *f(int a)\n{\n  <cursor>\n}\n", "function f 0-2"),
    (
        "cpp",
        "namespace a {\nclass B {\n  int f() { <cursor> }\n};\n}\n",
        "module a 0-1, class B 1-2, function f 2-3",
    ),
    (
        "csharp",
        "namespace A\n{\n    class B\n    {\n        <cursor>\n    }\n}\n",
        "module A 0-2, class B 2-4",
    ),
    (
        "ruby",
        "module A\n  class B < C\n    def f(a)\n      <cursor>\n    end\n  end\nend\n",
        "module A 0-1, class B 1-2, function f 2-3",
    ),
    (
        "php",
        "<?php\nclass A {\n  function f() {\n    <cursor>\n  }\n}\n",
        "class A 1-2, function f 2-3",
    ),
    ("lua", "function A.f(b)\n  <cursor>\nend\n", "function A.f 0-1"),
    ("lua", "A = {\n  f = function()\n    return <cursor>1\n  end,\n}\n", "function f 1-2"),
    ("shellscript", "f() {\n  g\n  <cursor>\n}\n", "function f 0-1"),
]


@pytest.mark.parametrize(("language_id", "source", "expected"), SCOPES)
def test_place_names_the_scopes_and_their_header_lines(
    language_id: str, source: str, expected: str, place_in: PlaceIn
) -> None:
    found = place_in(language_id, source).scopes
    told = [f"{each.kind} {each.name} {each.start_line}-{each.body_line}" for each in found]
    assert ", ".join(told) == expected


def test_scope_being_typed_is_known_by_its_indentation(at_cursor: AtCursor, parsed: Parsed) -> None:
    text, position = at_cursor("class A:\n    x = 1\n\n<cursor>\n\n    y = 2\n")
    tree = parsed(str(text), "python")
    before = text
    text, edit = apply(before, position, position, "    def f(self):\n        ")
    found = place(tree.edited(edit, before), text, edit.new_end)
    assert [(each.kind, each.name, each.start_line) for each in found.scopes] == [
        ("class", "A", 0),
        ("block", "", 3),
    ]


BLOCKS = [
    ("python", "def f():\n    <cursor>\n", "empty opener"),
    ("python", "def f():<cursor>\n", "empty opener"),
    ("python", "def f():\n    <cursor>\n\ndef g():\n    pass\n", "empty opener"),
    ("python", "def f():\n    <cursor>\n    return\n", "opener"),
    ("python", "if a:\n    <cursor>\nelse:\n    pass\n", "empty opener"),
    ("python", "def f():\n    # so\n    <cursor>\n", "empty opener"),
    ("python", "def f():\n    '''Say so.'''\n    <cursor>\n", "empty"),
    ("python", "def f():\n    '''Say so.'''\n    <cursor>\n    return\n", ""),
    ("python", "def f():\n    return\n    <cursor>\n", ""),
    ("python", "x = {'a': 1}\n<cursor>\n", ""),
    ("python", "# so:\n<cursor>\n", ""),
    ("javascript", "function f() {\n  <cursor>\n}\n", "empty opener"),
    ("javascript", "function f() {<cursor>}\n", "empty opener"),
    ("javascript", "function f() {\n  <cursor>\n  g();\n}\n", "opener"),
    ("javascript", "if (a) { // so\n  <cursor>\n}\n", "empty opener"),
    ("javascript", "if (a) {\n  /* so\n     on */\n  <cursor>\n}\n", "empty"),
    ("javascript", "f(a,\n  <cursor>\n);\n", ""),
    ("csharp", "void F()\n{\n    <cursor>\n}\n", "empty opener"),
    ("rust", "match a {\n    <cursor>\n}\n", "empty opener"),
    ("ruby", "def f(a)\n  <cursor>\nend\n", "empty opener"),
    ("ruby", "a.each do |b|\n  <cursor>\nend\n", "empty opener"),
    ("ruby", "x = 1 if y\n<cursor>\n", ""),
    ("lua", "local function f(a)\n  <cursor>\nend\n", "empty opener"),
    ("lua", "if a then\n  <cursor>\nelse\n  b()\nend\n", "empty opener"),
    ("shellscript", "for a in b; do\n  <cursor>\ndone\n", "empty opener"),
    ("shellscript", "case $a in\n  b)\n    <cursor>\n    ;;\nesac\n", "empty opener"),
]


@pytest.mark.parametrize(("language_id", "source", "expected"), BLOCKS)
def test_place_knows_openers_and_empty_blocks(
    language_id: str, source: str, expected: str, place_in: PlaceIn
) -> None:
    found = place_in(language_id, source)
    told = {"empty": found.block_is_empty, "opener": found.is_after_block_opener}
    assert told == {word: word in expected.split() for word in told}


PLAIN = [
    ("python", "x = 1  # so<cursor>", "comment"),
    ("python", "x = 'a # b<cursor>'", "string"),
    ("python", "x = 'it\\'s<cursor>'", "string"),
    ("python", "x = '''a<cursor>", "string"),
    ("python", "x = ''<cursor>", ""),
    ("javascript", "a(`b`, 'c') // d<cursor>", "comment"),
    ("javascript", "/* a\n * b\n <cursor>", "comment"),
    ("javascript", "/* a */ b<cursor>", ""),
    ("rust", "fn f<'a>(b: &'a str<cursor>", ""),
    ("rust", "let a = ('b', \"c<cursor>", "string"),
    ("lua", "--[[ a ]] b<cursor>", ""),
    ("shellscript", "a=${b#c<cursor>}", ""),
    ("shellscript", "a  # b<cursor>", "comment"),
]


@pytest.mark.parametrize(("language_id", "source", "expected"), PLAIN)
def test_place_without_a_tree_goes_by_the_marks(
    language_id: str, source: str, expected: str, at_cursor: AtCursor
) -> None:
    text, position = at_cursor(source)
    found = place_in_plain_text(text, position, language_of(language_id))
    assert (found.in_comment, found.in_string) == (expected == "comment", expected == "string")


def test_place_without_a_tree_knows_blocks_by_indentation(at_cursor: AtCursor) -> None:
    text, position = at_cursor("class A {\n  f() {\n    if (a) {\n      <cursor>\n    }\n  }\n}\n")
    found = place_in_plain_text(text, position, language_of("javascript"))
    assert [each.start_line for each in found.scopes] == [0, 1, 2]
    assert found.block_is_empty


def test_place_in_plain_text_is_nothing_special(at_cursor: AtCursor) -> None:
    text, position = at_cursor("It's # 'so':\n    <cursor>\n")
    assert place_in_plain_text(text, position, None) == Place()


def test_place_beyond_the_text_is_that_of_its_end(parsed: Parsed) -> None:
    text = Text("def f():\n    return 'a")
    tree = parsed(str(text), "python")
    assert place(tree, text, Position(9, 9)) == place(tree, text, text.end)
