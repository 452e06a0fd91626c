"""A model's answer while it is read: its choices, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import cast

from refact_lsp.completion.candidate import Candidate, Outcome, Proposal
from refact_lsp.completion.cleanup.draft import Draft, Dropped
from refact_lsp.completion.cleanup.steps import clean
from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.completion.stopping import StopDetector
from refact_lsp.completion.surroundings import Surroundings
from refact_lsp.messages import Evidence, Finish, StreamEvent, TextDelta


@dataclass(slots=True)
class Answer:
    """A stream as it is being read; `grew` is set whenever text has come."""

    around: Surroundings
    source: str
    choices: dict[int, StopDetector] = field(default_factory=dict)
    evidence: dict[int, Evidence] = field(default_factory=dict)
    finish: Finish | None = None
    grew: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def text(self) -> str:
        """What has come of the first choice."""
        first = self.choices.get(0)
        return first.text if first else ""

    async def read(self, stream: AsyncIterator[StreamEvent]) -> None:
        """Read until the model ends or every choice is complete; then the stream is closed."""
        async with aclosing(cast("AsyncGenerator[StreamEvent, None]", stream)) as events:
            async for event in events:
                self._take(event)
                if self.finish is not None:
                    return

    def _take(self, event: StreamEvent) -> None:
        match event:
            case TextDelta(text, choice):
                self.choices.setdefault(choice, StopDetector(self.around)).feed(text)
                if all(each.done for each in self.choices.values()) and len(self.choices) == 1:
                    self.finish = Finish("stop")
                self.grew.set()
            case Evidence():
                self.evidence[event.choice] = event
            case Finish():
                self.finish = event

    def outcome(self) -> Outcome:
        """Clean every choice; the first rule that dropped one is the reason if none is left."""
        if not self.choices:
            return _why_silent(self.finish)
        kept: dict[str, Candidate] = {}
        rules: list[str] = []
        for choice, detector in self.choices.items():
            result = clean(Draft(self._whole(detector), self.around))
            if isinstance(result, Dropped):
                rules.append(result.rule)
            else:
                kept.setdefault(result.text, self._candidate(choice, result))
        if kept:
            return Proposal(tuple(kept.values()))
        return Silence(Reason.DROPPED_POSTPROCESS, rules[0])

    def _whole(self, detector: StopDetector) -> str:
        """Leave a last line out that broke off where there are others."""
        if self.finish is None or self.finish.cause not in {"length", "truncated"}:
            detector.end()
            return detector.text
        text = detector.text
        return text[: text.rfind("\n") + 1] if "\n" in text.rstrip() else text

    def _candidate(self, choice: int, result: Draft) -> Candidate:
        known = self.evidence.get(choice, Evidence(1.0, ""))
        return Candidate(
            text=result.text,
            source=self.source,
            confidence=known.confidence,
            note=known.note,
            overwrite=result.overwrite,
            is_partial=known.is_partial,
        )


def _why_silent(finish: Finish | None) -> Silence:
    if finish is None or finish.cause not in set(Reason):
        return Silence(Reason.EMPTY_MODEL_ANSWER)
    return Silence(Reason(finish.cause), finish.note)
