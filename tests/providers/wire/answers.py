"""Reading whole answers in tests: events in, texts and the rest out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refact_lsp.messages import Finish, ReasoningDelta, TextDelta, WireEvent
from refact_lsp.providers.wire.format import TokensPrompt, WireRequest
from refact_lsp.providers.wire.table import FORMATS

ASKED = WireRequest(model="qwen2.5-coder:7b", prompt=TokensPrompt("def f("))


def read(name: str, events: Iterable[str], request: WireRequest = ASKED) -> list[WireEvent]:
    """Read an answer event by event."""
    parser = FORMATS[name].parser(request)
    found = [event for data in events for event in parser.feed(data)]
    return [*found, *parser.finish()]


def text_of(events: Sequence[WireEvent], choice: int = 0) -> str:
    """Join a choice's text."""
    return "".join(
        each.text for each in events if isinstance(each, TextDelta) and each.choice == choice
    )


def thoughts_of(events: Sequence[WireEvent]) -> str:
    """Join what was thought aloud."""
    return "".join(each.text for each in events if isinstance(each, ReasoningDelta))


def end_of(events: Sequence[WireEvent]) -> str:
    """Answer the cause of the end, which is the last event and the only one of its kind."""
    assert [type(each) for each in events].count(Finish) == 1
    assert isinstance(events[-1], Finish)
    return events[-1].cause


def others(events: Sequence[WireEvent]) -> list[WireEvent]:
    """Leave out texts and the end."""
    return [each for each in events if not isinstance(each, TextDelta | Finish)]
