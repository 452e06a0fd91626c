"""From the text around a hole to the prompt of a family, or to one that is only continued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refact_lsp.languages.table import language_of
from refact_lsp.providers.fim.families import Family
from refact_lsp.providers.fim.healing import heal
from refact_lsp.providers.fim.tokens import Removed, remove_tokens

DEFAULT_REPOSITORY = "default_repo"
"""What a repository without a name is called, as Refact does."""

_COMMENT = "#"


@dataclass(frozen=True, slots=True)
class Snippet:
    """Text of another file, or of another place; `path` is relative to the workspace."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class FimText:
    """What a prompt is made of, as it stands in the editor; `language` is the editor's id."""

    prefix: str
    suffix: str
    path: str = ""
    language: str = ""
    repo_name: str = ""
    snippets: tuple[Snippet, ...] = ()


@dataclass(frozen=True, slots=True)
class FimPrompt:
    """A prompt to be continued.

    `stops` are in order of weight. `healed` is the white space cut off its end, which the answer
    begins with (see `healing`). `removed` are the tokens taken out of the prefix and the suffix,
    by their offsets in these.
    """

    text: str
    stops: tuple[str, ...] = ()
    healed: str = ""
    removed: tuple[tuple[str, Removed], ...] = ()


def build_prompt(
    family: Family, text: FimText, *, order: str = "", with_bos: bool = False
) -> FimPrompt:
    """Write the prompt of a family.

    `order` is one of its orders, "" for its own; the one with the prefix last leaves more to a
    server's cache while somebody types. `with_bos` is for the rare server whose tokenizer does
    not put it first by itself: twice is worse than never.
    """
    order = order if order in family.forms else family.order
    clean, removed = without_tokens(text, family.special)
    prefix, healed = heal(clean.prefix) if family.heals else (clean.prefix, "")
    written, form = "", family.forms[order]
    if clean.snippets and family.snippet and f"repo_{order}" in family.forms:
        form = family.forms[f"repo_{order}"]
        written = "".join(
            family.snippet.fill({"path": each.path, "text": each.text}) for each in clean.snippets
        )
    elif clean.snippets:
        prefix = as_comments(clean.snippets, clean.language, clean.path) + prefix
    filled = form.fill(
        {
            "repo": clean.repo_name or DEFAULT_REPOSITORY,
            "snippets": written,
            "path": clean.path,
            "language": clean.language,
            "mark": _comment_mark(clean.language, clean.path),
            "prefix": prefix,
            "suffix": clean.suffix,
        }
    )
    bos = family.bos if with_bos else ""
    return FimPrompt(bos + filled, family.stops, healed, removed)


def build_continuation(text: FimText) -> FimPrompt:
    """Write a prompt for a model that only goes on from left to right: what follows is not seen."""
    head = as_comments(text.snippets, text.language, text.path)
    cut, healed = heal(text.prefix)
    return FimPrompt(head + cut, healed=healed)


def as_comments(snippets: Sequence[Snippet], language: str, path: str) -> str:
    """Write snippets as comments of the language, each under its path; "" for none."""
    mark = _comment_mark(language, path)
    lines = [
        f"{mark} {line}".rstrip()
        for snippet in snippets
        for line in (f"Path: {snippet.path}", *_lines(snippet.text), "")
    ]
    return "".join(f"{line}\n" for line in lines)


def _comment_mark(language: str, path: str) -> str:
    known = language_of(language, path)
    return known.line_comment if known else _COMMENT


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


def without_tokens(
    text: FimText, special: Sequence[str]
) -> tuple[FimText, tuple[tuple[str, Removed], ...]]:
    """Take special tokens out of all of a text; answer which were in its prefix and suffix."""
    prefix, suffix = remove_tokens(text.prefix, special), remove_tokens(text.suffix, special)
    clean = FimText(
        prefix=prefix.text,
        suffix=suffix.text,
        path=_one_line(text.path, special),
        language=_one_line(text.language, special),
        repo_name=_one_line(text.repo_name, special),
        snippets=tuple(
            Snippet(_one_line(each.path, special), remove_tokens(each.text, special).text)
            for each in text.snippets
        ),
    )
    removed = [("prefix", each) for each in prefix.removed]
    removed += [("suffix", each) for each in suffix.removed]
    return clean, tuple(removed)


def _one_line(name: str, special: Sequence[str]) -> str:
    return remove_tokens(" ".join(name.splitlines()), special).text
