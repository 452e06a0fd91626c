"""`textDocument/inlineCompletion` (LSP 3.18)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from lsprotocol import types as lsp

from refact_lsp.completion.candidate import Candidate, Outcome, Proposal
from refact_lsp.completion.gate import Kind
from refact_lsp.completion.reasons import Reason
from refact_lsp.server import convert
from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.features.accept import accept_command
from refact_lsp.session.inline import Selected
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

LEAVES_GHOST_TEXT = {Reason.SUPERSEDED, Reason.STALE_VERSION, Reason.SHUTTING_DOWN}
"""After these another answer comes, so what the editor shows now may stay."""


def register(server: EdgeServer, session: Session) -> None:
    """Answer the method."""

    @server.feature(lsp.TEXT_DOCUMENT_INLINE_COMPLETION, lsp.InlineCompletionOptions())
    def inline_completion(
        params: lsp.InlineCompletionParams,
    ) -> Awaitable[lsp.InlineCompletionList | None]:
        session.inline_was_asked = True
        uri = params.text_document.uri
        snapshot = session.documents.get(uri)
        position = _position(session, snapshot, params.position)
        by_hand = params.context.trigger_kind == lsp.InlineCompletionTriggerKind.Invoked
        kind = Kind.INVOKED if by_hand else Kind.AUTOMATIC
        selected = _selected(session, snapshot, params.context.selected_completion_info)
        answer = session.inline.ask(uri, position, kind, selected)
        return _answer(session, snapshot, position, answer)


def _position(
    session: Session, snapshot: DocumentSnapshot | None, position: lsp.Position
) -> Position:
    if snapshot is None:
        return Position(0, 0)
    return convert.to_position(snapshot.text, position, session.documents.encoding)


def _selected(
    session: Session, snapshot: DocumentSnapshot | None, info: lsp.SelectedCompletionInfo | None
) -> Selected | None:
    if snapshot is None or info is None:
        return None
    return Selected(_position(session, snapshot, info.range.start), info.text)


async def _answer(
    session: Session,
    snapshot: DocumentSnapshot | None,
    position: Position,
    answer: asyncio.Future[Outcome],
) -> lsp.InlineCompletionList | None:
    uri = snapshot.uri if snapshot else ""
    outcome = await session.inline.wait(answer, uri)
    if isinstance(outcome, Proposal) and snapshot is not None:
        items = [_item(session, snapshot, position, each) for each in outcome.candidates]
        return lsp.InlineCompletionList(items)
    nulls = session.client is not None and session.client.profile.superseded == "null"
    silent = None if isinstance(outcome, Proposal) else outcome.reason
    if nulls and silent in LEAVES_GHOST_TEXT:
        return None
    return lsp.InlineCompletionList([])


def _item(
    session: Session, snapshot: DocumentSnapshot, position: Position, candidate: Candidate
) -> lsp.InlineCompletionItem:
    end = Position(position.line, position.column + candidate.overwrite)
    return lsp.InlineCompletionItem(
        insert_text=convert.insert_text(session, snapshot, candidate.text),
        range=convert.to_lsp_range(snapshot.text, position, end, session.documents.encoding),
        command=accept_command(session, snapshot.uri, candidate),
    )
