"""The OpenAI-style streams, with what each family of servers does differently."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.fakes.generation import Generation, Usage
from tests.fakes.wire import CREATED, Json, Wire, event
from tests.fakes.wire_llamacpp import timings_of


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family of servers writes these streams."""

    fingerprint: str | None = None
    role_in_every_delta: bool = False
    opening_content: str | None = ""
    """In the delta that names the role."""
    closing_delta: Json = field(default_factory=dict)
    reasoning_key: str = "reasoning_content"
    cached_tokens: bool = True
    """Usage says how much of the prompt was cached."""
    null_usage: bool = False
    """Where usage was asked for, every chunk before it carries `usage: null`."""
    completions_always_tell_usage: bool = False
    """... in the chunk that says why the answer ended, asked or not."""
    chat_logprobs: bool = True
    """A chat's choices carry `logprobs: null`."""
    choice_extras: Json = field(default_factory=dict)
    timings: bool = False


@dataclass(frozen=True, slots=True)
class _OpenAI(Wire):
    """What completions and chat completions share."""

    dialect: Dialect
    number: int
    """Of the request; it makes the answer's id."""
    include_usage: bool = False

    def error(self, message: str, /) -> bytes:
        record = {"message": message, "type": "server_error", "param": None, "code": None}
        return event({"error": record})

    def _record(self, kind: str, name: str, generation: Generation) -> Json:
        record: Json = {"id": f"{name}-{self.number}", "object": kind, "created": CREATED}
        record["model"] = generation.model
        if self.dialect.fingerprint is not None:
            record["system_fingerprint"] = self.dialect.fingerprint
        return record

    def _chunk(self, record: Json, choice: Json) -> Json:
        asked = self.include_usage and self.dialect.null_usage
        return record | {"choices": [choice]} | ({"usage": None} if asked else {})

    def _told(self, record: Json, generation: Generation) -> Json:
        """Add what the answer cost."""
        if generation.usage:
            record = record | {"usage": self._usage(generation.usage)}
        return self._timed(record, generation)

    def _timed(self, record: Json, generation: Generation) -> Json:
        return record | ({"timings": timings_of(generation)} if self.dialect.timings else {})

    def _usage(self, usage: Usage) -> Json:
        record: Json = {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "total_tokens": usage.prompt_tokens + usage.completion_tokens,
        }
        if self.dialect.cached_tokens:
            record["prompt_tokens_details"] = {"cached_tokens": usage.cached_tokens}
        return record


@dataclass(frozen=True, slots=True)
class Completions(_OpenAI):
    """`/v1/completions`."""

    def token(self, generation: Generation, text: str, /) -> bytes:
        return event(self._frame(generation, text, None))

    def closing(self, generation: Generation, /) -> list[bytes]:
        last = self._frame(generation, "", generation.finish)
        if self.dialect.completions_always_tell_usage:
            return [event(self._told(last, generation))]
        if not (self.include_usage and generation.usage):
            return [event(last)]
        record = self._envelope(generation) | {"choices": []}
        return [event(last), event(self._told(record, generation))]

    def whole(self, generation: Generation, /) -> Json:
        choice = self._choice(generation.text, generation.finish)
        return self._told(self._envelope(generation) | {"choices": [choice]}, generation)

    def _envelope(self, generation: Generation) -> Json:
        return self._record("text_completion", "cmpl", generation)

    def _choice(self, text: str, finish: str | None) -> Json:
        choice: Json = {"index": 0, "text": text, "logprobs": None, "finish_reason": finish}
        return choice | self.dialect.choice_extras

    def _frame(self, generation: Generation, text: str, finish: str | None) -> Json:
        return self._chunk(self._envelope(generation), self._choice(text, finish))


@dataclass(frozen=True, slots=True)
class ChatCompletions(_OpenAI):
    """`/v1/chat/completions`."""

    def opening(self, generation: Generation, /) -> list[bytes]:
        if self.dialect.role_in_every_delta:
            return []
        delta = {"role": "assistant", "content": self.dialect.opening_content}
        return [event(self._frame(generation, delta, None))]

    def thought(self, generation: Generation, text: str, /) -> bytes | None:
        return event(self._frame(generation, {self.dialect.reasoning_key: text}, None))

    def token(self, generation: Generation, text: str, /) -> bytes:
        return event(self._frame(generation, {"content": text}, None))

    def closing(self, generation: Generation, /) -> list[bytes]:
        last = self._frame(generation, self.dialect.closing_delta, generation.finish)
        if not (self.include_usage and generation.usage):
            return [event(self._timed(last, generation))]
        record = self._envelope(generation) | {"choices": []}
        return [event(last), event(self._told(record, generation))]

    def whole(self, generation: Generation, /) -> Json:
        message: Json = {"role": "assistant", "content": generation.text}
        if generation.reasoning:
            message[self.dialect.reasoning_key] = "".join(generation.reasoning)
        record = self._record("chat.completion", "chatcmpl", generation)
        choice = self._choice({"message": message}, generation.finish)
        return self._told(record | {"choices": [choice]}, generation)

    def _envelope(self, generation: Generation) -> Json:
        return self._record("chat.completion.chunk", "chatcmpl", generation)

    def _choice(self, content: Json, finish: str | None) -> Json:
        choice: Json = {"index": 0, **content, "finish_reason": finish}
        logprobs = {"logprobs": None} if self.dialect.chat_logprobs else {}
        return choice | logprobs | self.dialect.choice_extras

    def _frame(self, generation: Generation, delta: Json, finish: str | None) -> Json:
        if self.dialect.role_in_every_delta:
            delta = {"role": "assistant", "content": "", **delta}
        return self._chunk(self._envelope(generation), self._choice({"delta": delta}, finish))
