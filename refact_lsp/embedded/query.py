"""The question put to the index: what stands before the cursor, and what after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.live import LiveView
from refact_lsp.workspace.tokens import (
    FIRST_LINE_ID,
    SEPARATOR,
    indentation_of,
    line_id,
    split,
    tokenize,
    unfinished_word,
    word_id,
)

MAX_CONTEXT = 48
MAX_AFTER = 12
NEAR_LINES = 60
MAX_LINE_CHARS = 1_000
"""Of the cursor's line, so much on each side is looked at; longer lines near it are left out."""
NEAR_TOKENS = 2_000


class Name(NamedTuple):
    """A word before the cursor on its line, `distance` tokens away."""

    distance: int
    identity: int
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """One cursor as the search sees it.

    `context` holds the ids before the cursor, nearest first, without `unfinished`, the word that
    ends at the cursor. `after` holds the ids after the cursor's line, beginning with a line
    token. `line_tokens` are the positions of the cursor's line in its own document. `near_ids`
    and `near_lines` (without blanks around) are what stands around the cursor, `next_line` is the
    first line below that is not blank, `line_length` the tokens before the cursor on its line.
    """

    context: tuple[int, ...]
    unfinished: str
    line_prefix: str
    line_suffix: str
    after: tuple[int, ...]
    line_tokens: range
    folder: str
    suffix: str
    names: tuple[Name, ...]
    open_brackets: str
    near_ids: frozenset[int]
    near_lines: frozenset[str]
    next_line: str
    line_length: int

    @property
    def full_context(self) -> tuple[int, ...]:
        """The context when the word at the cursor is taken as whole."""
        if not self.unfinished:
            return self.context
        return (word_id(self.unfinished), *self.context)

    @property
    def is_line_start(self) -> bool:
        """Whether nothing but indentation stands before the cursor on its line."""
        return not self.line_prefix.strip()


def query_at(view: LiveView, snapshot: DocumentSnapshot, position: Position, path: str) -> Query:
    """Answer the query for a cursor; `path` is the document's, with `/`, or its URI."""
    whole = snapshot.text.line(position.line)
    prefix = whole[max(position.column - MAX_LINE_CHARS, 0) : position.column]
    suffix = whole[position.column : position.column + MAX_LINE_CHARS].rstrip()
    unfinished = unfinished_word(prefix)
    begin = view.token_at_line(position.line)
    end = view.token_at_line(position.line + 1)
    head = prefix[: len(prefix) - len(unfinished)]
    context = _context(view, begin, head, _indentation_above(snapshot, position.line))
    pure = PurePath(path)
    above = _stripped_lines(snapshot, position.line - NEAR_LINES, position.line)
    below = _stripped_lines(snapshot, position.line + 1, position.line + NEAR_LINES)
    return Query(
        context=context,
        unfinished=unfinished,
        line_prefix=prefix,
        line_suffix=suffix,
        after=tuple(view.ids[end : end + MAX_AFTER]),
        line_tokens=range(begin, end),
        folder=str(pure.parent),
        suffix=pure.suffix,
        names=_names(head),
        open_brackets=_open_brackets(prefix),
        near_ids=frozenset(view.ids[max(begin - NEAR_TOKENS, 0) : end + NEAR_TOKENS])
        | frozenset(context),
        near_lines=frozenset((*above, *below)),
        line_length=_tokens_on_line(context),
        next_line=next((line for line in below if line), ""),
    )


def _stripped_lines(snapshot: DocumentSnapshot, start: int, stop: int) -> list[str]:
    lines = snapshot.text.lines(max(start, 0), stop)
    return [line.strip() for line in lines if len(line) <= MAX_LINE_CHARS]


def _context(view: LiveView, begin: int, head: str, indentation_above: int) -> tuple[int, ...]:
    before = list(view.ids[max(begin - MAX_CONTEXT, 0) : begin])
    line = line_id(indentation_of(head + "."), indentation_above if before else 0)
    if begin < MAX_CONTEXT:
        before.insert(0, SEPARATOR)
    on_line = tokenize(head).ids[1:]
    return tuple(reversed([*before, line, *on_line][-MAX_CONTEXT:]))


def _indentation_above(snapshot: DocumentSnapshot, line: int) -> int:
    for number in range(line - 1, max(line - NEAR_LINES, 0) - 1, -1):
        above = snapshot.text.line(number)[:MAX_LINE_CHARS]
        if above.strip():
            return indentation_of(above)
    return 0


def _tokens_on_line(context: tuple[int, ...]) -> int:
    at = (index for index, identity in enumerate(context) if identity >= FIRST_LINE_ID)
    return next(at, MAX_CONTEXT)


def _names(head: str) -> tuple[Name, ...]:
    found: list[Name] = []
    for distance, piece in enumerate(reversed(split(head))):
        word = piece.strip()
        if word and (word[0].isalpha() or word[0] == "_"):
            found.append(Name(distance, word_id(word), word))
    return tuple(found)


def _open_brackets(line_prefix: str) -> str:
    # Brackets inside strings count, too: the places searched are counted the same way.
    stack: list[str] = []
    for character in line_prefix:
        if character in "([{":
            stack.append(character)
        elif stack and character in ")]}":
            stack.pop()
    return "".join(stack)
