"""What the user is told in a message: each cause once in a while, however often it happens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

logger = logging.getLogger(__name__)

QUIET_S = 600.0
"""A cause that was told is not told again for ten minutes, unless its sentence changed."""

MAX_TOLD = 256


class Weight(StrEnum):
    """How much a message matters; what is below a warning is written to the log alone."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(slots=True)
class Notices:
    """Passes messages on to `show`, one a cause in ten minutes.

    A cause is a short stable name: "settings", "provider:ollama", "privacy". What a person asked
    for by a command is told each time: use `show` itself.
    """

    clock: Callable[[], float]
    show: Callable[[Weight, str], None] = field(default=lambda _weight, _sentence: None)
    _told: dict[tuple[str, str], float] = field(default_factory=dict)

    def tell(
        self, cause: str, sentence: str, weight: Weight = Weight.WARNING, *, once: bool = False
    ) -> None:
        """Tell a sentence, unless the same was told for this cause a short time ago.

        `once`: nor when another sentence was, because it says the same of another time or number.
        """
        now, told = self.clock(), (cause, "" if once else sentence)
        if now - self._told.get(told, float("-inf")) < QUIET_S:
            return
        if len(self._told) >= MAX_TOLD:
            self._told.clear()
        self._told[told] = now
        logger.warning("notice cause=%s %s", cause, sentence)
        self.show(weight, sentence)

    def forget(self, cause: str) -> None:
        """A cause has gone; when it comes back it is told at once."""
        self._told = {told: when for told, when in self._told.items() if told[0] != cause}
