"""Whether to ask at all: cheap rules in one place, the first that applies gives the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.config.settings import Settings, Trigger
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.snapshot import DocumentSnapshot

MAX_DOCUMENT_CHARS = 2 * 1024 * 1024
"""Above this nobody writes by hand, and every stage would cost more than it brings."""

MAX_LINE_CHARS = 2_000
"""Longer lines are generated or minified."""

MAX_PRAGMA_CHARS = 200

PRAGMA_HEAD_LINES = 10
PRAGMA_TAIL_LINES = 5
"""Where a file may say `refact: off`: its first and its last lines."""

_PRAGMA = re.compile(
    r"\ufeff?\s*(?:#|//|--|;|%|!|\*|\"|'|::|\.\.|/\*|<!--|\(\*|\{-|\{#|@?rem\b)[#/\-;%!*\[]*\s*"
    r"refact:\s*off\s*(?:\*+[/)]|-->|-\}|#\}|\]\]|--)?\s*\Z",
    re.IGNORECASE,
)
"""A line that is a comment in some language and says nothing else; some editors send the BOM."""

_MAY_FOLLOW = re.compile(r"\s*[)\]}>\"'`]*\s*[:{;,]?\s*\Z")
"""What an automatic suggestion may have right of it: closers, then one of `: { ; ,`."""


class Kind(StrEnum):
    """How the request came about."""

    INVOKED = "invoked"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the gate looks at.

    `off` is what the session switched off here; `snoozed_until` is empty without a snooze.
    """

    snapshot: DocumentSnapshot
    position: Position
    kind: Kind
    settings: Settings
    secret_rule: str | None = None
    after_deletion: bool = False
    off: Silence | None = None
    snoozed_until: str = ""


def gate(at: Situation) -> Silence | None:
    """Answer why not to ask, or None when asking is right."""
    silence = standing(at) or _unfit_line(at)
    if silence is None and at.kind is Kind.AUTOMATIC:
        silence = _quiet(at) or _unwanted_by_itself(at)
    return silence


def standing(at: Situation) -> Silence | None:
    """Answer why nothing is suggested anywhere in the document, by key or not."""
    return _switched_off(at) or _unfit_document(at)


def _switched_off(at: Situation) -> Silence | None:
    if at.off is not None:
        return at.off
    if not at.settings.enable:
        return Silence(Reason.DISABLED_GLOBAL)
    if not at.settings.enabled_for(at.snapshot.language_id):
        return Silence(Reason.DISABLED_LANGUAGE, at.snapshot.language_id)
    if (line := pragma_line(at.snapshot.text)) is not None:
        return Silence(Reason.PRAGMA_OFF, f"line {line + 1}")
    if at.secret_rule is not None:
        return Silence(Reason.PRIVACY_ZONE, at.secret_rule)
    return None


def _unfit_document(at: Situation) -> Silence | None:
    size = len(at.snapshot.text)
    if size > MAX_DOCUMENT_CHARS:
        return Silence(Reason.FILE_TOO_LARGE, f"{size / 1e6:.1f} million characters")
    return None


def _unfit_line(at: Situation) -> Silence | None:
    width = len(at.snapshot.text.line(at.position.line))
    if width > MAX_LINE_CHARS:
        return Silence(Reason.LINE_TOO_LONG, f"{width} characters")
    near = at.snapshot.text.lines(at.position.line - 20, at.position.line + 5)
    if any("\0" in line for line in near):
        return Silence(Reason.BINARY)
    return None


def pragma_line(text: Text) -> int | None:
    """Answer the line (0-based) of a comment `refact: off`; None without one where it counts."""
    count = text.line_count
    tail = max(count - PRAGMA_TAIL_LINES, PRAGMA_HEAD_LINES)
    for first, stop in ((0, PRAGMA_HEAD_LINES), (tail, count)):
        for number, line in enumerate(text.lines(first, stop), first):
            if len(line) < MAX_PRAGMA_CHARS and _PRAGMA.match(line):
                return number
    return None


def _quiet(at: Situation) -> Silence | None:
    if at.snoozed_until:
        return Silence(Reason.SNOOZED, f"until {at.snoozed_until}")
    if at.settings.trigger is Trigger.MANUAL:
        return Silence(Reason.MANUAL_MODE)
    if at.after_deletion:
        return Silence(Reason.TYPING_DELETION)
    return None


def _unwanted_by_itself(at: Situation) -> Silence | None:
    after = at.snapshot.suffix_line(at.position)
    if after and (after[0].isalnum() or after[0] == "_"):
        return Silence(Reason.MID_WORD)
    if _MAY_FOLLOW.match(after) is None:
        return Silence(Reason.TEXT_FOLLOWS)
    if len(at.snapshot.text) < 10_000 and not str(at.snapshot.text).strip():
        return Silence(Reason.NO_CONTEXT)
    return None
