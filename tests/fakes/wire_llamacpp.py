"""llama.cpp's own streams, as `tests/models/recorded` has them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.generation import Generation, Usage
from tests.fakes.wire import Json, Wire, event

_STOP_TYPES = {"stop": "eos", "length": "limit"}


def timings_of(generation: Generation) -> Json:
    """Give llama.cpp's own account of an answer; its durations are made up."""
    usage = generation.usage or Usage(0, 0, len(generation.tokens))
    read = max(1, usage.prompt_tokens - usage.cached_tokens)
    written = max(1, usage.completion_tokens)
    return {
        "cache_n": usage.cached_tokens,
        "prompt_n": read,
        "prompt_ms": 10.0,
        "prompt_per_token_ms": 10.0 / read,
        "prompt_per_second": 100.0 * read,
        "predicted_n": written,
        "predicted_ms": 100.0,
        "predicted_per_token_ms": 100.0 / written,
        "predicted_per_second": 10.0 * written,
    }


@dataclass(slots=True)
class LlamaNative(Wire):
    """`/completion` and `/infill`."""

    settings: Json
    """What the request set, for the answer's last frame."""
    prompt: str
    end_mark: bytes = b""
    predicted: int = 0
    """Tokens sent so far."""

    def token(self, generation: Generation, text: str, /) -> bytes:
        self.predicted += 1
        evaluated = generation.usage.prompt_tokens if generation.usage else 0
        return event(
            {
                "index": 0,
                "content": text,
                "tokens": [len(text)],
                "stop": False,
                "id_slot": -1,
                "tokens_predicted": self.predicted,
                "tokens_evaluated": evaluated,
            }
        )

    def closing(self, generation: Generation, /) -> list[bytes]:
        return [event(self._last(generation, ""))]

    def error(self, message: str, /) -> bytes:
        return event({"error": {"code": 500, "message": message, "type": "server_error"}})

    def whole(self, generation: Generation, /) -> Json:
        return self._last(generation, generation.text)

    def _last(self, generation: Generation, text: str) -> Json:
        usage = generation.usage or Usage(0, 0, len(generation.tokens))
        stop_type = "word" if generation.stopping_word else _STOP_TYPES.get(generation.finish)
        return {
            "index": 0,
            "content": text,
            "tokens": [],
            "id_slot": 0,
            "stop": True,
            "model": generation.model,
            "tokens_predicted": usage.completion_tokens,
            "tokens_evaluated": usage.prompt_tokens,
            "generation_settings": self.settings,
            "prompt": self.prompt,
            "has_new_line": "\n" in generation.text,
            "truncated": False,
            "stop_type": stop_type or "none",
            "stopping_word": generation.stopping_word,
            "tokens_cached": usage.cached_tokens,
            "timings": timings_of(generation),
        }
