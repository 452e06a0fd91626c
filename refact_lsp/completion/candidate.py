"""What inline completion proposes."""

from __future__ import annotations

from dataclasses import dataclass

from refact_lsp.completion.reasons import Silence


@dataclass(frozen=True, slots=True)
class Candidate:
    r"""Text to put at the cursor, replacing `overwrite` code points right of it.

    `text` begins at the cursor, uses `\n` only, and is never empty. `source` is the model's id,
    `note` says in a few words why it was proposed, `confidence` lies between 0 and 1. One that
    `is_partial` is not kept for what is typed next: a better one may come with the next key.
    """

    text: str
    source: str
    confidence: float = 1.0
    note: str = ""
    overwrite: int = 0
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """Candidates, best first, and whether they were known before this request."""

    candidates: tuple[Candidate, ...]
    reused: bool = False


Outcome = Proposal | Silence
