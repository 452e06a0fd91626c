"""Making what followed elsewhere fit here: other names, other brackets, what is typed already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from refact_lsp.embedded.query import Name, Query
from refact_lsp.workspace.segment import LINE_TOKENS
from refact_lsp.workspace.tokens import FIRST_LINE_ID, SEPARATOR, split, word_id

_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_OPENING_IDS = {word_id(bracket) for bracket in _CLOSERS}
_CLOSING_IDS = {word_id(bracket) for bracket in _CLOSERS.values()}
_LINE_ENDERS = ":,;"


def name_changes(query: Query, ids: Sequence[int], position: int) -> dict[int, Name]:
    """Answer which names of the place stand for which names of the cursor's line.

    Where the place has `self.width = ` and the cursor `self.height = `, `width` there is `height`
    here. Keys are ids; empty when the lines do not differ in names.
    """
    changes: dict[int, Name] = {}
    for name in query.names:
        at = position - 1 - name.distance
        found = ids[at] if at >= 0 else SEPARATOR
        if found == SEPARATOR or found >= FIRST_LINE_ID:
            break
        if found != name.identity:
            changes.setdefault(found, name)
    return changes


def renamed(changes: Mapping[int, Name], text: str) -> str:
    """Answer the text with its names changed so."""
    return "".join(_rename_piece(piece, changes) for piece in split(text))


def renamed_length(
    query: Query, ids: Sequence[int], position: int, changes: Mapping[int, Name]
) -> int:
    """Count the tokens before the position that agree once names are changed; those count, too."""
    length = 0
    for wanted in query.context:
        position -= 1
        found = ids[position] if position >= 0 else -1
        if found != wanted and (found not in changes or changes[found].identity != wanted):
            break
        length += 1
    return length


def _rename_piece(piece: str, changes: Mapping[int, Name]) -> str:
    core = piece.strip()
    if not core or not (core[0].isalpha() or core[0] == "_"):
        return piece
    name = changes.get(word_id(core))
    return piece if name is None else piece.replace(core, name.text, 1)


def rebalanced(query: Query, ids: Sequence[int], position: int, text: str) -> str:
    """Answer the text with closing brackets added or dropped, to leave as many open as there.

    The place's line opened two brackets before the position and the cursor's one, say: then one
    closing bracket too many follows.
    """
    surplus = len(query.open_brackets) - _balance_before(ids, position)
    if surplus > 0:
        return _close_more(query.open_brackets, text, surplus)
    return _close_less(text, -surplus) if surplus < 0 else text


def _balance_before(ids: Sequence[int], position: int) -> int:
    begin = position
    while begin > 0 and ids[begin - 1] < FIRST_LINE_ID and ids[begin - 1] != SEPARATOR:
        begin -= 1
        if position - begin >= LINE_TOKENS:
            break
    balance = 0
    for identity in ids[begin:position]:
        if identity in _OPENING_IDS:
            balance += 1
        elif balance and identity in _CLOSING_IDS:
            balance -= 1
    return balance


def _close_more(open_brackets: str, text: str, count: int) -> str:
    stack = list(open_brackets)
    for character in text:
        if character in _CLOSERS:
            stack.append(character)
        elif stack and character == _CLOSERS[stack[-1]]:
            stack.pop()
    missing = "".join(_CLOSERS[bracket] for bracket in reversed(stack[-count:]))
    body = text.rstrip(_LINE_ENDERS)
    return body + missing + text[len(body) :]


def _close_less(text: str, count: int) -> str:
    body = text.rstrip(_LINE_ENDERS)
    end = text[len(body) :]
    while count and body and body[-1] in ")]}":
        body = body[:-1]
        count -= 1
    return body + end
