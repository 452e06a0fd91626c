"""The languages we know, one row each.

A language is one row here and one query file in `queries/`. What has no row is plain text: every
function that takes `Language | None` has an answer for `None`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple


class BlockStyle(StrEnum):
    """How the end of a block is written."""

    INDENT = "indent"
    BRACES = "braces"
    END_KEYWORD = "end_keyword"


class Grammar(NamedTuple):
    """Where a tree-sitter grammar comes from: a Python package and the function for its capsule."""

    package: str
    function: str = "language"


class Pair(NamedTuple):
    """An opening and a closing mark."""

    open: str
    close: str


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Language:
    """What the program knows of one language; compared by identity.

    `lsp_ids` are the ids editors send, `suffixes` and `file_names` are in lower case.
    `comment` is a regular expression for the start of a line comment where the mark alone would
    not do. `quotes` end with their line, `long_quotes` do not. `opens` is a regular expression
    searched in a line less its comment: does this line open a block? `closes` and `continues` are
    what a line begins with that ends a block, or carries a statement on at the same indentation.
    `query` is the stem of a file in `queries/`.
    """

    id: str
    lsp_ids: tuple[str, ...]
    suffixes: tuple[str, ...]
    file_names: tuple[str, ...] = ()
    line_comment: str
    comment: str = ""
    block_comment: Pair | None = None
    quotes: tuple[str, ...] = ('"', "'")
    long_quotes: tuple[Pair, ...] = ()
    block_style: BlockStyle = BlockStyle.BRACES
    opens: str = r"\{$"
    closes: tuple[str, ...] = ("}", ")", "]")
    continues: tuple[str, ...] = ("else", "catch", "finally")
    grammar: Grammar
    query: str


_C_COMMENT = Pair("/*", "*/")
_BACKTICKS = Pair("`", "`")
_TRIPLE = Pair('"""', '"""')

LANGUAGES: tuple[Language, ...] = (
    Language(
        id="python",
        lsp_ids=("python",),
        suffixes=(".py", ".pyi", ".pyw"),
        file_names=("sconstruct", "wscript"),
        line_comment="#",
        long_quotes=(_TRIPLE, Pair("'''", "'''")),
        block_style=BlockStyle.INDENT,
        opens=r":$",
        closes=(")", "]", "}"),
        continues=("else", "elif", "except", "finally", "case"),
        grammar=Grammar("tree_sitter_python"),
        query="python",
    ),
    Language(
        id="javascript",
        lsp_ids=("javascript", "javascriptreact"),
        suffixes=(".js", ".mjs", ".cjs", ".jsx"),
        line_comment="//",
        block_comment=_C_COMMENT,
        long_quotes=(_BACKTICKS,),
        grammar=Grammar("tree_sitter_javascript"),
        query="javascript",
    ),
    Language(
        id="typescript",
        lsp_ids=("typescript",),
        suffixes=(".ts", ".mts", ".cts"),
        line_comment="//",
        block_comment=_C_COMMENT,
        long_quotes=(_BACKTICKS,),
        grammar=Grammar("tree_sitter_typescript", "language_typescript"),
        query="typescript",
    ),
    Language(
        id="typescriptreact",
        lsp_ids=("typescriptreact",),
        suffixes=(".tsx",),
        line_comment="//",
        block_comment=_C_COMMENT,
        long_quotes=(_BACKTICKS,),
        grammar=Grammar("tree_sitter_typescript", "language_tsx"),
        query="typescript",
    ),
    Language(
        id="go",
        lsp_ids=("go",),
        suffixes=(".go",),
        line_comment="//",
        block_comment=_C_COMMENT,
        long_quotes=(_BACKTICKS,),
        continues=("else",),
        grammar=Grammar("tree_sitter_go"),
        query="go",
    ),
    Language(
        id="rust",
        lsp_ids=("rust",),
        suffixes=(".rs",),
        line_comment="//",
        block_comment=_C_COMMENT,
        quotes=(),  # a single quote is more often a lifetime than a character
        long_quotes=(Pair('r#"', '"#'), Pair('"', '"')),
        continues=("else",),
        grammar=Grammar("tree_sitter_rust"),
        query="rust",
    ),
    Language(
        id="java",
        lsp_ids=("java",),
        suffixes=(".java",),
        line_comment="//",
        block_comment=_C_COMMENT,
        long_quotes=(_TRIPLE,),
        grammar=Grammar("tree_sitter_java"),
        query="java",
    ),
    Language(
        id="c",
        lsp_ids=("c",),
        suffixes=(".c", ".h"),
        line_comment="//",
        block_comment=_C_COMMENT,
        continues=("else",),
        grammar=Grammar("tree_sitter_c"),
        query="c",
    ),
    Language(
        id="cpp",
        lsp_ids=("cpp",),
        suffixes=(".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".ipp"),
        line_comment="//",
        block_comment=_C_COMMENT,
        long_quotes=(Pair('R"(', ')"'),),
        continues=("else", "catch"),
        grammar=Grammar("tree_sitter_cpp"),
        query="cpp",
    ),
    Language(
        id="csharp",
        lsp_ids=("csharp",),
        suffixes=(".cs", ".csx"),
        line_comment="//",
        block_comment=_C_COMMENT,
        long_quotes=(_TRIPLE,),
        grammar=Grammar("tree_sitter_c_sharp"),
        query="csharp",
    ),
    Language(
        id="ruby",
        lsp_ids=("ruby",),
        suffixes=(".rb", ".rake", ".gemspec"),
        file_names=("gemfile", "rakefile", "vagrantfile"),
        line_comment="#",
        block_comment=Pair("=begin", "=end"),
        quotes=(),
        long_quotes=(Pair('"', '"'), Pair("'", "'")),
        block_style=BlockStyle.END_KEYWORD,
        opens=(
            r"(?:\bdo|\{)(?:\s*\|[^|]*\|)?$|\b(?:then|else|begin|ensure)$"
            r"|^\s*(?:def|class|module|if|elsif|unless|while|until|for|case|when|rescue)\b"
            r"(?!.*\bend$)"
        ),
        closes=("end", "}", ")", "]"),
        continues=("else", "elsif", "rescue", "ensure", "when", "in"),
        grammar=Grammar("tree_sitter_ruby"),
        query="ruby",
    ),
    Language(
        id="php",
        lsp_ids=("php",),
        suffixes=(".php", ".phtml"),
        line_comment="//",
        comment=r"//|#(?!\[)",
        block_comment=_C_COMMENT,
        quotes=(),
        long_quotes=(Pair('"', '"'), Pair("'", "'")),
        continues=("else", "elseif", "catch", "finally"),
        grammar=Grammar("tree_sitter_php", "language_php"),
        query="php",
    ),
    Language(
        id="lua",
        lsp_ids=("lua",),
        suffixes=(".lua",),
        line_comment="--",
        block_comment=Pair("--[[", "]]"),
        long_quotes=(Pair("[[", "]]"),),
        block_style=BlockStyle.END_KEYWORD,
        opens=r"\b(?:do|then|else|repeat)$|\bfunction\b[^()]*\([^()]*\)$|\{$",
        closes=("end", "until", "}", ")"),
        continues=("else", "elseif"),
        grammar=Grammar("tree_sitter_lua"),
        query="lua",
    ),
    Language(
        id="shellscript",
        lsp_ids=("shellscript", "bash", "sh", "zsh"),
        suffixes=(".sh", ".bash", ".zsh"),
        file_names=(".bashrc", ".bash_profile", ".profile", ".zshrc", "pkgbuild"),
        line_comment="#",
        comment=r"(?<![^\s;(])#",
        quotes=(),
        long_quotes=(Pair('"', '"'), Pair("'", "'")),
        block_style=BlockStyle.END_KEYWORD,
        opens=r"(?:^|[\s;])(?:do|then|else|in)$|\{$|^\s*[^()\s]+\)$",
        closes=("fi", "done", "esac", ";;", "}", ")"),
        continues=("else", "elif", "then", "do"),
        grammar=Grammar("tree_sitter_bash"),
        query="shellscript",
    ),
)


def language_of(lsp_id: str, uri: str = "") -> Language | None:
    """Answer the row for an editor's language id, else for the file's name; None is plain text."""
    known = _by_lsp_id().get(lsp_id.lower())
    if known is not None:
        return known
    name = uri.rsplit("/", 1)[-1].lower()
    suffix = name[name.rfind(".") :] if "." in name else ""
    return _by_file_name().get(name) or _by_file_name().get(suffix)


@cache
def _by_lsp_id() -> dict[str, Language]:
    return {lsp_id: language for language in LANGUAGES for lsp_id in language.lsp_ids}


@cache
def _by_file_name() -> dict[str, Language]:
    return {
        name: language
        for language in LANGUAGES
        for name in (*language.suffixes, *language.file_names)
    }
