"""Patterns for paths, written as in `.gitignore` or in Refact's `privacy.yaml`.

Where the two differ a pattern matches if either says so: a pattern restricts, so the wider reading
is the safe one. `*` therefore crosses `/`; a pattern that does not begin with `/` or a drive
matches at any depth; one that names a folder covers all in it. Names are compared folded.

No pattern is slow: a name is matched by an atomic expression, names of a path by going back to the
last `**` only, so the work is at most the length of the pattern times that of the path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fnmatch import translate
from functools import lru_cache

from refact_lsp.privacy.names import folded

MAX_PATTERN_CHARS = 1_000
_MAX_ALTERNATIVES = 64
_VARIABLE = re.compile(r"\$(?:\w+|\{\w+\})(?:/|\Z)")
_OTHER_HOME = re.compile(r"~[A-Za-z][\w.-]*/")
_BRACES = re.compile(r"\{([^{}]*)\}")


class _Compiled:
    """One pattern without braces: a whole expression, and one for each name in it."""

    __slots__ = ("is_anchored", "names", "only_name", "whole")

    def __init__(self, pattern: str) -> None:
        pattern = folded(pattern)
        pattern = pattern.removeprefix("~/")  # a home that nobody knows: at any depth
        self.is_anchored = pattern.startswith("/") or pattern[1:2] == ":"
        parts = [part for part in pattern.split("/") if part not in {"", "."}]
        lead = [] if self.is_anchored else ["**"]
        self.names = tuple(_name(part) for part in (*lead, *parts, "**"))
        is_name = len(parts) == 1 and not self.is_anchored
        self.only_name = self.names[1] if is_name else None
        self.whole = re.compile(translate(pattern.rstrip("/") or "/"), re.DOTALL)


def problem_of(pattern: str) -> str | None:
    """Answer why a pattern cannot be used, as the end of a sentence, or None."""
    return next((words for is_so, words in _WRONG if is_so(pattern)), None)


def _is_too_wide(pattern: str) -> bool:
    return len(_alternatives(pattern)) > _MAX_ALTERNATIVES


def matches(pattern: str, path: str, relative: str | None = None) -> bool:
    """Answer whether a pattern matches a folded path with `/`, absolute or relative to a root."""
    for compiled in _compiled(pattern):
        if _one_matches(compiled, path) or (relative and _one_matches(compiled, relative)):
            return True
    return False


class Patterns:
    """Many patterns at once, for the paths that a walk comes by from the top down.

    Says the same as `matches` for each, as long as the folders above a path were asked about
    before it. A pattern that cannot be used matches nothing.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        usable = [each for each in dict.fromkeys(patterns) if problem_of(each) is None]
        compiled = [each for pattern in usable for each in _compiled(pattern)]
        names = [each for each in compiled if each.only_name is not None]
        self._whole = _any_of(each.whole.pattern for each in compiled)
        self._name = _any_of(each.only_name.pattern for each in names if each.only_name)
        self._others = [each for each in compiled if each.only_name is None]

    def __bool__(self) -> bool:
        return self._whole is not None

    def match(self, path: str, relative: str) -> bool:
        """Answer whether any pattern matches a path with `/`, given whole and below its root."""
        if self._whole is None:
            return False
        path, relative = folded(path), folded(relative)
        if self._whole.match(path) or self._whole.match(relative):
            return True
        if self._name is not None and self._name.match(relative.rpartition("/")[2]):
            return True
        return any(
            _one_matches(each, path) or _one_matches(each, relative) for each in self._others
        )


def _any_of(expressions: Iterable[str]) -> re.Pattern[str] | None:
    together = "|".join(dict.fromkeys(expressions))
    return re.compile(together, re.DOTALL) if together else None


def _one_matches(compiled: _Compiled, path: str) -> bool:
    if compiled.whole.match(path):
        return True
    return _match_names(compiled.names, [part for part in path.split("/") if part])


def _match_names(names: tuple[re.Pattern[str] | None, ...], parts: list[str]) -> bool:
    """Match names one by one; None stands for `**`. Only the last `**` is ever widened."""
    at = here = 0
    retry_at, retry_here = -1, 0
    while here < len(parts):
        if at < len(names) and (name := names[at]) is None:
            retry_at, retry_here = at, here
            at += 1
        elif at < len(names) and name is not None and name.match(parts[here]):
            at, here = at + 1, here + 1
        elif retry_at >= 0:
            retry_here += 1
            at, here = retry_at + 1, retry_here
        else:
            return False
    return all(name is None for name in names[at:])


def _name(part: str) -> re.Pattern[str] | None:
    return None if part == "**" else re.compile(translate(part), re.DOTALL)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> tuple[_Compiled, ...]:
    return tuple(_Compiled(each) for each in _alternatives(pattern))


def _alternatives(pattern: str) -> list[str]:
    """Write out `{a,b}`, innermost first; stop once there are too many."""
    done: list[str] = []
    waiting = [pattern]
    while waiting and len(done) + len(waiting) <= _MAX_ALTERNATIVES:
        one = waiting.pop()
        found = _BRACES.search(one)
        if found is None:
            done.append(one)
            continue
        head, tail = one[: found.start()], one[found.end() :]
        waiting += [f"{head}{choice}{tail}" for choice in found.group(1).split(",")]
    return done + waiting


_WRONG: tuple[tuple[Callable[[str], object], str], ...] = (
    (lambda pattern: not pattern.strip(), "is empty"),
    (
        lambda pattern: len(pattern) > MAX_PATTERN_CHARS,
        f"is longer than {MAX_PATTERN_CHARS} characters",
    ),
    (
        lambda pattern: pattern.startswith("!"),
        "makes an exception, and a rule can only restrict",
    ),
    (lambda pattern: "\\" in pattern, "has a backslash; write / between folders"),
    (
        lambda pattern: ".." in re.split(r"[/{},]", pattern),
        "has `..` in it, and paths are compared without; write the folder itself",
    ),
    (
        _VARIABLE.match,
        "begins with a variable, which is not replaced; write ~/ or the whole path",
    ),
    (_OTHER_HOME.match, "begins with the home of a user; write ~/ for yours, or the whole path"),
    (_is_too_wide, f"stands for more than {_MAX_ALTERNATIVES} patterns"),
)
"""What can be wrong, in this order: what takes long is asked of a short pattern only."""
