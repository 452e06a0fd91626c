"""Runs a server's coroutine as the life of the process: signals, and an exit nothing can delay."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

logger = logging.getLogger(__name__)

Main = Callable[["asyncio.Future[int]"], Coroutine[Any, Any, int]]
"""Serves until it is done, or until the future has an exit code; answers the exit code."""

FAREWELL_S = 0.15
"""How long tasks may take to end by themselves."""

LEFTOVERS_S = 0.1
"""How long cancelled tasks may take to end."""

LEAVE_S = 0.3
"""How long threads that still work may hold the process after that."""

_EXIT_CODES = {"SIGTERM": 0, "SIGHUP": 0, "SIGBREAK": 0, "SIGINT": 130}


def run(main: Main) -> int:
    """Run to the end; answer the exit code. From then on the process has `LEAVE_S` to live."""
    # What was imported stays: collections need never look at it again. (Importing without them
    # takes a tenth less time, and 10 MB more for good: LSP's types leave much behind.)
    gc.freeze()
    loop = asyncio.new_event_loop()
    stop: asyncio.Future[int] = loop.create_future()
    _hear_signals(loop, stop)
    code = 1
    try:
        code = loop.run_until_complete(main(stop))
    finally:
        loop.run_until_complete(_end_leftovers())
        loop.close()
        leave_within(LEAVE_S, code)
    return code


def leave_within(limit_s: float, code: int) -> None:
    """End the process after a while, whatever its threads still do.

    The interpreter waits for worker threads at its end; one that computes or hangs in a read would
    keep a process whose editor is gone.
    """

    def leave() -> None:
        time.sleep(limit_s)
        os._exit(code)

    threading.Thread(target=leave, name="leave", daemon=True).start()


async def _end_leftovers() -> None:
    """Let tasks see their children out, who were told to end; then cancel what is left."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if tasks:
        _, tasks = await asyncio.wait(tasks, timeout=FAREWELL_S)
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=LEFTOVERS_S)


def _hear_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Future[int]) -> None:
    def end(name: str) -> None:
        if not stop.done():
            logger.info("signal name=%s", name)
            stop.set_result(_EXIT_CODES[name])

    for name in _EXIT_CODES:
        number = getattr(signal, name, None)  # which exist depends on the system
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, end, name)
        except NotImplementedError:  # Windows
            signal.signal(
                number,
                lambda *_, name=name: loop.call_soon_threadsafe(end, name),
            )
