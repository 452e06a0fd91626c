"""From what inline completion asks to what is posted, for one way of asking; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from refact_lsp.messages import FimRequest, Shape
from refact_lsp.providers.endpoint import Endpoint
from refact_lsp.providers.fim.chat_answer import ChatAnswer
from refact_lsp.providers.fim.chat_fill import build_chat_fill
from refact_lsp.providers.fim.families import Family, NoFamily, find_family, overridden
from refact_lsp.providers.fim.healing import Unhealer
from refact_lsp.providers.fim.prompt import (
    FimText,
    build_continuation,
    build_prompt,
    without_tokens,
)
from refact_lsp.providers.fim.ways import ModelFacts, Way, WayKind, ways
from refact_lsp.providers.known import KnownModel
from refact_lsp.providers.wire.format import (
    InfillPrompt,
    Prompt,
    SuffixPrompt,
    TokensPrompt,
    WireRequest,
)
from refact_lsp.providers.wire.table import FORMATS

MAX_TOKENS = {Shape.SINGLE_LINE: 64, Shape.MULTI_LINE: 256}
CHAT_EXTRA_TOKENS = 64
"""A model that converses writes the line from its beginning, and a word or two around it."""

OWN_CONTEXT = 8_192
"""Tokens to ask a server to load a model with, where nothing says how many."""

MARGIN_TOKENS = 64
"""What an estimate of tokens may be off by, and the special tokens of a prompt."""

SUFFIX_SHARE = 0.25


class Reader(Protocol):
    """Turns the pieces of an answer into the text that is to be inserted."""

    @property
    def is_over(self) -> bool:
        """Whether what may still come is of no use."""

    @property
    def failed(self) -> str:
        """Why the answer cannot be inserted; empty where it can."""

    def feed(self, piece: str) -> str:
        """Take the next piece; answer what of it is to be inserted."""

    def finish(self) -> str:
        """Answer what was held back until the end."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent over a way, and how its answer is read; `chars` is the length of its prompt."""

    way: Way
    wire: WireRequest
    chars: int
    reader: Callable[[], Reader]


class PlainReader:
    """The answer is the text."""

    is_over = False
    failed = ""

    def feed(self, piece: str) -> str:
        """Answer the piece."""
        return piece

    def finish(self) -> str:
        """Answer nothing: nothing was held back."""
        return ""


def family_at(endpoint: Endpoint, known: KnownModel) -> Family | NoFamily:
    """Answer the family of an endpoint's model: as its user says, else by its name."""
    record = endpoint.record
    hint = endpoint.settings.fim.family or record.model_family
    found = find_family(endpoint.model, hint)
    if isinstance(found, NoFamily) and known.family:
        found = find_family(known.family)
    return overridden(found, record.scratchpad, record.scratchpad_patch)


def ways_of(endpoint: Endpoint, known: KnownModel) -> tuple[Way, ...]:
    """Answer the ways to ask an endpoint's model that are left, the best first."""
    given = endpoint.settings.takes_suffix
    facts = ModelFacts(
        family=family_at(endpoint, known),
        takes_suffix=known.takes_suffix if given is None else given,
        takes_infill=known.takes_infill,
        is_chat=known.is_chat,
        refused=known.refused,
    )
    spoken = tuple(wire for wire in endpoint.wires if wire in FORMATS)
    return ways(spoken, facts, endpoint.settings.fim.mode)


def question(
    endpoint: Endpoint, known: KnownModel, way: Way, request: FimRequest, path: str
) -> Question:
    """Write the question of a way; `path` is the document's, as the model gets to see it."""
    limit = max_tokens(way, request.shape)
    text = fitting(_text(request, path), context_of(endpoint, known), limit, known.chars_per_token)
    family = family_at(endpoint, known)
    if way.kind is WayKind.SUFFIX and isinstance(family, Family):
        text, _ = without_tokens(text, family.special)  # its server writes the rest of the prompt
    prompt, stops, reader = _PROMPTS[way.kind](way, text, request.shape)
    wire = WireRequest(
        model=endpoint.model,
        prompt=prompt,
        max_tokens=limit,
        stop=(*_line_end(way, request), *stops),
        temperature=None if way.kind is WayKind.CHAT else 0.0,
        num_ctx=known.context or endpoint.n_ctx or OWN_CONTEXT,
        keep_alive=endpoint.settings.keep_alive or None,
        think=False if way.kind is WayKind.CHAT else None,
        max_stops=endpoint.settings.max_stops,
        max_tokens_field=_limit_field(endpoint, known),
        ends_without_word=endpoint.record.eof_is_done,
        dropped=known.dropped,
    )
    return Question(way, wire, len(text.prefix) + len(text.suffix), reader)


