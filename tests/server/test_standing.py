"""Figures of the edge alone; generous, as the machine may be busy. `make bench` measures."""

from __future__ import annotations

import time

from tests.server.rawclient import RawClient, frame, request, span


def test_thousand_small_requests_take_less_than_two_seconds(client: RawClient) -> None:
    data = b"".join(frame(request(n, "probe/echo", {"value": n})) for n in range(1000))
    started = time.perf_counter()
    client.write(data)
    client.answer(999)
    assert time.perf_counter() - started < 2


def test_edits_of_a_megabyte_cost_no_copies_of_it(client: RawClient, uri: str) -> None:
    client.open(uri, "x = 1  # a line of some length\n" * 33_000, language="plaintext")
    client.ask("opened", "probe/echo", {"value": 1})
    started = time.perf_counter()
    for version in range(200):
        client.change(uri, version + 2, {"range": span(16_000, 0, 16_000, 0), "text": "y"})
    client.ask("edited", "probe/echo", {"value": 1})
    assert time.perf_counter() - started < 2  # 30 ms each, as with a copy, would be six seconds
