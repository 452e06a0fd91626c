"""Filling a hole with a model that only converses: what is said to it, the same each time.

The beginning never changes, so that a host's cache of prompts holds it. The model is asked for the
line with the hole from its first character on: an answer that begins with what is typed shows
where it goes on, mid-word or not (see `chat_answer`).
"""

from __future__ import annotations

from dataclasses import dataclass

from refact_lsp.messages import Shape
from refact_lsp.providers.fim.chat_answer import CLOSING, OPENING
from refact_lsp.providers.fim.prompt import FimText, as_comments
from refact_lsp.providers.wire.format import ChatMessage, ChatPrompt

STOPS = (CLOSING,)
"""Where a server may end the answer."""

_SYSTEM = f"""\
You complete source code at a cursor. You are shown a file with one mark, such as <HOLE/>, where \
the cursor stands. You answer with the code that takes the mark's place.
Rules:
1. Answer between {OPENING} and {CLOSING}, with nothing before or after them: no explanation, no \
Markdown.
2. Begin with the whole line that holds the mark, from its first character, indentation included, \
then go on in place of the mark.
3. Never repeat what follows the mark.
4. Keep to the file's language, names, indentation and style.
5. Where nothing is missing, answer with the line as it stands up to the mark."""

_WORD = """\
File: area.py
Language: python
Complete this one line only.

def area(width, height):
    return wid<HOLE/>
"""
_BLOCK = """\
File: sum.js
Language: javascript
Complete as many lines as belong together.

function sum(values) {
  let total = 0;
  <HOLE/>
  return total;
}
"""
_NOTHING = """\
File: main.go
Language: go
Complete this one line only.

func main() {
\tfmt.Println("ready")<HOLE/>
}
"""
_EXAMPLES = (
    (_WORD, "    return width * height"),
    (_BLOCK, "  for (const value of values) {\n    total += value;\n  }"),
    (_NOTHING, '\tfmt.Println("ready")'),
)

_ASKS = {
    Shape.SINGLE_LINE: "Complete this one line only.",
    Shape.MULTI_LINE: "Complete as many lines as belong together.",
}


@dataclass(frozen=True, slots=True)
class ChatFill:
    """A conversation to send, and what its answer is read with (`chat_answer.ChatAnswer`)."""

    prompt: ChatPrompt
    stops: tuple[str, ...]
    prefix: str


def build_chat_fill(text: FimText, shape: Shape) -> ChatFill:
    """Write the conversation that asks for the text of a hole."""
    turns = [ChatMessage("system", _SYSTEM)]
    for question, answer in _EXAMPLES:
        turns.append(ChatMessage("user", question))
        turns.append(ChatMessage("assistant", f"{OPENING}{answer}{CLOSING}"))
    turns.append(ChatMessage("user", _question(text, shape)))
    return ChatFill(ChatPrompt(tuple(turns)), STOPS, text.prefix)


def hole_mark(text: str) -> str:
    """Answer a mark that does not stand in the text: `<HOLE/>`, else with a number."""
    mark, number = "<HOLE/>", 1
    while mark in text:
        number += 1
        mark = f"<HOLE-{number}/>"
    return mark


def _question(text: FimText, shape: Shape) -> str:
    mark = hole_mark(text.prefix + text.suffix)
    context = as_comments(text.snippets, text.language, text.path)
    parts = [
        f"File: {text.path or 'untitled'}",
        f"Language: {text.language or 'plain text'}",
        _ASKS[shape],
        *(["", "From other files:", context.rstrip("\n")] if context else []),
        *([f"The mark is {mark}."] if mark != "<HOLE/>" else []),
        "",
        f"{text.prefix}{mark}{text.suffix}",
    ]
    return "\n".join(parts)
