"""Starts programs of the user's: no shell, a limit of time and of output, nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp.errors import RefactError


class ProgramError(RefactError):
    """A program could not be started, took too long or said too much."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that has ended; what it printed may hold a key and is kept out of `repr`."""

    code: int
    output: bytes = field(repr=False)
    errors: bytes = field(repr=False)


async def run_program(argv: Sequence[str], *, limit_s: float, max_bytes: int) -> Finished:
    """Run a program to its end, away from any workspace; ProgramError where that fails."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=Path.home() if Path.home().is_dir() else None,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name or an argument holds a NUL"
        raise ProgramError(f"{argv[0]!r} cannot be started: {why}.") from None
    try:
        async with asyncio.timeout(limit_s):
            output, errors = await asyncio.gather(
                _read(process.stdout, max_bytes), _read(process.stderr, max_bytes)
            )
            return Finished(await process.wait(), output, errors)
    except TimeoutError:
        raise ProgramError(f"{argv[0]!r} did not end within {limit_s:g} s.") from None
    except OverflowError:
        raise ProgramError(f"{argv[0]!r} printed more than {max_bytes} bytes.") from None
    finally:
        await _end(process)


async def _read(stream: asyncio.StreamReader | None, max_bytes: int) -> bytes:
    found = b""
    while stream is not None and (chunk := await stream.read(max_bytes + 1)):
        found += chunk
        if len(found) > max_bytes:
            raise OverflowError
    return found


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill it with all it started, where it still runs."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
