"""The question put to the index: what stands before the cursor, and what after it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.live import LiveView
from refact_lsp.workspace.tokens import SEPARATOR, line_id, tokenize, unfinished_word, word_id

MAX_CONTEXT = 48
MAX_AFTER = 12


@dataclass(frozen=True, slots=True)
class Query:
    """One cursor as the search sees it.

    `context` holds the ids before the cursor, nearest first, without `unfinished`, the word that
    ends at the cursor. `after` holds the ids after the cursor's line, beginning with a line
    token. `line_tokens` are the positions of the cursor's line in its own document.
    """

    context: tuple[int, ...]
    unfinished: str
    line_prefix: str
    line_suffix: str
    after: tuple[int, ...]
    line_tokens: range
    folder: str
    suffix: str

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
    prefix, suffix = snapshot.prefix_line(position), snapshot.suffix_line(position)
    unfinished = unfinished_word(prefix)
    begin = view.token_at_line(position.line)
    end = view.token_at_line(position.line + 1)
    head = prefix[: len(prefix) - len(unfinished)]
    on_line = tokenize(head).ids if head.strip() else [line_id(head)]
    before = list(view.ids[max(begin - MAX_CONTEXT, 0) : begin])
    if begin < MAX_CONTEXT:
        before.insert(0, SEPARATOR)
    context = [*before, *on_line][-MAX_CONTEXT:]
    if not suffix.strip() and begin < end and not snapshot.text.line(position.line).strip():
        end = begin
    pure = PurePath(path)
    return Query(
        context=tuple(reversed(context)),
        unfinished=unfinished,
        line_prefix=prefix,
        line_suffix=suffix,
        after=tuple(view.ids[end : end + MAX_AFTER]),
        line_tokens=range(begin, end),
        folder=str(pure.parent),
        suffix=pure.suffix,
    )
