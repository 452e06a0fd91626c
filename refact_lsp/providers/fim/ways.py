"""In which ways a model can be asked to fill a hole, the best first; pure data for the prober."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from refact_lsp.messages import ErrorKind
from refact_lsp.providers.fim.families import Family, NoFamily


class WayKind(StrEnum):
    """How a hole is put to a model."""

    SUFFIX = "suffix"
    INFILL = "infill"
    TOKENS = "tokens"
    CHAT = "chat"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True)
class Way:
    """One way: its kind, the wire format it goes over, and the family whose tokens it takes."""

    kind: WayKind
    wire: str
    family: Family | None = None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a model at an endpoint; None is not known.

    `takes_suffix`: its server writes the tokens for it (a capability told, or the template says
    so). `takes_infill` likewise. `is_chat`: it answers in conversations. `refused` are the ways
    that failed there before.
    """

    family: Family | NoFamily = field(default_factory=lambda: NoFamily(""))
    takes_suffix: bool | None = None
    takes_infill: bool | None = None
    is_chat: bool | None = None
    refused: frozenset[tuple[WayKind, str]] = frozenset()


WIRES: Mapping[str, tuple[WayKind, ...]] = {
    "llamacpp_native": (WayKind.INFILL, WayKind.TOKENS, WayKind.CONTINUE),
    "ollama_native": (WayKind.SUFFIX, WayKind.TOKENS, WayKind.CHAT, WayKind.CONTINUE),
    "openai_completions": (WayKind.SUFFIX, WayKind.TOKENS, WayKind.CONTINUE),
    "openai_chat_completions": (WayKind.CHAT,),
    "openai_responses": (WayKind.CHAT,),
    "anthropic_messages": (WayKind.CHAT,),
}
"""What goes over which wire."""

_MAY_BE_IGNORED = frozenset({(WayKind.SUFFIX, "openai_completions")})
"""Some servers refuse a suffix, others pass over it and answer: that is going on without one."""

_MODES: Mapping[str, tuple[WayKind, ...]] = {
    "auto": tuple(WayKind),
    "suffix": (WayKind.SUFFIX,),
    "tokens": (WayKind.TOKENS,),
    "infill": (WayKind.INFILL,),
    "chat": (WayKind.CHAT,),
    "off": (),
}

_RANKS = (WayKind.SUFFIX, WayKind.INFILL, WayKind.TOKENS, WayKind.CHAT, WayKind.CONTINUE)


def ways(wires: Sequence[str], facts: ModelFacts, mode: str = "auto") -> tuple[Way, ...]:
    """Answer the ways to try over the wire formats at hand, best first; none is no completion.

    `mode` is that of the provider file. One that the user chose is believed over what we know,
    except that tokens need a family.
    """
    allowed = _MODES.get(mode, ())
    found = [
        way
        for way in _possible(wires, facts)
        if way.kind in allowed and (way.kind, way.wire) not in facts.refused
    ]
    if mode == "auto":
        found = [way for way in found if _is_worth_trying(way, facts)]
    return tuple(sorted(found, key=lambda way: _rank(way, facts)))


_CLOSES = {
    (WayKind.SUFFIX, ErrorKind.NO_SUFFIX),
    (WayKind.INFILL, ErrorKind.NO_INFILL),
    (WayKind.CHAT, ErrorKind.NO_CHAT),
}


def is_closed(way: Way, kind: ErrorKind) -> bool:
    """Tell whether a refusal means that the way is not open at all, not that one call failed."""
    return (way.kind, kind) in _CLOSES


def _possible(wires: Sequence[str], facts: ModelFacts) -> Iterator[Way]:
    for wire in wires:
        for kind in WIRES.get(wire, ()):
            if kind is not WayKind.TOKENS:
                yield Way(kind, wire)
            elif isinstance(facts.family, Family):
                yield Way(kind, wire, facts.family)


def _is_worth_trying(way: Way, facts: ModelFacts) -> bool:
    """In `auto` leave out what is known to fail."""
    match way.kind:
        case WayKind.SUFFIX:
            return facts.takes_suffix is not False
        case WayKind.INFILL:
            return facts.takes_infill is not False
        case WayKind.CHAT:
            return facts.is_chat is not False
        case WayKind.CONTINUE:
            return facts.is_chat is not True
        case WayKind.TOKENS:
            return True


def _rank(way: Way, facts: ModelFacts) -> float:
    """Put a suffix that may be ignored in silence just before going on without one."""
    is_guess = facts.takes_suffix is None and (way.kind, way.wire) in _MAY_BE_IGNORED
    return _RANKS.index(WayKind.CONTINUE) - 0.5 if is_guess else _RANKS.index(way.kind)
