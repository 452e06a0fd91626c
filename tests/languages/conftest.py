"""What the tests of `languages` share: sources with a cursor in them, and the samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from refact_lsp.languages.syntax import SyntaxTree, parse
from refact_lsp.languages.table import Language, language_of
from refact_lsp.text.lines import Position, Text

CURSOR = "<cursor>"
SAMPLES = Path(__file__).parent / "samples"

AtCursor = Callable[[str], tuple[Text, Position]]
Parsed = Callable[[str, str], SyntaxTree]


@pytest.fixture(scope="session")
def at_cursor() -> AtCursor:
    """A source with `<cursor>` in it, as a text and a position."""

    def split(source: str) -> tuple[Text, Position]:
        before, after = source.split(CURSOR)
        text = Text(before + after)
        return text, text.position(len(before))

    return split


@pytest.fixture(scope="session")
def sample() -> Callable[[Language], Text]:
    """The sample file of a language."""

    def read(language: Language) -> Text:
        (path,) = SAMPLES.glob(f"{language.id}.*")
        return Text(path.read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def parsed() -> Parsed:
    """The tree of a source in the language of an id."""

    def tree_of(source: str, language_id: str) -> SyntaxTree:
        language = language_of(language_id)
        assert language is not None
        tree = parse(Text(source), language)
        assert tree is not None
        return tree

    return tree_of
