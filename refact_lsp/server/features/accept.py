"""The command that every suggestion carries, run by editors after they inserted it."""

from __future__ import annotations

from lsprotocol import types as lsp

from refact_lsp.completion.candidate import Candidate
from refact_lsp.session.session import Session

ACCEPTED = "refact.completionAccepted"


def accept_command(session: Session, uri: str, candidate: Candidate) -> lsp.Command:
    """Register a candidate as offered; answer the command that reports its acceptance."""
    identity = session.acceptance.offer(uri, candidate, session.clock())
    return lsp.Command(title="Accept the suggestion", command=ACCEPTED, arguments=[identity])
