"""Completions of Refact's self-hosted server, which tells the version of its caps each time.

Source: smallcloudai/refact, refact-server/refact_webgui/webgui/selfhost_fastapi_completions.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.generation import Generation
from tests.fakes.wire import CREATED, Json, Wire, event


@dataclass(frozen=True, slots=True)
class RefactCompletions(Wire):
    """`/v1/completions`; its chat is OpenAI's."""

    number: int
    caps_version: int

    def token(self, generation: Generation, text: str, /) -> bytes:
        return event(self._record(generation, text, is_last=False))

    def closing(self, generation: Generation, /) -> list[bytes]:
        return [event(self._record(generation, "", is_last=True))]

    def error(self, message: str, /) -> bytes:
        record = {"status": "error", "human_readable_message": message}
        return event({**record, "caps_version": self.caps_version})

    def whole(self, generation: Generation, /) -> Json:
        return self._record(generation, generation.text, is_last=True)

    def _record(self, generation: Generation, text: str, *, is_last: bool) -> Json:
        finish = generation.finish if is_last else ""
        return {
            "id": f"comp-{self.number}",
            "object": "text_completion",
            "status": "completed" if is_last else "in_progress",
            "created": CREATED,
            "model": generation.model,
            "choices": [{"index": 0, "text": text, "finish_reason": finish}],
            "caps_version": self.caps_version,
        }
