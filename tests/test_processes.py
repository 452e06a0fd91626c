from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest

from refact_lsp.processes import Stream, start

SHOW = "import os, sys; print(sys.argv[1:], dict(os.environ), os.getcwd())"


async def test_program_gets_its_arguments_as_they_are_and_the_environment_it_is_given(
    tmp_path: Path,
) -> None:
    odd = "a b; echo $HOME && `id` > x"
    child = await start(
        [sys.executable, "-I", "-c", SHOW, odd],
        environ={"ONLY": "this", "LC_ALL": "C"},
        folder=tmp_path,
    )
    output, errors = await child.communicate()
    assert errors == b""
    assert repr([odd]) in output.decode()
    assert "'ONLY': 'this'" in output.decode()
    assert "HOME':" not in output.decode()
    assert str(tmp_path) in output.decode()


async def test_program_gets_no_open_file_of_ours(tmp_path: Path) -> None:
    with (tmp_path / "open").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        code = f"import os; os.fstat({file.fileno()})"
        child = await start([sys.executable, "-I", "-c", code], environ=os.environ)
        _, errors = await child.communicate()
    assert b"Bad file descriptor" in errors


async def test_program_without_an_input_reads_nothing() -> None:
    code = "import sys; print(repr(sys.stdin.read()))"
    child = await start(
        [sys.executable, "-I", "-c", code],
        environ=os.environ,
        streams=(Stream.NOTHING, Stream.PIPE, Stream.PIPE),
    )
    assert (await child.communicate())[0].strip() == b"''"


@pytest.mark.parametrize("arguments", ["ls -l", []])
async def test_line_for_a_shell_is_refused(arguments: str | list[str]) -> None:
    with pytest.raises(ValueError, match="list of arguments"):
        await start(arguments, environ=os.environ)


async def test_program_that_is_not_there_is_an_oserror() -> None:
    with pytest.raises(FileNotFoundError):
        await start(["/nowhere/program"], environ=os.environ)


async def test_closed_program_leaves_no_stream_open_though_much_was_left_unread(
    recwarn: pytest.WarningsRecorder,
) -> None:
    code = "import sys; sys.stdout.write('x' * 300_000)"
    child = await start([sys.executable, "-I", "-c", code], environ=os.environ, max_line_bytes=64)
    assert child.stdout is not None
    await child.stdout.read(1)
    child.close()
    assert await child.wait() != 0
    del child
    gc.collect()
    assert [str(each.message) for each in recwarn] == []
