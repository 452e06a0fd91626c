"""One answer as it comes in: what the formats have in common, after their own shapes are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from refact_lsp.messages import (
    ErrorFacts,
    ErrorKind,
    Finish,
    ReasoningDelta,
    ServedBy,
    TextDelta,
    ToolCallsIgnored,
    Usage,
    WireEvent,
)
from refact_lsp.providers.wire.format import WireRequest
from refact_lsp.providers.wire.stops import StopStrings
from refact_lsp.providers.wire.thoughts import Parted, Thoughts

CAUSES = {
    "length": "length",
    "limit": "length",
    "max_tokens": "length",
    "model_length": "length",
    "model_context_window_exceeded": "length",
    "content_filter": "content_filter",
    "sensitive": "content_filter",
    "refusal": "content_filter",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "error": "error",
    "insufficient_system_resource": "error",
    "load": "empty",
    "unload": "empty",
}
"""How servers word an end, and what it is to us; any other word is an ordinary stop."""

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class _Choice:
    """One of several answers to the same question."""

    stops: StopStrings
    thoughts: Thoughts = field(default_factory=Thoughts)
    half: str = ""
    has_text: bool = False
    has_reasoning: bool = False
    cause: str = ""

    @property
    def is_over(self) -> bool:
        return bool(self.cause) or self.stops.is_cut

    def whole(self, piece: str) -> str:
        """Join a character whose two surrogates came in two events."""
        piece, self.half = self.half + piece, ""
        if piece.isascii() or not _SURROGATE.search(piece):
            return piece
        if "\ud800" <= piece[-1] <= "\udbff":
            piece, self.half = piece[:-1], piece[-1]
        return piece.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class Answer:
    """Gathers what an answer's events say, and gives it out in our words."""

    def __init__(self, request: WireRequest) -> None:
        self._request = request
        self._choices: dict[int, _Choice] = {}
        self._usage: Usage | None = None
        self._model = ""
        self._calls: set[tuple[int, str]] = set()
        self._unreadable = 0
        self._error = ""
        self._has_ended = False
        self.said_last_word = False
        """Its end was told; without, the connection only closed."""

    @property
    def is_done(self) -> bool:
        """The last word is said, the answer failed, or every choice ran into one of our stops."""
        is_cut = bool(self._choices) and all(each.stops.is_cut for each in self._choices.values())
        return self.said_last_word or bool(self._error) or is_cut

    def text(self, piece: str | None, choice: int = 0) -> list[WireEvent]:
        """Take more text of a choice."""
        if not piece or self._has_ended:
            return []
        whole = self._choice(choice).whole(piece)
        return self._parted(choice, self._choice(choice).thoughts.feed(whole))

    def reasoning(self, piece: str | None, choice: int = 0) -> list[WireEvent]:
        """Take more of what was thought aloud."""
        if not piece or self._has_ended:
            return []
        self._choice(choice).has_reasoning = True
        return [ReasoningDelta(piece, choice)]

    def served_by(self, model: str | None) -> list[WireEvent]:
        """Take note of the model that answers; told once."""
        if not model or self._model:
            return []
        self._model = model
        return [ServedBy(model, is_other=not same_model(self._request.model, model))]

    def usage(self, usage: Usage | None) -> None:
        """Take note of a count; a later one replaces what it tells anew and adds nothing up."""
        if usage is None:
            return
        told = {
            name: value
            for name in Usage.__dataclass_fields__
            if (value := getattr(usage, name)) is not None
        }
        self._usage = replace(self._usage or Usage(), **told)

    def tool_call(self, index: int | None = None, call_id: str = "") -> None:
        """Take note of a call, or a piece of one, that nobody will carry out.

        Pieces of one call share their index; None is a call that comes whole.
        """
        if index is None:
            index = len(self._calls)
        known = {name for at, name in self._calls if at == index}
        if not known or (call_id and call_id not in known):
            self._calls.discard((index, ""))
            self._calls.add((index, call_id))

    def stopped(self, reason: str | None, choice: int = 0) -> list[WireEvent]:
        """Take note of a choice's end, and give out what was held back of it."""
        if not reason:
            return []
        events = self._flush(choice)
        self._choice(choice).cause = CAUSES.get(reason, "stop")
        return events

    def failed(self, facts: ErrorFacts) -> list[WireEvent]:
        """Take note that the answer is a refusal after all."""
        if self._error:
            return []
        self._error = facts.message or facts.kind
        return [facts]

    def unreadable(self) -> None:
        """Take note of an event that made no sense."""
        self._unreadable += 1

    def end(self) -> tuple[WireEvent, ...]:
        """Close the answer."""
        if self._has_ended:
            return ()
        events: list[WireEvent] = []
        for choice in list(self._choices):
            if not self._choices[choice].cause:
                events += self._flush(choice)
        if self._is_gibberish:
            events += self.failed(ErrorFacts("The answer is not JSON.", ErrorKind.BAD_STREAM))
        self._has_ended = True
        if self._calls:
            events.append(ToolCallsIgnored(len(self._calls)))
        if self._usage is not None:
            events.append(self._usage)
        return (*events, self._last())

    @property
    def _is_gibberish(self) -> bool:
        return bool(self._unreadable) and not self._choices

    def _choice(self, number: int) -> _Choice:
        if number not in self._choices:
            self._choices[number] = _Choice(StopStrings(self._request.stop))
        return self._choices[number]

    def _parted(self, number: int, parted: Parted) -> list[WireEvent]:
        choice = self._choice(number)
        events: list[WireEvent] = []
        if parted.thought:
            choice.has_reasoning = True
            events.append(ReasoningDelta(parted.thought, number))
        if parted.text and (text := choice.stops.feed(parted.text)):
            choice.has_text = True
            events.append(TextDelta(text, number))
        return events

    def _flush(self, number: int) -> list[WireEvent]:
        choice = self._choice(number)
        events = self._parted(number, choice.thoughts.finish())
        if rest := choice.stops.finish():
            choice.has_text = True
            events.append(TextDelta(rest, number))
        return events

    def _last(self) -> Finish:
        if self._error:
            return Finish("error", self._error)
        first = self._choices[min(self._choices)] if self._choices else _Choice(StopStrings(()))
        has_text = any(each.has_text for each in self._choices.values())
        is_over = first.is_over or self.said_last_word or self._request.ends_without_word
        cause = (
            "stop" if first.stops.is_cut else first.cause or ("stop" if is_over else "truncated")
        )
        if has_text:
            return Finish("stop" if cause == "tool_calls" else cause)
        if any(each.has_reasoning for each in self._choices.values()):
            return Finish("only_reasoning", "All the model wrote were thoughts.")
        return Finish("empty" if cause in {"stop", "length"} else cause)


def same_model(asked: str, served: str) -> bool:
    """Tell whether two names mean one model: case, folders, `.gguf` and `:latest` aside."""
    first, second = _plain(asked), _plain(served)
    return (
        first == second or f"/{first}".endswith(f"/{second}") or f"/{second}".endswith(f"/{first}")
    )


def _plain(name: str) -> str:
    plain = name.casefold().replace("\\", "/").strip("/")
    return plain.removesuffix(".gguf").removesuffix(":latest")


def prompt_was_cut(expected_tokens: int, usage: Usage) -> bool:
    """Tell whether a server seems to have read much less than it was sent (under 70 %).

    Short questions are not judged: an estimate of them is too far off.
    """
    return (
        usage.input is not None and expected_tokens >= 200 and usage.input < 0.7 * expected_tokens
    )
