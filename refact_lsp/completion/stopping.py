"""When a stream has brought enough: incremental, one detector a choice."""

from __future__ import annotations

from dataclasses import dataclass

from refact_lsp.messages import Shape

MAX_CHARS = 4_000
MAX_LINES = {Shape.SINGLE_LINE: 1, Shape.MULTI_LINE: 8}
SAME_LINE_TIMES = 3


@dataclass(slots=True)
class StopDetector:
    """Collects one choice's text and says when to stop reading it."""

    shape: Shape
    text: str = ""
    done: bool = False

    def feed(self, delta: str) -> bool:
        """Add text; answer whether this choice is complete. Text after the stop is dropped."""
        if self.done:
            return True
        self.text += delta
        end = self._end()
        if end is not None:
            self.text = self.text[:end]
            self.done = True
        return self.done

    def _end(self) -> int | None:
        """Answer where the text is to be cut, or None to go on."""
        if len(self.text) > MAX_CHARS:
            return self.text.rfind("\n", 0, MAX_CHARS) + 1 or MAX_CHARS
        lines = self.text.split("\n")
        begun = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
        whole = lines[begun:-1]
        if len(whole) >= MAX_LINES[self.shape]:
            return len("\n".join(lines[: begun + MAX_LINES[self.shape]]))
        if len(whole) >= SAME_LINE_TIMES and len(set(whole[-SAME_LINE_TIMES:])) == 1:
            return len("\n".join(lines[: begun + len(whole) - SAME_LINE_TIMES + 1]))
        return None
