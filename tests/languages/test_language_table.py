from __future__ import annotations

import re
from collections import Counter
from dataclasses import fields

import pytest

from refact_lsp.languages.grammar import load
from refact_lsp.languages.table import LANGUAGES, Grammar, Language, language_of


def every_language() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.id)


def copied(language: Language, **changes: object) -> Language:
    values = {field.name: getattr(language, field.name) for field in fields(language)}
    return Language(**{**values, **changes})


@every_language()
def test_row_has_a_grammar_that_fits_its_query_file(language: Language) -> None:
    assert load(language) is not None


@every_language()
def test_row_says_in_its_expression_what_opens_a_block(language: Language) -> None:
    assert re.compile(language.opens).pattern


def test_rows_claim_no_id_suffix_or_file_name_twice() -> None:
    claims = Counter(
        name
        for language in LANGUAGES
        for name in (*language.lsp_ids, *language.suffixes, *language.file_names)
    )
    # C# and Go are ids and no suffixes; a suffix has a dot, so the kinds cannot meet.
    assert [name for name, times in claims.items() if times > 1] == []


def test_rows_cover_the_core_languages() -> None:
    ids = {language.id for language in LANGUAGES}
    assert ids == {
        "python", "javascript", "typescript", "typescriptreact", "go", "rust", "java", "c", "cpp",
        "csharp", "ruby", "php", "lua", "shellscript",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lsp_id", "uri", "expected"),
    [
        ("python", "file:///a/b.txt", "python"),
        ("Python", "", "python"),
        ("javascriptreact", "", "javascript"),
        ("typescriptreact", "", "typescriptreact"),
        ("", "file:///a/View.TSX", "typescriptreact"),
        ("plaintext", "file:///a/main.rs", "rust"),
        ("", "file:///a.py/Rakefile", "ruby"),
        ("", "file:///home/me/.bashrc", "shellscript"),
        ("sh", "untitled:Untitled-1", "shellscript"),
        ("kotlin", "file:///a/b.kt", None),
        ("", "file:///a/b", None),
        ("", "", None),
    ],
)
def test_language_is_found_by_id_then_by_file_name(
    lsp_id: str, uri: str, expected: str | None
) -> None:
    found = language_of(lsp_id, uri)
    assert (found.id if found else None) == expected


@pytest.mark.parametrize(
    "grammar",
    [Grammar("tree_sitter_of_no_language"), Grammar("tree_sitter_python", "language_of_nobody")],
    ids=["no such package", "no such function"],
)
def test_grammar_that_is_not_installed_answers_none(grammar: Grammar) -> None:
    assert load(copied(LANGUAGES[0], grammar=grammar)) is None


def test_query_that_does_not_fit_its_grammar_answers_none() -> None:
    assert load(copied(LANGUAGES[0], query="rust")) is None
