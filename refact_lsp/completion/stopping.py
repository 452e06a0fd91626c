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
        """Answer where the text is to be cut, or None to go on; the same however it is split."""
        lines = self.text[:MAX_CHARS].split("\n")
        whole: list[str] = []
        for number, line in enumerate(lines[:-1], 1):
            if not whole and not line.strip():
                continue
            whole.append(line)
            if len(whole) >= MAX_LINES[self.shape]:
                return len("\n".join(lines[:number]))
            if len(whole) >= SAME_LINE_TIMES and len(set(whole[-SAME_LINE_TIMES:])) == 1:
                return len("\n".join(lines[: number - SAME_LINE_TIMES + 1]))
        if len(self.text) > MAX_CHARS:
            return self.text.rfind("\n", 0, MAX_CHARS) + 1 or MAX_CHARS
        return None
