"""A workspace's tokens, immutable: what was written, what comes before and after, where it stood.

Positions are token indexes; a position's context is what stands before it, nearest first.
The arrays are views of a mapped file (`segment_file`), so servers on one workspace share memory.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from refact_lsp.workspace.suffixes import insertion_point, match_length
from refact_lsp.workspace.tokens import FIRST_LINE_ID, SEPARATOR

LINE_TOKENS = 64
"""Tokens looked through for a line's end: a longer rest of a line is nothing to propose."""


@dataclass(frozen=True, slots=True)
class Document:
    """One indexed file. `path` is relative to the root, with `/`; sizes and starts in bytes."""

    path: str
    size: int
    mtime_ns: int
    digest: str
    first_token: int
    text_start: int


class Match(NamedTuple):
    """A position, and how many tokens before it agree with the context asked for."""

    position: int
    length: int


@dataclass(frozen=True, slots=True)
class Segment:
    """One generation of a workspace's index.

    `ids`, `starts` (bytes into `text`) and `order` hold uint32; `words` is sorted; `numbers` has
    each path's index in `documents`. Reading a damaged segment raises IndexError or ValueError,
    nothing worse.
    """

    generation: int
    documents: tuple[Document, ...]
    ids: Sequence[int]
    starts: Sequence[int]
    order: Sequence[int]
    words: Sequence[bytes]
    text: Sequence[int]
    numbers: Mapping[str, int]

    def number_of(self, path: str) -> int | None:
        """Answer the index of a file's document, None when it is not indexed."""
        return self.numbers.get(path)

    def longest_matches(self, context: Sequence[int], limit: int) -> Iterator[Match]:
        """Yield positions whose context agrees with this one (nearest first), longest first."""
        if not context:
            return
        order, ids = self.order, self.ids
        above = insertion_point(ids, order, context)
        below = above - 1
        last = len(order)
        length_above = match_length(ids, order[above], context) if above < last else 0
        length_below = match_length(ids, order[below], context) if below >= 0 else 0
        for _ in range(limit):
            if length_above >= length_below:
                if length_above == 0:
                    return
                yield Match(order[above], length_above)
                above += 1
                length_above = match_length(ids, order[above], context) if above < last else 0
            else:
                yield Match(order[below], length_below)
                below -= 1
                length_below = match_length(ids, order[below], context) if below >= 0 else 0

    def line_end(self, position: int) -> int:
        """Answer the position of the next line token or document end; -1 when it is far away."""
        window = self.ids[position : position + LINE_TOKENS]
        for offset, identity in enumerate(window):
            if identity >= FIRST_LINE_ID or identity == SEPARATOR:
                return position + offset
        return position + len(window) if len(window) < LINE_TOKENS else -1

    def slice(self, start: int, end: int) -> str:
        """Answer the text of tokens `start` to `end` (exclusive), the blanks before included."""
        begin = self.starts[start]
        stop = self.starts[end] if end < len(self.starts) else len(self.text)
        return bytes(self.text[begin:stop]).decode("utf-8", "replace")

    def document_of(self, position: int) -> int:
        """Answer the index of the document a position stands in."""
        return bisect_right(self.documents, position, key=_first_token) - 1

    def line_number(self, position: int) -> int:
        """Answer the one-based line number of a position in its document."""
        document = self.documents[self.document_of(position)]
        before = bytes(self.text[document.text_start : self.starts[position]])
        return before.count(b"\n") + (before.count(b"\r") - before.count(b"\r\n")) + 1

    def words_beginning(self, prefix: str, limit: int) -> list[str]:
        """Answer up to `limit` known words that go on after `prefix`, in alphabetical order."""
        wanted = prefix.encode("utf-8", "replace")
        found: list[str] = []
        for index in range(bisect_left(self.words, wanted), len(self.words)):
            word = self.words[index]
            if not word.startswith(wanted) or len(found) >= limit:
                break
            if word != wanted:
                found.append(word.decode("utf-8", "replace"))
        return found


def _first_token(document: Document) -> int:
    return document.first_token
