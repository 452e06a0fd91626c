"""What the user deleted in the last minutes: proposing it again would be an insult."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position

REMEMBERED_S = 600.0
MAX_REMEMBERED = 400
_MAX_CHARS = 2_000
_SHORTEST = 3
"""Characters without blanks: shorter deletions are slips of the finger and mean nothing."""


@dataclass(slots=True)
class _Deletion:
    uri: str
    start: Position
    text: str
    at: float


class Deletions:
    """A bounded ring of deleted pieces of lines; backspaces in a row count as one deletion."""

    def __init__(self) -> None:
        self._ring: deque[_Deletion] = deque(maxlen=MAX_REMEMBERED)

    def add(self, uri: str, edit: Edit, now: float) -> None:
        """Remember an edit's old text, unless the new text keeps it."""
        old = edit.old_text
        if not old or old in edit.new_text:
            return
        last = self._ring[-1] if self._ring else None
        if last and last.uri == uri and not edit.new_text and "\n" not in old:
            if edit.end == last.start:
                last.text, last.start, last.at = old + last.text, edit.start, now
                return
            if edit.start == last.start:
                last.text, last.at = last.text + old, now
                return
        self._ring.append(_Deletion(uri, edit.start, old[:_MAX_CHARS], now))

    def would_bring_back(self, line: str, completion: str, now: float) -> bool:
        """Say whether `line` + `completion`, or the completion alone, was deleted lately."""
        added = completion.strip()
        whole = (line + completion).strip()
        return any(
            _is_again(piece.strip(), added, whole)
            for deletion in self._ring
            if now - deletion.at <= REMEMBERED_S
            for piece in deletion.text.splitlines()
        )


def _is_again(deleted: str, added: str, whole: str) -> bool:
    if len(deleted) < _SHORTEST or not added:
        return False
    if deleted in (added, whole):
        return True
    return len(added) >= _SHORTEST and (
        (deleted.startswith(added) and len(added) * 2 >= len(deleted)) or added.startswith(deleted)
    )
