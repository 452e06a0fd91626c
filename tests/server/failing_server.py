"""The real server with a model that fails, waits or answers as the text before the cursor says."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator

from refact_lsp.messages import CompletionModel, FimRequest, Finish, StreamEvent, TextDelta
from refact_lsp.server.app import build_server
from refact_lsp.server.edge import EdgeServer
from refact_lsp.server.transport import transports
from refact_lsp.session.session import Session


class ScriptedModel:
    """Reads its last order in the prefix: `fail CODE NOTE`, `wait`, or `answer TEXT`."""

    id = "test/scripted"
    destination = None

    async def stream(self, request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Do what the text says."""
        order = re.findall(r"(fail|wait|answer)(?: (\w+)(?: (.*))?)?\n", request.prefix)[-1]
        match order:
            case ("fail", code, note):
                yield Finish(code, f"{note}, {len(request.prefix)} characters")
            case ("answer", text, _):
                yield TextDelta(text)
                yield Finish("stop")
            case _:
                await asyncio.Event().wait()


class ScriptedSession(Session):
    """A session whose completion model is the scripted one."""

    def completion_model(self) -> CompletionModel:
        """Answer the scripted model."""
        return ScriptedModel()


def factory() -> EdgeServer:
    """Build the server."""
    return build_server(ScriptedSession(os.environ))


if __name__ == "__main__":
    sys.exit(transports.run_stdio(factory))
