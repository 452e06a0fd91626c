"""What is wrong with the user's files, as diagnostics where it stands: in the files themselves."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types as lsp

from refact_lsp.config.paths import real_path
from refact_lsp.config.problems import Problem, Severity
from refact_lsp.server.convert import to_lsp_range
from refact_lsp.server.edge import EdgeServer
from refact_lsp.session.session import Session
from refact_lsp.session.uris import path_of
from refact_lsp.text.lines import Position, Text, content_length
from refact_lsp.text.positions import Encoding

SOURCE = "refact-lsp"

MAX_BYTES = 1024 * 1024
"""What is read of a file to find its words; no file that is read for its settings is larger."""

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
}
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'"
_PLAIN = r"(?:[^\s:,#\[\]{}]|:(?=\S))+"
_TOKEN = re.compile(f"{_QUOTED}|{_PLAIN}|[^\\s]")


def register(server: EdgeServer, session: Session) -> None:
    """Publish all that is put up on the session's board of problems, and take it back."""
    publisher = _Publisher(server, session)
    session.problems.listen(publisher.want)


def diagnostics(
    problems: tuple[Problem, ...], text: Text, encoding: Encoding
) -> list[lsp.Diagnostic]:
    """Answer the problems of one file, each with the word it is about; pure."""
    return [
        lsp.Diagnostic(
            range=to_lsp_range(text, *_span(text, each), encoding),
            message=each.sentence,
            severity=_SEVERITIES[each.severity],
            source=SOURCE,
        )
        for each in problems
    ]


def _span(text: Text, problem: Problem) -> tuple[Position, Position]:
    """Answer the word that begins at a problem; the whole line where none does."""
    place = text.clamp(Position(max(problem.line - 1, 0), max(problem.column - 1, 0)))
    line = text.line(place.line)
    end = content_length(line)
    token = _TOKEN.match(line, place.column, end) if problem.line else None
    if token is not None:
        return place, Position(place.line, token.end())
    return Position(place.line, 0), Position(place.line, end)


@dataclass(slots=True)
class _Publisher:
    """Publishes what is on the board now: one at work at a time, the newest state always last."""

    server: EdgeServer
    session: Session
    _published: dict[str, list[lsp.Diagnostic]] = field(default_factory=dict)
    _is_wanted: bool = False
    _work: asyncio.Task[None] | None = None

    def want(self) -> None:
        """Publish soon."""
        self._is_wanted = True
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._publish_all())

    async def _publish_all(self) -> None:
        while self._is_wanted:
            self._is_wanted = False
            files = {
                file: found
                for file, found in self.session.problems.by_file().items()
                if file.endswith((".yaml", ".yml"))
            }
            open_texts = {each.uri: each.text for each in self.session.documents.snapshots()}
            encoding = self.session.documents.encoding
            before = dict(self._published)
            self._publish(await asyncio.to_thread(_render, files, open_texts, encoding, before))

    def _publish(self, now: Mapping[str, list[lsp.Diagnostic]]) -> None:
        gone = {uri: list[lsp.Diagnostic]() for uri in self._published.keys() - now.keys()}
        for uri, found in {**gone, **now}.items():
            if self._published.get(uri, []) != found:
                params = lsp.PublishDiagnosticsParams(uri=uri, diagnostics=found)
                self.server.text_document_publish_diagnostics(params)
        self._published = dict(now)


def _render(
    files: Mapping[str, tuple[Problem, ...]],
    open_texts: Mapping[str, Text],
    encoding: Encoding,
    before: Mapping[str, list[lsp.Diagnostic]],
) -> dict[str, list[lsp.Diagnostic]]:
    """Answer the diagnostics by URI: the editor's own where it has the file open.

    Those of a file that has just gone stay where they were: they are about to be taken back.
    """
    opened = {
        real_path(path): (uri, text)
        for uri, text in open_texts.items()
        if uri.endswith((".yaml", ".yml")) and (path := path_of(uri)) is not None
    }
    rendered: dict[str, list[lsp.Diagnostic]] = {}
    for file, problems in files.items():
        uri, text = opened.get(real_path(Path(file))) or (Path(file).absolute().as_uri(), None)
        known = _on_disk(Path(file)) if text is None else text
        if known is None and uri in before:
            rendered[uri] = before[uri]
        else:
            rendered[uri] = diagnostics(problems, known or Text(""), encoding)
    return rendered


def _on_disk(path: Path) -> Text | None:
    """Read a file as an editor would show it; None where that is not possible."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return Text(stream.read(MAX_BYTES).decode("utf-8-sig", "replace"))
    except OSError:
        return None
