"""What happened to the last requests, so that silence can be explained."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from refact_lsp.completion.candidate import Outcome, Proposal
from refact_lsp.completion.reasons import Reason
from refact_lsp.text.lines import Position

KEPT = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered request. `stages` are ms from its start to the end of each stage."""

    uri: str
    position: Position
    version: int
    kind: str
    outcome: Outcome
    model: str
    stages: Mapping[str, float] = field(default_factory=dict)

    @property
    def reason(self) -> Reason | None:
        """Why it was empty; None when something was proposed."""
        return None if isinstance(self.outcome, Proposal) else self.outcome.reason

    @property
    def is_reused(self) -> bool:
        """Whether the proposal was known before, so that no model was asked."""
        return isinstance(self.outcome, Proposal) and self.outcome.reused

    @property
    def sentence(self) -> str:
        """What happened, as a person reads it."""
        if not isinstance(self.outcome, Proposal):
            return f"No suggestion: {self.outcome.sentence}"
        best = self.outcome.candidates[0]
        kept = ", kept from before" if self.outcome.reused else ""
        took = f" in {self.stages['total']:.0f} ms" if "total" in self.stages else ""
        note = f": {best.note}" if best.note else ""
        return f"Suggested by {best.source}{kept}{took}{note}"

    def as_json(self) -> dict[str, object]:
        """The entry as plain JSON values; lines and columns 1-based, columns in characters."""
        return {
            "uri": self.uri,
            "line": self.position.line + 1,
            "column": self.position.column + 1,
            "version": self.version,
            "trigger": self.kind,
            "reason": self.reason,
            "sentence": self.sentence,
            "model": self.model,
            "candidates": len(getattr(self.outcome, "candidates", ())),
            "stages_ms": dict(self.stages),
        }


class History:
    """The last requests, oldest first; `on_add` hears of each."""

    def __init__(self, on_add: Callable[[Entry], None] | None = None) -> None:
        self._on_add = on_add
        self.entries: deque[Entry] = deque(maxlen=KEPT)

    def add(self, entry: Entry) -> None:
        """Note a request that was answered."""
        self.entries.append(entry)
        if self._on_add is not None:
            self._on_add(entry)

    def explain(self) -> str:
        """Say what happened to the last request."""
        if not self.entries:
            return "No completion was asked for yet."
        last = self.entries[-1]
        name = last.uri.rsplit("/", 1)[-1]
        return f"{name}:{last.position.line + 1}:{last.position.column + 1} {last.sentence}"
