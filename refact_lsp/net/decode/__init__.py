"""Bytes of a streamed answer into events: pure, incremental, the same for any split of the bytes.

Every decoder has `feed(chunk) -> list[Event]` and `end() -> list[Event]`.
"""
