"""From what a file says about a key to the key, and what is told where there is none."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest

from refact_lsp.config.secret import CommandKey, EnvironmentKey, KeyringKey, KeySource, Secret
from refact_lsp.errors import ConfigError
from refact_lsp.providers.auth.hygiene import clean_key
from refact_lsp.providers.auth.keys import FAILURE_S, Keys, harmless
from refact_lsp.providers.auth.programs import Finished, ProgramError, run_program
from tests.keyring_backend import FileKeyring, TellingKeyring

KEY = "sk-4f19c2d7a8b3"
COMMAND = CommandKey(("pass", "show", "openai"))
ENTRY = KeyringKey("service", "user")


@dataclass
class Program:
    """A program that counts how often it is run, and ends when it may."""

    answer: Finished = field(default_factory=lambda: Finished(0, f"{KEY}\nmore\n".encode(), b""))
    error: str = ""
    runs: list[Sequence[str]] = field(default_factory=list)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, argv: Sequence[str], *, limit_s: float, max_bytes: int) -> Finished:
        assert limit_s <= 10
        assert max_bytes <= 100_000
        self.runs.append(argv)
        await self.may_end.wait()
        if self.error:
            raise ProgramError(self.error)
        return self.answer


@pytest.fixture
def program() -> Program:
    made = Program()
    made.may_end.set()
    return made


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> FileKeyring:
    ring = FileKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", ring)
    return ring


async def refusal(keys: Keys, source: KeySource) -> str:
    with pytest.raises(ConfigError) as failure:
        await keys.reveal(source)
    assert KEY not in repr(failure.value)
    return str(failure.value)


async def test_program_runs_once_however_many_ask(program: Program) -> None:
    program.may_end.clear()
    keys = Keys(program)
    waiting = [asyncio.ensure_future(keys.reveal(COMMAND)) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    program.may_end.set()
    assert await asyncio.gather(*waiting[1:]) == [Secret(KEY)] * 4
    assert await keys.reveal(COMMAND) == Secret(KEY)
    assert program.runs == [("pass", "show", "openai")]


async def test_failure_is_remembered_for_a_while_and_forgotten_on_request(
    program: Program,
) -> None:
    now = [0.0]
    program.answer = Finished(3, b"", b"")
    keys = Keys(program, clock=lambda: now[0])
    sentence = "The program 'pass' that gives the key ended with code 3."
    assert await refusal(keys, COMMAND) == sentence
    now[0] = FAILURE_S - 1
    assert await refusal(keys, COMMAND) == sentence
    assert len(program.runs) == 1
    keys.forget(COMMAND)
    await refusal(keys, COMMAND)
    assert len(program.runs) == 2
    now[0] += FAILURE_S
    program.answer = Finished(0, KEY.encode(), b"")
    assert await keys.reveal(COMMAND) == Secret(KEY)
    keys.forget()
    await keys.reveal(COMMAND)
    assert len(program.runs) == 4


async def test_program_that_cannot_run_is_told(program: Program) -> None:
    program.error = "'pass' did not end within 10 s."
    assert (
        await refusal(Keys(program), COMMAND)
        == "The key's program: 'pass' did not end within 10 s."
    )


async def test_complaint_of_a_program_is_shown_without_what_may_be_a_key(program: Program) -> None:
    program.answer = Finished(
        1, KEY.encode(), f"ERROR: vault is locked ({KEY}), q1 aBcD\nx".encode()
    )
    said = await refusal(Keys(program), COMMAND)
    assert said.endswith("ended with code 1: ERROR: vault is locked **** **** ****.")


@pytest.mark.parametrize(
    "key", ["sk-12ab34cd", "ABCDEFGHIJKL", "aVeryMixedWord", "abcdefghijklmnopq", "a1", "x=y", "é"]
)
def test_word_that_may_be_a_key_is_masked(key: str) -> None:
    assert harmless(f"not '{key}' found".encode()) == "not **** found"


async def test_keyring_is_asked_off_the_loop_and_once(ring: FileKeyring) -> None:
    ring.set_password("service", "user", f" {KEY}\n")
    keys = Keys()
    assert await keys.reveal(ENTRY) == Secret(KEY)
    ring.set_password("service", "user", "another-key-77")
    assert await keys.reveal(ENTRY) == Secret(KEY)


async def test_missing_entry_says_how_to_store_one(ring: FileKeyring) -> None:
    said = await refusal(Keys(), ENTRY)
    assert said == (
        "The keyring has no entry service/user; store one with: refact-lsp keys set user"
    )


async def test_keyring_that_refuses_never_tells_its_own_words(
    ring: FileKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.set_password("service", "user", KEY)
    monkeypatch.setattr(keyring.core, "_keyring_backend", TellingKeyring())
    assert (await refusal(Keys(), ENTRY)).startswith("The keyring refused (RuntimeError);")


async def test_no_keyring_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = keyring.backends.fail.Keyring()  # type: ignore[no-untyped-call]  # the package's own
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    said = await refusal(Keys(), ENTRY)
    assert said.startswith("This system has no keyring that is running. Write `api_key: $NAME`")


async def test_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    said = await refusal(Keys(), ENTRY)
    assert said.startswith("The package `keyring` is not installed (pip install")


async def test_missing_variable_is_named() -> None:
    said = await refusal(Keys(), EnvironmentKey("OPENAI_API_KEY"))
    assert said.startswith("The environment has no variable OPENAI_API_KEY;")


@pytest.mark.parametrize(
    "around",
    ["{}", " {} ", "\ufeff{}\r\n", "\n\n{}\n", "\u200b{}\u200b", " \ufeff {}", "\u00a0{}\t"],
)
async def test_what_surrounds_a_key_is_taken_away(around: str) -> None:
    assert await Keys().reveal(Secret(around.format(KEY))) == Secret(KEY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "only emptiness"),
        (" \n", "only emptiness"),
        ("sk-4f19\nc2d7", "several lines"),
        ("sk-4f19 c2d7", "a space stands in it"),
        ("sk-4f19\u2013c2d7", "outside of ASCII"),
        ("sk-4f19\u200bc2d7", "outside of ASCII"),
        ("sk-4f19\x00c2d7", "control character"),
        ("Bearer sk-4f19c2d7", "`Bearer` stands before"),
        ('"sk-4f19c2d7"', "in quotes"),
        ("k" * 20_000, "longer than 16384"),
    ],
)
def test_text_that_is_no_key_is_refused_without_being_shown(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as failure:
        clean_key(text, "The key")
    assert "4f19" not in str(failure.value)


async def test_real_program_gets_no_shell_no_input_and_no_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code = "import os, sys; print(sys.argv[1], os.getcwd(), repr(sys.stdin.read()))"
    argv = (sys.executable, "-c", code, "$HOME; rm x")
    done = await run_program(argv, limit_s=20, max_bytes=1000)
    assert (done.code, done.output.decode()) == (0, f"$HOME; rm x {home} ''\n")
    assert "rm x" not in repr(done)


@pytest.mark.parametrize(
    ("code", "limit_s", "told"),
    [
        ("import time; time.sleep(60)", 0.2, "did not end within 0.2 s"),
        ("while True: print('x' * 1000)", 20, "printed more than 1000 bytes"),
    ],
)
async def test_program_without_an_end_is_ended(code: str, limit_s: float, told: str) -> None:
    with pytest.raises(ProgramError, match=told):
        await run_program((sys.executable, "-c", code), limit_s=limit_s, max_bytes=1000)


async def test_program_that_is_not_there_is_named() -> None:
    with pytest.raises(ProgramError, match="'no-such-program' cannot be started: No such file"):
        await run_program(("no-such-program", KEY), limit_s=1, max_bytes=10)
