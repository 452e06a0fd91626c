"""From what a file says about a key to the key: each program and keyring is asked once.

Typing asks for the same key again and again; neither a program that opens a dialogue nor one that
fails may run each time.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from refact_lsp.config.redaction import redact
from refact_lsp.config.secret import (
    CommandKey,
    EnvironmentKey,
    KeyringKey,
    KeySource,
    Secret,
)
from refact_lsp.errors import ConfigError, RefactError
from refact_lsp.masking import MASK
from refact_lsp.providers.auth import keyrings
from refact_lsp.providers.auth.hygiene import clean_key
from refact_lsp.providers.auth.programs import Finished, ProgramError, run_program

PROGRAM_LIMIT_S = 10.0
KEYRING_LIMIT_S = 60.0
"""A keyring may have to ask the user for its password first."""

MAX_OUTPUT_BYTES = 64 * 1024
FAILURE_S = 300.0
"""A failure is not tried again for five minutes, unless somebody asks for that (`forget`)."""

_PLAIN_WORD = re.compile(r"[\[(\"'`]*([A-Z]?[a-z]{1,12}|[A-Z]{1,8})[\])\"'`.,:;!?]*")


class Runner(Protocol):
    """Starts a program; `programs.run_program` is the one."""

    def __call__(
        self, argv: Sequence[str], *, limit_s: float, max_bytes: int
    ) -> Awaitable[Finished]:
        """Answer what became of it."""


class Keys:
    """The keys of one process; belongs to one event loop, and does its waiting off it."""

    def __init__(
        self, run: Runner = run_program, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._run = run
        self._clock = clock
        self._asked: dict[KeySource, asyncio.Task[Secret]] = {}
        self._failed: dict[KeySource, tuple[float, str]] = {}

    async def reveal(self, source: KeySource) -> Secret:
        """Answer the key; ConfigError in one sentence, without any of it, where there is none."""
        match source:
            case Secret():
                key = clean_key(source.reveal(), "The key in the file or its variable")
                return source if key == source.reveal() else Secret(key)
            case EnvironmentKey():
                sentence = f"The environment has no variable {source.name};"
                raise ConfigError(f"{sentence} set it, and start the editor anew.")
        when, sentence = self._failed.get(source, (float("-inf"), ""))
        if self._clock() - when < FAILURE_S:
            raise ConfigError(sentence)
        task = self._asked.get(source)
        if task is None:
            task = self._asked[source] = asyncio.ensure_future(self._fetch(source))
            task.add_done_callback(_note)
        return await asyncio.shield(task)  # one who gives up must not take it from the others

    def forget(self, source: KeySource | None = None) -> None:
        """Ask anew for a key that was refused, or for all: settings changed, or the user wants."""
        for each in [source] if source is not None else [*self._asked, *self._failed]:
            self._failed.pop(each, None)
            if (task := self._asked.get(each)) is not None and task.done():
                del self._asked[each]

    async def _fetch(self, source: CommandKey | KeyringKey) -> Secret:
        try:
            return await self._ask(source)
        except RefactError as error:
            self._failed[source] = (self._clock(), str(error))
            self._asked.pop(source, None)
            raise ConfigError(str(error)) from None

    async def _ask(self, source: CommandKey | KeyringKey) -> Secret:
        if isinstance(source, CommandKey):
            return await self._of_program(source)
        waiting = asyncio.to_thread(keyrings.look_up, source.service, source.user)
        try:
            found = await asyncio.wait_for(waiting, KEYRING_LIMIT_S)
        except TimeoutError:
            raise ConfigError("The keyring did not answer; is it locked?") from None
        return Secret(clean_key(found, f"The keyring's entry {source.service}/{source.user}"))

    async def _of_program(self, source: CommandKey) -> Secret:
        where = f"The program {source.argv[0]!r} that gives the key"
        try:
            done = await self._run(source.argv, limit_s=PROGRAM_LIMIT_S, max_bytes=MAX_OUTPUT_BYTES)
        except ProgramError as error:
            raise ConfigError(f"The key's program: {error}") from None
        if done.code:
            said = harmless(done.errors)
            raise ConfigError(f"{where} ended with code {done.code}{said and f': {said}'}.")
        first = done.output.decode("utf-8-sig", "replace").lstrip("\r\n").partition("\n")[0]
        return Secret(clean_key(first, where))


def _note(task: asyncio.Task[Secret]) -> None:
    """Look at a failure that nobody waits for any more; asyncio would log it as lost."""
    if not task.cancelled():
        task.exception()


def harmless(errors: bytes) -> str:
    """Answer the first line of a program's complaint, only ordinary words of it readable.

    What the program tried to print may be the key, which nobody here knows: every word with a
    digit, a sign inside, mixed case or more than twelve letters is masked.
    """
    lines = redact(errors.decode("utf-8", "replace")).strip().splitlines()
    words = lines[0][:400].split() if lines else []
    shown = [each if _PLAIN_WORD.fullmatch(each) else MASK for each in words[:24]]
    return " ".join(shown).rstrip(".")
