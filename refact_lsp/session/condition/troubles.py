"""What is wrong at the moment and lasts: shown by the status until it is over, told once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from refact_lsp.completion.reasons import ANSWERED, TROUBLES, Silence
from refact_lsp.session.condition.notices import Notices, Weight
from refact_lsp.session.history import Entry


@dataclass(frozen=True, slots=True)
class Remedy:
    """A command of ours that helps, and what it does in two or three words."""

    title: str
    command: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing wrong. `code` tells apart what may be wrong with one cause, for its message."""

    sentence: str
    weight: Weight = Weight.WARNING
    remedy: Remedy | None = None
    code: str = ""


@dataclass(slots=True)
class Troubles:
    """The troubles there are, one a cause ("index:/a", "model:local/coder"), newest last.

    Each is also told in a message, once in ten minutes for a cause and code, whatever its
    sentence says (it may hold a time) and however often it comes and goes; except to a client
    that asked for the status (`is_told_by_status`), which shows the sentence.
    """

    notices: Notices
    on_change: Callable[[], None]
    is_told_by_status: Callable[[], bool] = field(default=lambda: False)
    _known: dict[str, Trouble] = field(default_factory=dict)

    def put(self, cause: str, trouble: Trouble) -> None:
        """Note a trouble; it takes the place of another one of the same cause."""
        if not self.is_told_by_status():
            told = f"{cause}:{trouble.code}" if trouble.code else cause
            self.notices.tell(told, trouble.sentence, trouble.weight, once=True)
        if self._known.get(cause) != trouble:
            self._known.pop(cause, None)
            self._known[cause] = trouble
            self.on_change()

    def clear(self, cause: str) -> None:
        """A cause is gone."""
        if self._known.pop(cause, None) is not None:
            self.on_change()

    def worst(self) -> Trouble | None:
        """Answer the newest of the heaviest troubles; None where all is well."""
        known = [*reversed(self._known.values())]
        return next(
            (each for each in known if each.weight is Weight.ERROR), next(iter(known), None)
        )


def model_cause(model: str) -> str:
    """Answer the cause under which a model's troubles stand."""
    return f"model:{model}"


def judge(troubles: Troubles, entry: Entry) -> None:
    """Take from an answered request whether its model is in trouble, or no longer."""
    cause, reason, outcome = model_cause(entry.model), entry.reason, entry.outcome
    if isinstance(outcome, Silence) and reason in TROUBLES:
        troubles.put(cause, Trouble(f"{entry.model}: {outcome.sentence}", code=outcome.reason))
    elif reason in ANSWERED or (reason is None and not entry.is_reused):
        troubles.clear(cause)
