"""Text as tokens: what is alike in two pieces of code, whatever their spacing inside a line.

A token is an identifier or number, or one other character, with the blanks before it; or a line
token, which is the end of a line, the blank lines after it, and the indentation of the next.
A token's id is the CRC of its core (without blanks), so ids need no vocabulary and mean the same
in every file, process and version. A line token's id says whether the line is indented as the one
before, deeper or less deep: code looks alike at any depth (against the indentation itself, this
found 1 to 2 points more on replayed commits).
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass
from itertools import accumulate
from zlib import crc32

SEPARATOR = 0
"""The id that stands before a document's first token; no core has it."""

FIRST_LINE_ID = 0xFF000000
"""Ids from here up are line tokens', and only theirs."""

MAX_WORD = 64
"""Characters in one word token: longer runs (base64, say) are cut, so that no token is huge."""

_MOST_COLUMNS = 0xFFFF
_PIECE = re.compile(r"[^\S\r\n]*(?:\w{1,64}|[^\w\s])|\s*[\r\n][^\S\r\n]*")
_LAST_WORD = re.compile(r"\w{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Ids (uint32) and where each token starts, in code points of the source, blanks included.

    A token ends where the next one starts, the last one at the end of the source. Every line
    that is not blank begins with a line token, the first line too (where it may be empty).
    """

    ids: array[int]
    starts: array[int]


class TokenIds(dict[str, int]):
    """Ids by token text, remembered: code repeats itself, and hashing is what costs."""

    def __missing__(self, piece: str) -> int:
        identity = self[piece] = _identity(piece)
        return identity

    def words(self) -> set[str]:
        """Answer the words seen so far that are worth completing."""
        return {core for piece in self if is_word(core := piece.strip())}


def is_word(core: str) -> bool:
    """Say whether a token is an identifier of three letters or more, which may be cut short."""
    return len(core) > 2 and not core[0].isdigit() and (core[0] == "_" or core[0].isalpha())


def split(source: str) -> list[str]:
    """Cut a source into token texts, which joined are the source; none for a blank one."""
    body = source.rstrip()
    if not body:
        return []
    pieces = _PIECE.findall("\n" + body)
    pieces[0] = pieces[0][1:]
    pieces[-1] += source[len(body) :]
    return pieces


def tokenize(source: str, known: TokenIds | None = None) -> Tokens:
    """Answer the tokens of a source; `known` carries ids from one source to the next."""
    body = source.rstrip()
    if not body:
        return Tokens(array("I"), array("I"))
    known = TokenIds() if known is None else known
    pieces = _PIECE.findall("\n" + body)
    ids = array("I", [known[piece] for piece in pieces])
    _compare_indentation(ids)
    lengths = list(map(len, pieces))
    lengths[0] -= 1
    starts = array("I", accumulate(lengths[:-1], initial=0))
    return Tokens(ids, starts)


def word_id(word: str) -> int:
    """Answer the id of a whole word."""
    identity = crc32(word.encode("utf-8", "surrogatepass")) or 1
    return identity if identity < FIRST_LINE_ID else identity - 0x01000000


def line_id(indentation: int, indentation_before: int) -> int:
    """Answer the id of a line token between lines indented so (in columns)."""
    if indentation == indentation_before:
        return FIRST_LINE_ID
    return FIRST_LINE_ID + (1 if indentation > indentation_before else 2)


def indentation_of(line: str) -> int:
    """Answer how many columns a line is indented, a tab reaching to the next multiple of 8."""
    return columns(line[: len(line) - len(line.lstrip())])


def columns(blanks: str) -> int:
    """Answer the width of blanks."""
    return len(blanks.expandtabs())


def unfinished_word(line_prefix: str) -> str:
    """Answer the word that ends at the cursor and may go on; empty after anything else."""
    match = _LAST_WORD.search(line_prefix[-MAX_WORD:])
    return match.group() if match and is_start_of_word(match.group()) else ""


def is_start_of_word(word: str) -> bool:
    """Say whether an identifier can begin with this."""
    return not word[0].isdigit()


def _identity(piece: str) -> int:
    core = piece.strip()
    if core:
        return word_id(core)
    last = max(piece.rfind("\n"), piece.rfind("\r"))
    return FIRST_LINE_ID | min(columns(piece[last + 1 :]), _MOST_COLUMNS)


def _compare_indentation(ids: array[int]) -> None:
    """Turn line tokens' ids from columns into comparisons; the first line compares as alike."""
    before = ids[0] - FIRST_LINE_ID
    for at in [at for at, identity in enumerate(ids) if identity >= FIRST_LINE_ID]:
        width = ids[at] - FIRST_LINE_ID
        ids[at] = line_id(width, before)
        before = width
