"""From a thread to the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


def post(loop: asyncio.AbstractEventLoop, call: Callable[..., object], *arguments: object) -> bool:
    """Call something on the loop; False when the loop is closed, and nobody listens any more."""
    try:
        loop.call_soon_threadsafe(call, *arguments)
    except RuntimeError:
        return False
    return True
