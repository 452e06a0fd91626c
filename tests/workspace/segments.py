"""Segments of a few files, built without a child process."""

from __future__ import annotations

from pathlib import Path

from refact_lsp.workspace.build import gather
from refact_lsp.workspace.files import walk
from refact_lsp.workspace.segment import Segment
from refact_lsp.workspace.segment_file import read_segment, write_segment


def put_files(root: Path, files: dict[str, str]) -> None:
    """Write files below a root, line ends as they are."""
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(source.encode())


def write_segment_of(root: Path, path: Path, generation: int = 1) -> Segment:
    """Index a folder into a segment at `path`."""
    building = gather(root, walk(root).files, None, lambda _done, _tokens: None)
    write_segment(path, building.finish(), generation)
    segment = read_segment(path, check_body=True)
    assert segment is not None
    return segment


def build_segment(folder: Path, files: dict[str, str]) -> Segment:
    """Answer the segment of these files."""
    put_files(folder / "root", files)
    return write_segment_of(folder / "root", folder / "segment")
