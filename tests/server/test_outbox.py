from __future__ import annotations

from refact_lsp.server.transport.outbox import Outbox


def taken(outbox: Outbox) -> list[bytes]:
    return list(iter(outbox.take, None))


def test_messages_come_out_in_order() -> None:
    woken: list[None] = []
    outbox = Outbox(lambda: woken.append(None))
    outbox.put(b"one")
    outbox.put(b"two", droppable=True)
    assert (taken(outbox), outbox.waiting_bytes, len(woken)) == ([b"one", b"two"], 0, 2)


def test_droppable_messages_go_first_when_too_much_waits() -> None:
    outbox = Outbox(lambda: None, bound_bytes=10)
    outbox.put(b"log 1", droppable=True)
    outbox.put(b"answer")
    outbox.put(b"answer 2")
    assert (taken(outbox), outbox.dropped) == ([b"answer", b"answer 2"], 1)


def test_answers_are_kept_above_the_bound() -> None:
    outbox = Outbox(lambda: None, bound_bytes=10)
    for _ in range(5):
        outbox.put(b"an answer")
    outbox.put(b"log", droppable=True)
    assert (taken(outbox), outbox.dropped) == ([b"an answer"] * 5, 1)


def test_newest_droppable_message_replaces_older_ones() -> None:
    outbox = Outbox(lambda: None, bound_bytes=10)
    for number in range(9):
        outbox.put(b"status %d" % number, droppable=True)
    assert (taken(outbox), outbox.dropped) == ([b"status 8"], 8)