def max_tokens(way: Way, shape: Shape) -> int:
    """Answer how many tokens an answer may have."""
    extra = CHAT_EXTRA_TOKENS if way.kind is WayKind.CHAT else 0
    return MAX_TOKENS[shape] + extra


def context_of(endpoint: Endpoint, known: KnownModel) -> int:
    """Answer how many tokens fit, question and answer; 0: not known."""
    told = [each for each in (endpoint.n_ctx, known.context) if each]
    return min(told, default=0)


def fitting(text: FimText, context: int, answer: int, chars_per_token: float) -> FimText:
    """Cut a text so that it fits a context with the answer: far from the cursor, at line ends."""
    if not context:
        return text
    room = int(max(context - answer - MARGIN_TOKENS, context // 2) * chars_per_token)
    if len(text.prefix) + len(text.suffix) <= room:
        return text
    after = max(int(room * SUFFIX_SHARE), room - len(text.prefix))
    suffix = _head(text.suffix, after)
    return FimText(
        prefix=_tail(text.prefix, room - len(suffix)),
        suffix=suffix,
        path=text.path,
        language=text.language,
        repo_name=text.repo_name,
        snippets=text.snippets,
    )


def _text(request: FimRequest, path: str) -> FimText:
    return FimText(request.prefix, request.suffix, path, request.snapshot.language_id)


def _head(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    return text[: text.rfind("\n", 0, size) + 1] or text[:size]


def _tail(text: str, size: int) -> str:
    if len(text) <= size:
        return text
    cut = text[len(text) - size :]
    line_end = cut.find("\n")
    return cut[line_end + 1 :] if 0 <= line_end < len(cut) - 1 else cut


Written = tuple[Prompt, tuple[str, ...], Callable[[], Reader]]


def _tokens(way: Way, text: FimText, _shape: Shape) -> Written:
    if way.family is None:
        raise TypeError("A prompt of tokens needs a family.")
    made = build_prompt(way.family, text)
    return TokensPrompt(made.text), made.stops, lambda: Unhealer(made.healed)


def _suffix(_way: Way, text: FimText, _shape: Shape) -> Written:
    # An empty suffix makes some servers answer as in a conversation.
    return SuffixPrompt(text.prefix, text.suffix or "\n"), (), PlainReader


def _infill(_way: Way, text: FimText, _shape: Shape) -> Written:
    line = text.prefix.rfind("\n") + 1
    prompt = InfillPrompt(text.prefix[:line], text.suffix, typed=text.prefix[line:])
    return prompt, (), PlainReader


def _chat(_way: Way, text: FimText, shape: Shape) -> Written:
    made = build_chat_fill(text, shape)
    return made.prompt, made.stops, lambda: ChatAnswer(made.prefix)


def _continue(_way: Way, text: FimText, _shape: Shape) -> Written:
    made = build_continuation(text)
    return TokensPrompt(made.text), made.stops, lambda: Unhealer(made.healed)


_PROMPTS: dict[WayKind, Callable[[Way, FimText, Shape], Written]] = {
    WayKind.TOKENS: _tokens,
    WayKind.SUFFIX: _suffix,
    WayKind.INFILL: _infill,
    WayKind.CHAT: _chat,
    WayKind.CONTINUE: _continue,
}


def _line_end(way: Way, request: FimRequest) -> tuple[str, ...]:
    r"""Answer `\n` where the server may end the answer at its first line end.

    Not where the answer begins with white space that was cut off the prompt, or with a tag; nor on
    a blank line, where models often begin with another.
    """
    is_blank = not request.prefix.rpartition("\n")[2].strip()
    heals = way.kind is WayKind.CONTINUE or (way.family is not None and way.family.heals)
    is_plain = way.kind is not WayKind.CHAT and not heals and not is_blank
    return ("\n",) if request.shape is Shape.SINGLE_LINE and is_plain else ()


def _limit_field(endpoint: Endpoint, known: KnownModel) -> str:
    if known.max_tokens_field:
        return known.max_tokens_field
    newer = endpoint.record.supports_max_completion_tokens
    return "max_completion_tokens" if newer else "max_tokens"
