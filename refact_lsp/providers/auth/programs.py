"""Runs a program of the user's that prints a key: a limit of time and of output, no workspace."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp.config.paths import account_home, home, real_path
from refact_lsp.errors import RefactError
from refact_lsp.processes import Process, Stream, start

END_S = 1.0
"""How long a killed program is waited for."""


class ProgramError(RefactError):
    """A program could not be started, took too long or said too much."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that has ended; what it printed may hold a key and is kept out of `repr`."""

    code: int
    output: bytes = field(repr=False)
    errors: bytes = field(repr=False)


async def run_program(argv: Sequence[str], *, limit_s: float, max_bytes: int) -> Finished:
    """Run a program to its end, in the home directory; ProgramError where that fails."""
    process = await _started(argv)
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


async def _started(argv: Sequence[str]) -> Process:
    folder = home(os.environ)
    streams = (Stream.NOTHING, Stream.PIPE, Stream.PIPE)
    try:
        return await start(
            argv,
            environ=without_programs_of(Path.cwd(), os.environ),
            folder=folder if folder.is_dir() else None,
            streams=streams,
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "its name or an argument holds a NUL"
        raise ProgramError(f"{argv[0]!r} cannot be started: {why}.") from None


def without_programs_of(here: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Answer the environment with a PATH that leads to no program in the working directory.

    An editor starts us in a repository, whose programs may be on the PATH while it is worked on:
    none of them is the one that a user's file means. A directory that holds the home is none.
    """
    top, home_folder = real_path(here), real_path(account_home(environ))
    places = environ.get("PATH", "").split(os.pathsep)
    kept = [
        each
        for each in places
        if Path(each).is_absolute()
        and (home_folder.is_relative_to(top) or not real_path(Path(each)).is_relative_to(top))
    ]
    return {**environ, "PATH": os.pathsep.join(kept)} if "PATH" in environ else environ


async def _read(stream: asyncio.StreamReader | None, max_bytes: int) -> bytes:
    found = b""
    while stream is not None and (chunk := await stream.read(max_bytes + 1)):
        found += chunk
        if len(found) > max_bytes:
            raise OverflowError
    return found


async def _end(process: Process) -> None:
    process.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), END_S)
