"""Every language's sample: parsed without an error, every kind of capture found in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from refact_lsp.languages.structure import definitions, matches_in
from refact_lsp.languages.syntax import parse
from refact_lsp.languages.table import LANGUAGES, Language, language_of
from refact_lsp.text.lines import Position, Text

EVERYWHERE = {"comment", "string", "block", "scope", "definition", "name"}
INTERPOLATING = {
    "python", "javascript", "typescript", "typescriptreact", "csharp", "ruby", "shellscript",
}  # fmt: skip

Sample = Callable[[Language], Text]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_sample_parses_without_error(language: Language, sample: Sample) -> None:
    tree = parse(sample(language), language)
    assert tree is not None
    assert not tree.root.has_error


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_sample_has_every_kind_of_capture(language: Language, sample: Sample) -> None:
    tree = parse(sample(language), language)
    assert tree is not None
    matches = matches_in(tree, 0, tree.root.end_byte)
    found = {name for _, captures in matches for name in captures}
    expected = EVERYWHERE | ({"interpolation"} if language.id in INTERPOLATING else set())
    assert expected <= found
    assert "error" not in found


IMPORTS = {
    "python": [(2, 3), (4, 6)],
    "javascript": [(1, 3)],
    "typescript": [(1, 3)],
    "typescriptreact": [(1, 2)],
    "go": [(3, 7)],
    "rust": [(1, 2)],
    "java": [(3, 5)],
    "c": [(1, 3)],
    "cpp": [(1, 4)],
    "csharp": [(1, 3)],
    "ruby": [(1, 3)],
    "php": [(4, 6)],
    "lua": [(1, 3)],
    "shellscript": [(2, 4)],
}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_sample_has_its_imports_as_runs_of_lines(language: Language, sample: Sample) -> None:
    tree = parse(sample(language), language)
    assert tree is not None
    assert [tuple(lines) for lines in tree.imports] == IMPORTS[language.id]


DEFINITIONS = {
    "python": "variable LIMIT, class Order, function total, function load, function parse",
    "javascript": "variable path, variable LIMIT, class Order, function total, function load, "
    "function parse, function View",
    "typescript": "variable LIMIT, type Rate, class Kind, class Priced, module Store, class Order, "
    "function total, function load, function parse",
    "typescriptreact": "class Props, class Boundary, function render, function View, "
    "function format",
    "go": "variable Limit, variable sep, class Order, class Priced, function Total, function Load, "
    "function each",
    "rust": "module tests, variable LIMIT, class Order, class Kind, class Priced, function total, "
    "function total, macro square, function load, function parse",
    "java": "class Order, variable LIMIT, variable mark, function Order, function total, "
    "class Priced, function total, class Kind, function text, class Point, function sum",
    "c": "macro LIMIT, macro SQUARE, class order, type order_t, class kind, class value, "
    "variable name, function total, function load",
    "cpp": "macro LIMIT, module store, class Kind, class Priced, class Order, function Order, "
    "function total, function Priced_total, function each, function Loader::load",
    "csharp": "module Store, class Order, variable Limit, function Order, variable Mark, "
    "function Total, class IPriced, function Total, class Kind, class Point, variable X, "
    "class Pair",
    "ruby": "module Store, variable LIMIT, class Order, function initialize, function open, "
    "function total, function load",
    "php": "variable LIMIT, class Order, function total, class Priced, function total, "
    "class Named, function name, class Kind, function load, function $parse",
    "lua": "variable json, variable path, variable LIMIT, variable Order, function Order.new, "
    "function Order:total, function load, function parse",
    "shellscript": "variable LIMIT, variable NAME, function total, function load",
}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_sample_defines_what_a_reader_sees(language: Language, sample: Sample) -> None:
    text = sample(language)
    tree = parse(text, language)
    assert tree is not None
    found = ", ".join(f"{each.kind} {each.name}" for each in definitions(tree, text))
    assert found == DEFINITIONS[language.id]


def test_definition_stands_where_its_name_is() -> None:
    python = language_of("python")
    assert python is not None
    text = Text("é = '\U0001f600'\n\n@cache\ndef größe(x):\n    return x\n")
    tree = parse(text, python)
    assert tree is not None
    variable, function = definitions(tree, text)
    assert (variable.name, variable.position) == ("é", (0, 0))
    assert (function.name, function.position) == ("größe", (3, 4))
    assert (function.start_line, function.end_line) == (3, 4)


def test_imports_inside_functions_are_left_out() -> None:
    python = language_of("python")
    assert python is not None
    source = "if TYPE_CHECKING:\n    import os\n\ndef f():\n    import sys\n"
    tree = parse(Text(source), python)
    assert tree is not None
    assert [tuple(lines) for lines in tree.imports] == [(1, 2)]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)
def test_query_of_a_few_bytes_does_not_grow_with_the_document(
    language: Language, sample: Sample
) -> None:
    """A pattern that began at the root node would be matched all over the document."""
    once = str(sample(language))
    middle = len(once.splitlines()) // 2
    counts = set()
    for times in (1, 20):
        text = Text(once * times)
        tree = parse(text, language)
        assert tree is not None
        first = text.byte_offset(Position(middle, 0))
        counts.add(len(matches_in(tree, first, first + 1)))
    assert len(counts) == 1
