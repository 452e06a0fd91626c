"""What the user switched for this session: a snooze, everything, a language, or a file.

It goes before the settings, in both directions, and ends with the server. One thing goes before
it: the kill switch in the environment, which nothing but a new start takes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from refact_lsp.completion.reasons import Reason, Silence
from refact_lsp.config.settings import Settings

KILL_SWITCH = "REFACT_LSP_DISABLE"
_MEANS_NO = {"", "0", "false", "no", "off"}

MAX_FILES = 1_000
"""How many files are remembered; the one switched longest ago is forgotten."""


def is_killed(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment switches the server off (`REFACT_LSP_DISABLE=1`)."""
    return environ.get(KILL_SWITCH, "").strip().lower() not in _MEANS_NO


def local_time() -> datetime:
    """Answer the time as the user's clock shows it."""
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class _Snooze:
    end_s: float
    shown: str


class Switches:
    """The switches of one session. `clock` counts seconds, `wall` is for what is shown."""

    def __init__(
        self,
        clock: Callable[[], float],
        wall: Callable[[], datetime] = local_time,
        *,
        killed: bool = False,
    ) -> None:
        self.killed = killed
        self._clock = clock
        self._wall = wall
        self._snooze: _Snooze | None = None
        self._everything: bool | None = None
        self._languages: dict[str, bool] = {}
        self._files: dict[str, bool] = {}

    def snooze(self, minutes: float) -> str:
        """Keep automatic suggestions quiet for a while; answer until when, as a clock shows it."""
        now = self._wall()
        end = now + timedelta(minutes=minutes)
        shown = end.strftime("%H:%M" if end.date() == now.date() else "%H:%M tomorrow")
        self._snooze = _Snooze(self._clock() + minutes * 60, shown)
        return shown

    def resume(self) -> bool:
        """End a snooze; answer whether there was one."""
        was_snoozed = self.snoozed_for_s() > 0
        self._snooze = None
        return was_snoozed

    def snoozed_for_s(self) -> float:
        """Answer how long the snooze still lasts, in seconds; 0 without one."""
        return max(self._snooze.end_s - self._clock(), 0.0) if self._snooze else 0.0

    def snoozed_until(self) -> str:
        """Answer until when, as a clock shows it; empty without a snooze."""
        return self._snooze.shown if self._snooze and self.snoozed_for_s() > 0 else ""

    def switch_everything(self, *, on: bool) -> None:
        """Switch completion on or off."""
        self._everything = on

    def switch_language(self, language_id: str, *, on: bool) -> None:
        """Switch a language on or off."""
        self._languages[language_id] = on

    def switch_file(self, uri: str, *, on: bool) -> None:
        """Switch a document on or off; closing it changes nothing."""
        self._files.pop(uri, None)
        self._files[uri] = on
        if len(self._files) > MAX_FILES:
            del self._files[next(iter(self._files))]

    def file_is_on(self, uri: str) -> bool:
        """Tell whether a document was not switched off."""
        return self._files.get(uri, True)

    def over(self, settings: Settings) -> Settings:
        """Answer the settings with what was switched laid over them."""
        if self._everything is None and not self._languages:
            return settings
        enable = settings.enable if self._everything is None else self._everything
        return replace(settings, enable=enable, languages={**settings.languages, **self._languages})

    def off(self, uri: str) -> Silence | None:
        """Answer why nothing is suggested in a document, as far as no setting says it."""
        if self.killed:
            return Silence(Reason.KILL_SWITCH)
        return None if self.file_is_on(uri) else Silence(Reason.DISABLED_FILE)
