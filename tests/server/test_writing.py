from __future__ import annotations

import asyncio
import os
import select
import socket
import threading
from contextlib import closing
from pathlib import Path

from refact_lsp.server.transport.writing import Writer, at_once

PATIENCE_S = 10.0


def read_bytes(descriptor: int, count: int) -> bytes:
    found = b""
    while len(found) < count and (chunk := os.read(descriptor, count - len(found))):
        found += chunk
    return found


async def test_short_message_is_there_before_put_returns(pipe: tuple[int, int]) -> None:
    source, target = pipe
    writer = Writer(target, lambda: None)  # its thread is not even started
    writer.outbox.put(b"an answer")
    assert os.read(source, 100) == b"an answer"


async def test_messages_keep_their_order_where_the_client_reads_slowly(
    pipe: tuple[int, int],
) -> None:
    source, target = pipe
    writer = Writer(target, lambda: None)
    writer.start()
    messages = [b"%04d" % number * (number % 7 * 5000 + 1) for number in range(60)]
    for each in messages:
        writer.outbox.put(each)
    whole = b"".join(messages)
    assert await asyncio.to_thread(read_bytes, source, len(whole)) == whole
    writer.finish(PATIENCE_S)


async def test_message_that_a_socket_takes_in_part_is_written_whole() -> None:
    ours, theirs = socket.socketpair()
    with closing(ours), closing(theirs):
        writer = Writer(ours.fileno(), lambda: None)
        writer.start()
        data = os.urandom(3_000_000)
        writer.outbox.put(b"first ")
        writer.outbox.put(data)
        writer.outbox.put(b" last")
        wanted = b"first " + data + b" last"
        assert await asyncio.to_thread(read_bytes, theirs.fileno(), len(wanted)) == wanted
        writer.finish(PATIENCE_S)
        assert os.get_blocking(ours.fileno())


async def test_client_that_reads_no_more_is_told(pipe: tuple[int, int]) -> None:
    source, target = pipe
    closed = asyncio.Event()
    writer = Writer(target, closed.set)
    writer.start()
    os.close(source)
    writer.outbox.put(b"to nobody")
    await closed.wait()


async def test_messages_of_several_threads_are_all_written_whole(pipe: tuple[int, int]) -> None:
    source, target = pipe
    writer = Writer(target, lambda: None)
    writer.start()
    lines = {b"%d.%d\n" % (thread, number) for thread in range(4) for number in range(200)}

    def put(thread: int) -> None:
        for number in range(200):
            writer.outbox.put(b"%d.%d\n" % (thread, number))

    threads = [threading.Thread(target=put, args=(each,)) for each in range(4)]
    for each in threads:
        each.start()
    found = await asyncio.to_thread(read_bytes, source, sum(map(len, lines)))
    for each in threads:
        each.join()
    writer.finish(PATIENCE_S)
    assert set(found.splitlines(keepends=True)) == lines


def test_full_pipe_takes_nothing_at_once(pipe: tuple[int, int]) -> None:
    way = at_once(pipe[1])
    while way.write(b"x" * select.PIPE_BUF):
        pass
    assert way.write(b"more") == 0


def test_file_is_left_to_the_thread(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        assert at_once(file.fileno()).write(b"text") == 0
