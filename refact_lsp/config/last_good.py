"""What stays in force when a file of the user's breaks: what it said when it was last right. Pure.

A file that was broken from the start has nothing to stay. One that is gone, and one that says
`enabled: false`, has its provider out of use whatever was before.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from refact_lsp.config.problems import Problem, Severity
from refact_lsp.config.resolve import Instance, Providers

_SWITCHED_OFF = re.compile(
    rb"^[\"']?enabled[\"']?[ \t]*:[ \t]*[\"']?(?:false|no|off|n|0)[\"']?[ \t]*(?:#.*)?\r?$",
    re.IGNORECASE | re.MULTILINE,
)


def keep_last_good(
    before: Providers, now: Providers, switched_off: Collection[str] = ()
) -> tuple[Providers, tuple[str, ...]]:
    """Put what was in force before in the place of what broke; answer the names of those kept.

    `switched_off` names the files that are off by intent, though they cannot be read as a whole.
    """
    broken = {each.file for each in now.problems if each.severity is Severity.ERROR}
    kept = {
        name: good
        for name, each in now.instances.items()
        if each.off and each.file in broken and each.file not in switched_off
        if (good := before.instances.get(name)) and _is_good(good, each)
    }
    return Providers({**now.instances, **kept}, now.problems), tuple(kept)


def _is_good(good: Instance, broken: Instance) -> bool:
    return not good.off and good.file == broken.file


def is_broken(problems: Collection[Problem]) -> bool:
    """Answer whether what a file says cannot be used: one error is enough."""
    return any(each.severity is Severity.ERROR for each in problems)


def switches_off(content: bytes) -> bool:
    """Answer whether a file that cannot be read as a whole has a line that switches it off."""
    return _SWITCHED_OFF.search(content) is not None
