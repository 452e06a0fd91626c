"""Segments on disk: written whole and renamed into place, mapped for reading.

Native byte order, every section aligned to eight bytes:

    header      magic, layout, byte order, generation, section sizes, checksums of body and header
    documents   JSON: one row per file
    words       words worth completing, sorted, one a line, UTF-8
    text        the files' texts, UTF-8, one after another
    ids, starts, order      uint32 each, as in `Segment`

A file that is none of ours, of another layout, or cut short is no segment: it reads as None, and
the indexer writes a new one in its place.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import sys
import tempfile
from array import array
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from itertools import accumulate
from pathlib import Path
from zlib import crc32

from refact_lsp.workspace.segment import Document, Segment

_MAGIC = b"REFACTWS"
_LAYOUT = 2
"""Goes up when the layout changes, or what a token's id means."""
_BYTE_ORDER = 1 if sys.byteorder == "little" else 2
_SECTIONS = 6
_HEADER = struct.Struct(f"=8sHHIQ{_SECTIONS}QI")
_CHECKSUM = struct.Struct("=I")
_BODY_START = 88
"""Header (76 bytes) and its checksum, rounded up to a multiple of eight."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a segment is written from."""

    documents: Sequence[Document]
    words: Sequence[str]
    text: bytes
    ids: array[int]
    starts: array[int]
    order: array[int]


def write_segment(path: Path, contents: Contents, generation: int) -> None:
    """Write a segment (0600) beside `path` and rename it there; OSError when that fails."""
    rows = [astuple(document) for document in contents.documents]
    sections = [
        json.dumps(rows, separators=(",", ":")).encode(),
        "\n".join(contents.words).encode("utf-8", "surrogatepass"),
        contents.text,
        contents.ids.tobytes(),
        contents.starts.tobytes(),
        contents.order.tobytes(),
    ]
    body = b"".join(section + bytes(-len(section) % 8) for section in sections)
    sizes = [len(section) for section in sections]
    header = _HEADER.pack(_MAGIC, _LAYOUT, _BYTE_ORDER, 0, generation, *sizes, crc32(body))
    header += _CHECKSUM.pack(crc32(header))
    descriptor, temporary = tempfile.mkstemp(prefix=".segment-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(header.ljust(_BODY_START, b"\0"))
            file.write(body)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def read_segment(path: Path, *, check_body: bool = False) -> Segment | None:
    """Map a segment; None when there is none, or it cannot be used.

    `check_body` reads all of it to compare the checksum: the indexer does, before it reuses
    parts; a server reads only what it needs.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _parse(memoryview(mapped), check_body=check_body)
    except (OSError, ValueError, struct.error, TypeError, json.JSONDecodeError):
        return None


def _parse(view: memoryview, *, check_body: bool) -> Segment | None:
    magic, layout, order, _, generation, *sizes, body_sum = _HEADER.unpack_from(view)
    (header_sum,) = _CHECKSUM.unpack_from(view, _HEADER.size)
    if (magic, layout, order) != (_MAGIC, _LAYOUT, _BYTE_ORDER):
        return None
    if header_sum != crc32(view[: _HEADER.size]):
        return None
    starts = list(accumulate((size + -size % 8 for size in sizes), initial=_BODY_START))
    if starts[-1] != len(view) or (check_body and crc32(view[_BODY_START:]) != body_sum):
        return None
    rows, words, text, ids, token_starts, sorted_positions = (
        view[start : start + size] for start, size in zip(starts, sizes, strict=False)
    )
    documents = tuple(Document(*row) for row in json.loads(bytes(rows)))
    return Segment(
        generation=generation,
        documents=documents,
        ids=ids.cast("I"),
        starts=token_starts.cast("I"),
        order=sorted_positions.cast("I"),
        words=bytes(words).split(b"\n"),
        text=text,
        numbers={document.path: number for number, document in enumerate(documents)},
    )


def read_generation(path: Path) -> int:
    """Answer the generation of the segment at `path`, 0 when there is none; a cheap look."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
        magic, layout, order, _, generation, *_ = _HEADER.unpack(head)
    except (OSError, struct.error):
        return 0
    return int(generation) if (magic, layout, order) == (_MAGIC, _LAYOUT, _BYTE_ORDER) else 0
