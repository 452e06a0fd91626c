"""What git's configuration files say: entries, and the URLs of remotes by every name of theirs.

The syntax is that of `git help config`. Where git would ask for a condition (`includeIf`) the
answer here is yes: a remote restricts, so the wider reading is the safe one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from refact_lsp.config.secret import without_keys

_HEADER = re.compile(r"\s*\[\s*([A-Za-z0-9.-]++)(?:\s++\"((?:[^\"\\]|\\.)*+)\")?\s*+\]")
_NAME = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*+)[ \t]*+(=?)")
_TOKEN = re.compile(r"\\(.?)|[\"#;]|[^\\\"#;]++")
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b"}
_CREDENTIALS = re.compile(r"(?<=://)(?:[^/]*|[^/@:]*:(?!\d+/)[^@]*)@")

_REMOTES = frozenset({"remote", "submodule", "svn-remote"})
_REWRITES = frozenset({"insteadof", "pushinsteadof"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: `[section "of"] name = value`; section and name in lower case."""

    section: str
    of: str
    name: str
    value: str


def read_entries(text: str) -> Iterator[Entry]:
    """Yield all values of a file in their order; lines that are no entry are passed over."""
    section, of = "", ""
    lines = iter(text.removeprefix("\ufeff").split("\n"))
    for each in lines:
        line = each
        while header := _HEADER.match(line):
            section, _, older = header[1].lower().partition(".")
            of = older if header[2] is None else re.sub(r"\\(.)", r"\1", header[2])
            line = line[header.end() :]
        if name := _NAME.match(line):
            value = _value(line[name.end() :], lines) if name[2] else ""
            yield Entry(section, of, name[1].lower(), value)


def included(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Answer the paths of further files that are read in, as they are written."""
    names = {"include", "includeif"}
    return tuple(
        each.value
        for each in entries
        if each.section in names and each.name == "path" and each.value
    )


def remote_urls(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Answer the URLs of all remotes, as written and as git rewrites them, without credentials."""
    known = tuple(entries)
    written = [
        each.value
        for each in known
        if each.section in _REMOTES and each.name in {"url", "pushurl"} and each.value
    ]
    rewrites = [
        (each.value, each.of)
        for each in known
        if each.section == "url" and each.name in _REWRITES and each.value
    ]
    meant = [
        base + url.removeprefix(short)
        for url in written
        for short, base in rewrites
        if url.startswith(short)
    ]
    return tuple(dict.fromkeys(map(_without_credentials, (*written, *meant))))


def _without_credentials(url: str) -> str:
    """Leave out who signs in, and how: people are shown these URLs."""
    return without_keys(_CREDENTIALS.sub("", url, count=1))


def _value(first: str, more: Iterator[str]) -> str:
    """Read a value to the end of its line, or of the next where a backslash ends it."""
    parts: list[str] = []
    is_quoted, line = False, first
    while line:
        line, rest = "", line.rstrip("\r")
        for token in _TOKEN.finditer(rest):
            text, escaped = token[0], token[1]
            if escaped is not None:
                parts.append(_ESCAPES.get(escaped, escaped))
                line = line if escaped else next(more, "")
            elif text == '"':
                is_quoted = not is_quoted
            elif text in {"#", ";"} and not is_quoted:
                break
            else:
                parts.append(text)
    return "".join(parts).strip()
