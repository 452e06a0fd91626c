"""The starting of programs: the only place in the package that does.

What to run is a list of arguments, never a line for a shell. A program gets the three streams and
the environment that it is given here, and no other open file of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from enum import IntEnum
from pathlib import Path

MAX_LINE_BYTES = 65_536


class Process(asyncio.subprocess.Process):
    """A running program with its streams."""

    def __init__(
        self,
        transport: asyncio.SubprocessTransport,
        protocol: asyncio.subprocess.SubprocessStreamProtocol,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(transport, protocol, loop)
        self._streams = transport

    def close(self) -> None:
        """Let go of its streams, read or not, and kill it where it still runs.

        A child of its own may hold them open long after it has ended.
        """
        self._streams.close()


class Stream(IntEnum):
    """What one of a program's three streams is tied to."""

    PIPE = asyncio.subprocess.PIPE
    NOTHING = asyncio.subprocess.DEVNULL


async def start(
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str],
    folder: Path | None = None,
    streams: tuple[Stream, Stream, Stream | None] = (Stream.PIPE, Stream.PIPE, Stream.PIPE),
    max_line_bytes: int = MAX_LINE_BYTES,
) -> Process:
    """Start a program; OSError when that fails.

    `streams` are its standard input, output and error; an error stream of None is our own, for a
    program that a person runs in a terminal. `folder` is where it runs, ours by default.
    """
    if isinstance(arguments, str) or not arguments:
        raise ValueError("A program is started by a list of arguments.")
    stdin, stdout, stderr = streams
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.subprocess_exec(
        lambda: asyncio.subprocess.SubprocessStreamProtocol(limit=max_line_bytes, loop=loop),
        *arguments,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        close_fds=True,
        env=dict(environ),
        cwd=folder,
    )
    return Process(transport, protocol, loop)
