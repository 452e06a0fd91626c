from __future__ import annotations

import asyncio
import os
import socket
from contextlib import closing
from pathlib import Path

from refact_lsp.server.transport.reading import (
    MAX_WAITING_CHUNKS,
    PolledReader,
    Reader,
    ReaderThread,
    reader_of,
)


async def all_of(reader: Reader) -> bytes:
    reader.start()
    found = b""
    while chunk := await reader.read():
        found += chunk
    return found


async def test_pipe_is_read_to_its_end_without_a_thread(pipe: tuple[int, int]) -> None:
    source, target = pipe
    os.write(target, b"one")
    os.close(target)
    reader = reader_of(source)
    assert isinstance(reader, PolledReader)
    assert await all_of(reader) == b"one"


async def test_socket_is_read_to_its_end_without_a_thread() -> None:
    ours, theirs = socket.socketpair()
    with closing(ours):
        with closing(theirs):
            theirs.sendall(b"one")
        reader = reader_of(ours.fileno())
        assert isinstance(reader, PolledReader)
        assert await all_of(reader) == b"one"


async def test_file_is_read_in_a_thread(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    path.write_bytes(b"x" * 1_000_000)
    with path.open("rb") as file:
        reader = reader_of(file.fileno())
        assert isinstance(reader, ReaderThread)
        assert len(await all_of(reader)) == 1_000_000


async def test_flags_of_the_descriptor_stay_as_they_are(pipe: tuple[int, int]) -> None:
    source, target = pipe
    os.close(target)
    await all_of(reader_of(source))
    assert os.get_blocking(source)


async def test_client_has_to_wait_while_much_is_unread_and_nothing_is_lost(
    pipe: tuple[int, int],
) -> None:
    source, target = pipe
    reader = reader_of(source)
    reader.start()
    for number in range(2 * MAX_WAITING_CHUNKS):
        os.write(target, b"%3d " % number)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    os.close(target)
    found = b""
    while chunk := await reader.read():
        found += chunk
    assert [int(each) for each in found.split()] == list(range(2 * MAX_WAITING_CHUNKS))
