"""What is wrong with the user's files: a board for all to see, and one message for a change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp.config.problems import Problem, Severity
from refact_lsp.session.condition.notices import Notices


@dataclass(slots=True)
class ProblemBoard:
    """The problems of files, each source putting up its own.

    A source is a short stable name: "providers", "privacy". Listeners hear each time that one
    puts up something, also when it is the same as before: the text around may be another.
    """

    _by_source: dict[str, tuple[Problem, ...]] = field(default_factory=dict)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def put(self, source: str, problems: Iterable[Problem]) -> None:
        """Put up what a source has found now, in the place of what it had found before."""
        self._by_source[source] = tuple(problems)
        for listener in self._listeners:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` each time that something is put up."""
        self._listeners.append(listener)

    def by_file(self) -> Mapping[str, tuple[Problem, ...]]:
        """Answer all problems, by the path of their file."""
        files: dict[str, tuple[Problem, ...]] = {}
        for problem in (each for found in self._by_source.values() for each in found):
            files[problem.file] = (*files.get(problem.file, ()), problem)
        return files


@dataclass(slots=True)
class ProblemNotice:
    """Tells in one message what has become wrong with files; what stays as it was is not told.

    `cause` is the notices' name for it, `files` what people call these files.
    """

    notices: Notices
    cause: str
    files: str
    _known: frozenset[tuple[str, str]] = frozenset()

    def tell(self, problems: Iterable[Problem], folder: Path, kept: Iterable[str] = ()) -> None:
        """Tell the problems if one of them is new; paths are shown from `folder` on.

        `kept` names the providers that stay as they were while their file is broken.
        """
        found = tuple(problems)
        before, self._known = self._known, frozenset(map(_identity, found))
        new = [each for each in found if _identity(each) not in before]
        if new or not found:
            self.notices.forget(self.cause)
        if new:
            sentence = self._sentence(_worst(new), len(found), folder)
            names = ", ".join(kept)
            stays = f" Until then the last good settings stay in force: {names}." if names else ""
            self.notices.tell(self.cause, sentence + stays)

    def _sentence(self, first: Problem, count: int, folder: Path) -> str:
        place = f"{first.file}:{first.line}:{first.column}" if first.line else first.file
        told = f"{place.removeprefix(f'{folder}/')}: {first.sentence}"
        if count == 1:
            return f"1 problem in {self.files}: {told}"
        lists_all = "`refact-lsp config check` lists all."
        return f"{count} problems in {self.files}; the first: {told} {lists_all}"


def _identity(problem: Problem) -> tuple[str, str]:
    """A problem stays the same when lines are written above it."""
    return problem.file, problem.sentence


def _worst(problems: list[Problem]) -> Problem:
    errors = (each for each in problems if each.severity is Severity.ERROR)
    return next(errors, problems[0])
