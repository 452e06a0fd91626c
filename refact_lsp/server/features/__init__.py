"""What the server does for an editor: one module a feature, each registering its handlers.

A handler is a plain function that takes its snapshot at once and answers a value or an awaitable.
"""

from __future__ import annotations

from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.features import (
    commands,
    completion,
    diagnostics,
    index_progress,
    inline_completion,
    reports,
    status,
    workspace,
)
from refact_lsp.session.session import Session

FEATURES = (
    inline_completion,
    completion,
    commands,
    reports,
    workspace,
    index_progress,
    status,
    diagnostics,
)


def register(server: EdgeServer, session: Session) -> None:
    """Register all features."""
    for feature in FEATURES:
        feature.register(server, session)
