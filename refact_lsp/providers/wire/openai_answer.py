"""The answers of OpenAI-like servers, streamed or whole, to chat and to completions alike.

One reader for both, because servers mix them: a FIM endpoint may answer in the shape of a chat.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from refact_lsp.messages import Usage, WireEvent
from refact_lsp.providers.wire.answer import Answer
from refact_lsp.providers.wire.tolerant import (
    Amount,
    Count,
    Maybe,
    Objects,
    Tolerant,
    Word,
)

_TICKS_A_DOLLAR = 10_000_000_000
_Number = TypeVar("_Number", int, float)


class _Details(Tolerant):
    cached_tokens: Count = None
    cache_write_tokens: Count = None
    reasoning_tokens: Count = None


class _Usage(Tolerant):
    """Every spelling seen of one server or another."""

    prompt_tokens: Count = None
    completion_tokens: Count = None
    prompt_tokens_details: Annotated[_Details | None, Maybe] = None
    completion_tokens_details: Annotated[_Details | None, Maybe] = None
    prompt_cache_hit_tokens: Count = None
    cached_tokens: Count = None
    cached_input_tokens: Count = None
    reasoning_tokens: Count = None
    cost: Amount = None
    cost_in_usd_ticks: Amount = None
    estimated_cost: Amount = None

    def neutral(self) -> Usage:
        """Answer it in our words; numbers within numbers stay within."""
        into, out = self.prompt_tokens_details or _Details(), self.completion_tokens_details
        ticks = self.cost_in_usd_ticks
        return Usage(
            input=self.prompt_tokens,
            output=self.completion_tokens,
            cached=_first(
                into.cached_tokens,
                self.prompt_cache_hit_tokens,
                self.cached_tokens,
                self.cached_input_tokens,
            ),
            cache_written=into.cache_write_tokens,
            reasoning=_first(out.reasoning_tokens if out else None, self.reasoning_tokens),
            cost_usd=_first(
                self.cost, None if ticks is None else ticks / _TICKS_A_DOLLAR, self.estimated_cost
            ),
        )


class _Call(Tolerant):
    index: Count = None
    id: Word = None


class _Delta(Tolerant):
    """A piece of a turn, or a whole one."""

    content: Any = None
    refusal: Word = None
    reasoning_content: Word = None
    reasoning: Word = None
    reasoning_details: Annotated[tuple[dict[str, Any], ...], Objects] = ()
    tool_calls: Annotated[tuple[_Call, ...], Objects] = ()


class _Choice(Tolerant):
    index: Count = None
    text: Word = None
    delta: Annotated[_Delta | None, Maybe] = None
    message: Annotated[_Delta | None, Maybe] = None
    finish_reason: Word = None
    usage: Annotated[_Usage | None, Maybe] = None


class _Extra(Tolerant):
    usage: Annotated[_Usage | None, Maybe] = None


class _Chunk(Tolerant):
    model: Word = None
    choices: Annotated[tuple[_Choice, ...], Objects] = ()
    usage: Annotated[_Usage | None, Maybe] = None
    x_groq: Annotated[_Extra | None, Maybe] = None


def read_openai(answer: Answer, body: Mapping[str, Any]) -> list[WireEvent]:
    """Read one chunk of a stream, or a whole body."""
    chunk = _Chunk.model_validate(body)
    events = answer.served_by(chunk.model)
    for place, choice in enumerate(chunk.choices):
        events += _read_choice(answer, choice, place if choice.index is None else choice.index)
    for usage in (chunk.x_groq and chunk.x_groq.usage, chunk.usage):
        answer.usage(usage.neutral() if usage else None)
    return events


def _read_choice(answer: Answer, choice: _Choice, number: int) -> list[WireEvent]:
    turn = choice.delta or choice.message or _Delta()
    text, thought = content_of(turn.content)
    events = answer.reasoning(_spoken_thought(turn) or thought, number)
    events += answer.text(choice.text or text, number)
    for place, call in enumerate(turn.tool_calls):
        answer.tool_call(place if call.index is None else call.index, call.id or "")
    if choice.usage:
        answer.usage(choice.usage.neutral())
    reason = choice.finish_reason
    return events + answer.stopped("refusal" if reason and turn.refusal else reason, number)


def content_of(content: object) -> tuple[str, str]:
    """Answer the text and the thoughts in a turn's content: a string, or a list of parts."""
    if isinstance(content, str):
        return content, ""
    text = thought = ""
    for part in content if isinstance(content, list) else ():
        if isinstance(part, str):
            text += part
        elif isinstance(part, Mapping) and part.get("type") == "thinking":
            thought += content_of(part.get("thinking"))[0]
        elif isinstance(part, Mapping) and isinstance(part.get("text"), str):
            text += part["text"]
    return text, thought


def _spoken_thought(turn: _Delta) -> str:
    if turn.reasoning_content:
        return turn.reasoning_content
    if turn.reasoning:
        return turn.reasoning
    details = turn.reasoning_details
    return "".join(
        word
        for each in details
        for name in ("text", "summary")
        if isinstance(word := each.get(name), str)
    )


def _first(*values: _Number | None) -> _Number | None:
    return next((value for value in values if value is not None), None)
