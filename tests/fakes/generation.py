"""What a model makes of a prompt, the same under every wire: tokens, why it ended, what it cost."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fakes.script import Script

_TOKEN = re.compile(r" ?\w+|\n+[ \t]*|[^\S\n]+(?! ?\w)|[^\S\n]|[^\w\s]")


def tokenize(text: str) -> list[str]:
    """Cut a text into pieces of about a real token's size; joined they are the text."""
    return _TOKEN.findall(text)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks of the model, out of its family's spelling."""

    model: str
    prompt: str
    """All that the model reads, the suffix too."""
    stream: bool
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    include_usage: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """Counts as a server reports them."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Generation:
    """A finished answer, to be sent whole or token by token."""

    model: str
    reasoning: tuple[str, ...]
    tokens: tuple[str, ...]
    finish: str
    stopping_word: str
    """The stop sequence that ended it, or nothing."""
    usage: Usage | None

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.tokens)


def generate(asked: Asked, script: Script, *, context: int | None = None) -> Generation:
    """Let the script answer; `context` is where this server cuts a prompt without a word."""
    tokens = script.tokens if script.tokens is not None else tuple(tokenize(script.text))
    finish, word = "stop", ""
    if script.obeys:
        tokens, word = _until_stop(tokens, asked.stop)
        if asked.max_tokens is not None and len(tokens) > asked.max_tokens >= 0:
            tokens, finish, word = tokens[: asked.max_tokens], "length", ""
    reasoning = tuple(tokenize(script.reasoning))
    read = len(tokenize(asked.prompt))
    prompt_tokens = script.prompt_tokens if script.prompt_tokens is not None else read
    usage = Usage(
        prompt_tokens=min(prompt_tokens, context) if context else prompt_tokens,
        cached_tokens=script.cached_tokens,
        completion_tokens=len(tokens) + len(reasoning),
    )
    return Generation(
        model=script.model or asked.model,
        reasoning=reasoning,
        tokens=tokens,
        finish=script.finish or finish,
        stopping_word=word,
        usage=usage if script.reports_usage else None,
    )


def _until_stop(tokens: tuple[str, ...], stop: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Cut before the first stop sequence, which is not part of the answer."""
    text = "".join(tokens)
    found = [(text.index(each), each) for each in stop if each and each in text]
    if not found:
        return tokens, ""
    end, word = min(found)
    kept: list[str] = []
    for token in tokens:
        room = end - sum(map(len, kept))
        if room <= 0:
            break
        kept.append(token[:room])
    return tuple(kept), word
