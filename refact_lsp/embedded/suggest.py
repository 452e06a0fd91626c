"""From a query to suggestions: search, rank, weigh the evidence, go on over lines where sure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refact_lsp.embedded.agreement import AGREED_CONFIDENCE, agreed_beginning
from refact_lsp.embedded.confidence import confidence, threshold
from refact_lsp.embedded.query import Query
from refact_lsp.embedded.rank import Ranked, rank
from refact_lsp.embedded.search import Candidate, Place, Scope, find

MAX_CHOICES = 3
MAX_LINES = 4
LONG_MATCH = 16
"""Tokens that must agree before more than one line is proposed."""
LINE_AGREEMENT = 0.8
"""Share of the supporting places that must go on with the same next line."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text for the cursor, how sure the engine is of its first line, and where it comes from.

    `is_beginning`: the candidates agree so far and no further.
    """

    text: str
    confidence: float
    places: int
    best: Place
    is_beginning: bool = False


def suggest(
    query: Query,
    scope: Scope,
    is_late: Callable[[], bool],
    is_unwanted: Callable[[str], bool],
    *,
    is_multi_line: bool = False,
) -> list[Suggestion]:
    """Answer up to three suggestions, the best first, none of them unwanted.

    Where none is sure enough to be shown, the beginning that they share comes first, if any.
    """
    candidates = find(query, scope, is_late)
    ranked = [choice for choice in rank(query, candidates) if not is_unwanted(choice.text)]
    answers: list[Suggestion] = []
    for choice in ranked[:MAX_CHOICES]:
        sureness = confidence(query, choice, len(ranked))
        text = _with_next_lines(query, choice, candidates) if is_multi_line else choice.text
        tally = choice.tally
        answers.append(Suggestion(text, sureness, tally.places, tally.best.place))
    if ranked and all(answer.confidence < threshold(query) for answer in answers):
        beginning = agreed_beginning(query, ranked)
        if beginning and not is_unwanted(beginning):
            tally = ranked[0].tally
            sure = (beginning, AGREED_CONFIDENCE, tally.places, tally.best.place)
            answers.insert(0, Suggestion(*sure, is_beginning=True))
    return answers[:MAX_CHOICES]


def _with_next_lines(query: Query, choice: Ranked, candidates: Sequence[Candidate]) -> str:
    supporting = [
        (candidate.place, candidate.line_end)
        for candidate in candidates
        if candidate.text == choice.text
        and candidate.place.length >= LONG_MATCH
        and not candidate.is_adapted
    ]
    if query.line_suffix.strip():
        return choice.text
    text = choice.text
    for _ in range(MAX_LINES - 1):
        line, supporting = _next_line(supporting)
        if not line.strip() or line.strip() == query.next_line:
            break
        text += line
    return text


def _next_line(supporting: Sequence[tuple[Place, int]]) -> tuple[str, list[tuple[Place, int]]]:
    """Answer the next line most places agree on (with the line break before it), and them."""
    followers: dict[str, list[tuple[Place, int]]] = {}
    for place, begin in supporting:
        end = place.source.line_end(begin + 1)
        line = place.source.slice(begin, end).rstrip() if end > begin else ""
        followers.setdefault(line, []).append((place, end))
    if not followers:
        return "", []
    line = max(followers, key=lambda text: len(followers[text]))
    agreeing = followers[line]
    return (line, agreeing) if len(agreeing) > LINE_AGREEMENT * len(supporting) else ("", [])
