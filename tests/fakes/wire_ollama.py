"""Ollama's own streams: newline-delimited JSON."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.generation import Generation
from tests.fakes.wire import Json, Wire, line

CREATED_AT = "2023-11-14T22:13:20.000000000Z"


@dataclass(frozen=True, slots=True)
class OllamaStream(Wire):
    """`/api/generate` and `/api/chat`."""

    chat: bool
    gives_context: bool = False
    """The last line lists the prompt's and the answer's tokens (generate, unless raw)."""
    content_type: str = "application/x-ndjson"
    end_mark: bytes = b""

    def thought(self, generation: Generation, text: str, /) -> bytes | None:
        return line(self._record(generation, "", text) | {"done": False})

    def token(self, generation: Generation, text: str, /) -> bytes:
        return line(self._record(generation, text) | {"done": False})

    def closing(self, generation: Generation, /) -> list[bytes]:
        return [line(self._last(generation, "", ""))]

    def error(self, message: str, /) -> bytes:
        return line({"error": message})

    def whole(self, generation: Generation, /) -> Json:
        return self._last(generation, generation.text, "".join(generation.reasoning))

    def _record(self, generation: Generation, text: str, thinking: str = "") -> Json:
        record: Json = {"model": generation.model, "created_at": CREATED_AT}
        thought = {"thinking": thinking} if thinking else {}
        if self.chat:
            return record | {"message": {"role": "assistant", "content": text, **thought}}
        return record | {"response": text, **thought}

    def _last(self, generation: Generation, text: str, thinking: str) -> Json:
        record = self._record(generation, text, thinking)
        record |= {"done": True, "done_reason": generation.finish}
        if self.gives_context:
            record["context"] = list(range(1, 1 + len(generation.tokens)))
        if generation.usage is None:
            return record
        # nanoseconds; made up
        return record | {
            "total_duration": 120_000_000,
            "load_duration": 1_000_000,
            "prompt_eval_count": generation.usage.prompt_tokens,
            "prompt_eval_duration": 10_000_000,
            "eval_count": generation.usage.completion_tokens,
            "eval_duration": 100_000_000,
        }
