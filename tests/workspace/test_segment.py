from __future__ import annotations

import stat
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.workspace.segment_file import read_generation, read_segment
from refact_lsp.workspace.suffixes import insertion_point, match_length, sort_by_context
from refact_lsp.workspace.tokens import tokenize, word_id
from tests.workspace.segments import build_segment

SOURCE = "def area(width, height):\n    return width * height\n"


def context_of(text: str) -> list[int]:
    return list(reversed(tokenize(text).ids))[:-1]


def test_longest_match_comes_first_and_is_followed_by_the_original_text(tmp_path: Path) -> None:
    segment = build_segment(tmp_path, {"a.py": SOURCE, "b.py": "x = width * 2\n"})
    match = next(segment.longest_matches(context_of("return width *"), 10))
    text = segment.slice(match.position, segment.line_end(match.position)).rstrip()
    assert (text, match.length) == (" height", 3)


def test_slice_gives_back_accents_and_emoji(tmp_path: Path) -> None:
    segment = build_segment(tmp_path, {"a.py": "x = 'é😀'\ny = 'ü' + z\n"})
    position = list(segment.ids).index(word_id("ü")) + 1
    assert segment.slice(position, segment.line_end(position)).rstrip() == "' + z"


def test_document_and_line_of_a_position(tmp_path: Path) -> None:
    segment = build_segment(tmp_path, {"a.py": SOURCE, "b.py": "one\r\n\r\ntwo three\r\n"})
    position = list(segment.ids).index(word_id("three"))
    document = segment.documents[segment.document_of(position)]
    assert (document.path, segment.line_number(position)) == ("b.py", 3)


def test_words_beginning_answers_longer_words_only(tmp_path: Path) -> None:
    segment = build_segment(tmp_path, {"a.py": "respond response resp other\n"})
    assert segment.words_beginning("resp", 10) == ["respond", "response"]


def test_segment_file_is_for_the_user_alone(tmp_path: Path) -> None:
    build_segment(tmp_path, {"a.py": SOURCE})
    assert stat.S_IMODE((tmp_path / "segment").stat().st_mode) == 0o600


@pytest.mark.parametrize("keep", [0, 1, 40, 80, 87, 200])
def test_file_cut_short_is_no_segment(tmp_path: Path, keep: int) -> None:
    build_segment(tmp_path, {"a.py": SOURCE})
    path = tmp_path / "segment"
    path.write_bytes(path.read_bytes()[:keep])
    assert read_segment(path) is None


@given(st.binary(max_size=300))
def test_foreign_file_is_no_segment(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("foreign") / "segment"
    path.write_bytes(content)
    assert (read_segment(path), read_generation(path)) == (None, 0)


def test_other_layout_is_no_segment(tmp_path: Path) -> None:
    build_segment(tmp_path, {"a.py": SOURCE})
    path = tmp_path / "segment"
    content = bytearray(path.read_bytes())
    content[8] ^= 0x7F
    path.write_bytes(content)
    assert (read_segment(path), read_generation(path)) == (None, 0)


def test_damaged_body_is_found_when_checked(tmp_path: Path) -> None:
    build_segment(tmp_path, {"a.py": SOURCE})
    path = tmp_path / "segment"
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(content)
    assert read_segment(path, check_body=True) is None


@given(
    st.lists(st.integers(1, 3), min_size=2, max_size=60), st.lists(st.integers(1, 3), max_size=6)
)
def test_insertion_point_stands_beside_the_longest_match(
    ids: list[int], context: list[int]
) -> None:
    stream = array("I", [0, *ids])
    order = sort_by_context(stream)
    at = insertion_point(stream, order, [*context, 0])
    beside = [match_length(stream, order[i], context) for i in (at - 1, at) if 0 <= i < len(order)]
    best = max(match_length(stream, position, context) for position in order)
    assert max(beside) == best
