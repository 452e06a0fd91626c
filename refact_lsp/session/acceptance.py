"""What became of the suggestions that were handed out: shown, accepted, in part or whole.

Editors that run an item's command tell it; for the others it is read from the edits that follow.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count

from refact_lsp.completion.candidate import Candidate
from refact_lsp.text.edits import Edit

FIRST_ID = 100
MAX_OFFERED = 200
OFFER_LASTS_S = 300.0


class Taken(StrEnum):
    """How much of a suggestion was taken over."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


@dataclass(slots=True)
class Offered:
    """One candidate in an editor's hands; `accepted_chars` counts from the text's start."""

    id: int
    uri: str
    candidate: Candidate
    offered_s: float
    shown: bool = False
    accepted_chars: int = 0

    @property
    def taken(self) -> Taken:
        """How much of it stands in the document by the user's will."""
        if self.accepted_chars >= len(self.candidate.text):
            return Taken.ALL
        return Taken.PART if self.accepted_chars else Taken.NOTHING


@dataclass(slots=True)
class Counts:
    """Totals since the start, also of reports about suggestions that are not known."""

    offered: int = 0
    shown: int = 0
    inferred: int = 0
    unknown: int = 0
    taken: Counter[Taken] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        """How many were taken whole."""
        return self.taken[Taken.ALL]

    @property
    def accepted_in_part(self) -> int:
        """How many were begun and never finished."""
        return self.taken[Taken.PART]


class Acceptance:
    """Remembers the suggestions handed out lately, by id."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._offered: OrderedDict[int, Offered] = OrderedDict()
        self._ids = count(FIRST_ID)

    def offer(self, uri: str, candidate: Candidate, now_s: float) -> int:
        """Note that a candidate goes to the editor; answer its id."""
        for known in reversed(self._offered.values()):
            if known.uri == uri and known.candidate == candidate and not known.accepted_chars:
                known.offered_s = now_s
                return known.id
        offered = Offered(next(self._ids), uri, candidate, now_s)
        self._offered[offered.id] = offered
        self.counts.offered += 1
        self.counts.taken[Taken.NOTHING] += 1
        while len(self._offered) > MAX_OFFERED:
            self._offered.popitem(last=False)
        return offered.id

    def shown(self, identity: object) -> bool:
        """Note that the editor drew a suggestion; answer whether it is known."""
        offered = self.find(identity)
        if offered is not None and not offered.shown:
            offered.shown = True
            self.counts.shown += 1
        return offered is not None

    def accepted(self, identity: object, chars: int | None = None) -> bool:
        """Note that a suggestion was taken, whole or its first `chars` code points."""
        offered = self.find(identity)
        if offered is not None:
            self._accept(offered, len(offered.candidate.text) if chars is None else chars)
        return offered is not None

    def infer(self, uri: str, edit: Edit, now_s: float) -> None:
        """Read from an edit whether a suggestion was taken by an editor that does not say so."""
        text = edit.new_text.replace("\r\n", "\n")
        if len(text) < 2:
            return
        for offered in reversed(self._offered.values()):
            if offered.uri != uri or offered.taken is Taken.ALL:
                continue
            if now_s - offered.offered_s > OFFER_LASTS_S:
                return
            if taken := _taken(offered, text):
                self.counts.inferred += 1
                self._accept(offered, taken)
                return

    def _accept(self, offered: Offered, chars: int) -> None:
        self.counts.taken[offered.taken] -= 1
        offered.accepted_chars = max(offered.accepted_chars, chars)
        self.counts.taken[offered.taken] += 1

    def find(self, identity: object) -> Offered | None:
        """Answer a suggestion by its id; an unknown one is counted."""
        found = self._offered.get(identity) if isinstance(identity, int) else None
        if found is None:
            self.counts.unknown += 1
        return found


def _taken(offered: Offered, inserted: str) -> int:
    """Answer how many characters of a suggestion stand after an insertion; 0: none by it."""
    rest = offered.candidate.text[offered.accepted_chars :]
    if inserted.endswith(rest):
        return len(offered.candidate.text)
    return offered.accepted_chars + len(inserted) if rest.startswith(inserted) else 0
