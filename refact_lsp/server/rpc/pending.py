"""The requests that are not answered yet; each is answered once, whoever comes first."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from refact_lsp.server.rpc.envelope import MessageId


@dataclass(slots=True, eq=False)
class Pending:
    """One request until it is answered, and the task that works on it, if it needs one."""

    id: MessageId
    method: str
    task: asyncio.Future[Any] | None = None


class PendingRequests:
    """Every unanswered request; clients may give several the same id."""

    def __init__(self) -> None:
        self._by_id: dict[MessageId, list[Pending]] = {}

    def add(self, request_id: MessageId, method: str) -> Pending:
        """Take a request that has come."""
        pending = Pending(request_id, method)
        self._by_id.setdefault(request_id, []).append(pending)
        return pending

    def settle(self, pending: Pending) -> bool:
        """Strike a request off; False when it was answered before."""
        waiting = self._by_id.get(pending.id, [])
        if pending not in waiting:
            return False
        waiting.remove(pending)
        if not waiting:
            del self._by_id[pending.id]
        return True

    def under(self, request_id: MessageId) -> tuple[Pending, ...]:
        """Answer the requests with an id."""
        return tuple(self._by_id.get(request_id, ()))

    def at_work(self) -> tuple[Pending, ...]:
        """Answer the requests that a task works on."""
        every = (pending for waiting in self._by_id.values() for pending in waiting)
        return tuple(pending for pending in every if pending.task is not None)
