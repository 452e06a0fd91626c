"""`textDocument/completion`: the same suggestions in an ordinary menu.

The items go last, are marked as ours, and the list is always incomplete: the editor asks again at
the next key, which costs nothing, because what was suggested is remembered.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable

from lsprotocol import types as lsp

from refact_lsp.completion.candidate import Candidate, Outcome, Proposal
from refact_lsp.completion.gate import Kind
from refact_lsp.config.settings import Popup, Trigger
from refact_lsp.server import convert
from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.features.accept import accept_command
from refact_lsp.session.session import Session
from refact_lsp.text.lines import Position
from refact_lsp.text.snapshot import DocumentSnapshot

LABEL_CHARS = 60
TRIGGERS = ".([{,=: "
"""After these a rest of a line is worth a look; editors ask by themselves inside words."""

SORTED_LAST = "\U0010fffd"
_WORD = re.compile(r"\w+\Z")


def register(server: EdgeServer, session: Session) -> None:
    """Answer the method; its options may be narrowed when the client is known."""

    @server.feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        lsp.CompletionOptions(trigger_characters=list(TRIGGERS), resolve_provider=False),
    )
    def completion(params: lsp.CompletionParams) -> Awaitable[lsp.CompletionList]:
        uri = params.text_document.uri
        snapshot = session.documents.get(uri)
        if snapshot is None or not is_wanted(session):
            return _nothing()
        position = convert.to_position(snapshot.text, params.position, session.documents.encoding)
        kind = _kind(session, params.context)
        answer = session.inline.ask(uri, position, kind, for_menu=True)
        return _answer(session, snapshot, position, answer)


def is_wanted(session: Session) -> bool:
    """Whether the menu gets suggestions: the user's setting first, then what the client needs."""
    if session.settings.popup is not Popup.AUTO:
        return session.settings.popup is Popup.ALWAYS
    profile = session.client.profile.popup if session.client else "auto"
    return not session.inline_was_asked if profile == "auto" else profile == "always"


def _kind(session: Session, context: lsp.CompletionContext | None) -> Kind:
    """Tell a request by key from typing, where the editor marks them apart or only keys count."""
    if context is not None and context.trigger_kind != lsp.CompletionTriggerKind.Invoked:
        return Kind.AUTOMATIC
    is_told = session.client is not None and session.client.profile.menu_invoked == "key"
    manual = session.settings.trigger is Trigger.MANUAL
    return Kind.INVOKED if is_told or manual else Kind.AUTOMATIC


async def _nothing() -> lsp.CompletionList:
    return lsp.CompletionList(is_incomplete=False, items=[])


async def _answer(
    session: Session,
    snapshot: DocumentSnapshot,
    position: Position,
    answer: asyncio.Future[Outcome],
) -> lsp.CompletionList:
    outcome = await session.inline.wait(answer, snapshot.uri)
    found = outcome.candidates if isinstance(outcome, Proposal) else ()
    items = [_item(session, snapshot, position, each) for each in found]
    return lsp.CompletionList(is_incomplete=True, items=items)


def _item(
    session: Session, snapshot: DocumentSnapshot, position: Position, candidate: Candidate
) -> lsp.CompletionItem:
    match = _WORD.search(snapshot.prefix_line(position))
    word = match.group() if match else ""
    start = Position(position.line, position.column - len(word))
    end = Position(position.line, position.column + candidate.overwrite)
    text = convert.insert_text(session, snapshot, word + candidate.text)
    return lsp.CompletionItem(
        label=label(word + candidate.text),
        label_details=lsp.CompletionItemLabelDetails(description="refact"),
        kind=lsp.CompletionItemKind.Text,
        detail=f"refact: {candidate.note or candidate.source}",
        documentation=word + candidate.text,
        filter_text=(word + candidate.text).split("\n", 1)[0],
        sort_text=SORTED_LAST,
        insert_text_format=lsp.InsertTextFormat.PlainText,
        insert_text_mode=lsp.InsertTextMode.AsIs,
        text_edit=lsp.TextEdit(
            convert.to_lsp_range(snapshot.text, start, end, session.documents.encoding), text
        ),
        command=accept_command(session, snapshot.uri, candidate),
    )


def label(text: str) -> str:
    """Answer what a menu shows: the first line, shortened, with a mark for what is left out."""
    first, _, rest = text.strip().partition("\n")
    short = first if len(first) <= LABEL_CHARS else first[: LABEL_CHARS - 1].rstrip()
    return f"{short} …" if rest or short != first else short
