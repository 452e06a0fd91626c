"""Grammars and their compiled queries: loaded when first used, kept for the life of the process.

A query file captures, under fixed names:

- `@comment`, `@string`, and `@interpolation` for code inside a string;
- `@block`: a node that is the body of something;
- `@scope`: a node that owns a body and has a `@name`, with its `@body` where the grammar has one;
- `@definition`: a node that defines its `@name`;
- `@import`: a statement that brings in another file.

A pattern with a scope or a definition says what kind of thing it is: `(#set! kind "function")`,
one of `Kind`'s values. Two predicates are ours, and `nodes` gives them their meaning:
`(#names? @callee "require")` holds where the captured text is one of the words (our trees keep no
text for the built-in ones), `(#outermost? @outer)` where the node's parent is the whole document. A
pattern must not begin at the root node: it would be matched all over the document whatever range
is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock

import tree_sitter

from refact_lsp.languages.table import Language

_ERRORS = "\n(ERROR) @error\n"
_QUERIES = Path(__file__).with_name("queries")
_loading = Lock()


class Kind(StrEnum):
    """What a scope or a definition is; BLOCK is one known by its indentation alone."""

    FUNCTION = "function"
    CLASS = "class"
    MODULE = "module"
    TYPE = "type"
    VARIABLE = "variable"
    MACRO = "macro"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, eq=False)
class LoadedGrammar:
    """A grammar ready for use.

    `structure` holds every pattern of the query file, and `@error`; `kinds` has one entry for each
    of its patterns. `imports` holds the `@import` patterns alone.
    """

    language: tree_sitter.Language
    structure: tree_sitter.Query
    kinds: tuple[Kind | None, ...]
    imports: tree_sitter.Query


def load(language: Language) -> LoadedGrammar | None:
    """Answer a language's grammar; None when it is not installed or does not fit. Thread-safe.

    The first call for a language imports and compiles, up to 30 ms.
    """
    with _loading:
        return _load(language)


@cache
def _load(language: Language) -> LoadedGrammar | None:
    try:
        module = import_module(language.grammar.package)
        grammar = tree_sitter.Language(getattr(module, language.grammar.function)())
        return _compile(grammar, _query_source(language))
    except (ImportError, AttributeError, ValueError):
        # Not installed, another layout, an ABI or node names that this release does not know:
        # the language is then plain text.
        return None


def _query_source(language: Language) -> str:
    return (_QUERIES / f"{language.query}.scm").read_text(encoding="utf-8")


def _compile(grammar: tree_sitter.Language, source: str) -> LoadedGrammar:
    structure = tree_sitter.Query(grammar, source + _ERRORS)
    patterns = range(structure.pattern_count)
    settings = (structure.pattern_settings(index) for index in patterns)
    kinds = tuple(Kind(found) if (found := each.get("kind")) else None for each in settings)
    texts = (
        source[structure.start_byte_for_pattern(index) : structure.end_byte_for_pattern(index)]
        for index in patterns
    )
    imports = tree_sitter.Query(grammar, "\n".join(text for text in texts if "@import" in text))
    return LoadedGrammar(grammar, structure, kinds, imports)
