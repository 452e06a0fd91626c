from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.completion.candidate import Candidate, Proposal
from refact_lsp.completion.reuse import ReuseCache
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.snapshot import DocumentSnapshot


def at(source: str, uri: str = "file:///a.py") -> tuple[DocumentSnapshot, Position]:
    before, after = source.split("<cursor>")
    text = Text(before + after)
    return DocumentSnapshot(uri, 1, "python", text), text.position(len(before))


def cache_with(source: str, text: str) -> ReuseCache:
    cache = ReuseCache()
    cache.store(*at(source), Proposal((Candidate(text, "embedded/workspace"),)))
    return cache


@pytest.mark.parametrize(
    ("now", "rest", "overwrite"),
    [
        ("a = 1\nx = <cursor>\ny\n", "call(one)", 0),
        ("a = 1\nx = ca<cursor>\ny\n", "ll(one)", 0),
        ("a = 1\nx = call(one<cursor>\ny\n", ")", 0),
        ("a = 1\nx = call(<cursor>)\ny\n", "one)", 1),
    ],
)
def test_typing_along_leaves_the_rest(now: str, rest: str, overwrite: int) -> None:
    found = cache_with("a = 1\nx = <cursor>\ny\n", "call(one)").lookup(*at(now))
    assert found == Proposal((Candidate(rest, "embedded/workspace", overwrite=overwrite),), True)


@pytest.mark.parametrize(
    "now",
    [
        "a = 1\nx = cb<cursor>\ny\n",
        "a = 1\nx = call(one)<cursor>\ny\n",
        "a = 1\nx <cursor>\ny\n",
        "a = 2\nx = <cursor>\ny\n",
        "a = 1\nx = <cursor>\nz\n",
        "a = 1\nx = <cursor>(\ny\n",
    ],
)
def test_other_text_finds_nothing(now: str) -> None:
    assert cache_with("a = 1\nx = <cursor>\ny\n", "call(one)").lookup(*at(now)) is None


def test_typing_through_a_line_end_leaves_the_lines_below() -> None:
    cache = cache_with("def f():\n    <cursor>\n", "a = 1\n    b = 2")
    found = cache.lookup(*at("def f():\n    a = 1\n    <cursor>\n"))
    assert found is not None
    assert found.candidates[0].text == "b = 2"


def test_typing_along_is_found_in_a_document_with_carriage_returns() -> None:
    cache = cache_with("def f():\r\n    <cursor>\r\n", "a = 1\n    b = 2")
    found = cache.lookup(*at("def f():\r\n    a = 1\r\n    b<cursor>\r\n"))
    assert found is not None
    assert found.candidates[0].text == " = 2"


def test_edit_far_above_keeps_the_suggestion() -> None:
    filler = "line of text that is long enough to fill the remembered tail\n" * 10
    cache = cache_with(f"a\n{filler}x = <cursor>\n", "call()")
    assert cache.lookup(*at(f"changed\n{filler}x = ca<cursor>\n")) is not None


def test_another_document_and_a_forgotten_one_find_nothing() -> None:
    cache = cache_with("x = <cursor>\n", "call()")
    assert cache.lookup(*at("x = <cursor>\n", "file:///b.py")) is None
    cache.forget("file:///a.py")
    assert cache.lookup(*at("x = <cursor>\n")) is None


CODE = st.text(alphabet="ab(\n )=\U0001f600", max_size=30)


@given(
    before=CODE, after=CODE, text=CODE.filter(str.strip), line_end=st.sampled_from(["\n", "\r\n"])
)
def test_whoever_types_along_always_finds_the_rest(
    before: str, after: str, text: str, line_end: str
) -> None:
    before, after = before.replace("\n", line_end), after.replace("\n", line_end)
    cache = cache_with(f"{before}<cursor>{after}", text)
    for typed in range(1, len(text)):
        begun = text[:typed].replace("\n", line_end)
        found = cache.lookup(*at(f"{before}{begun}<cursor>{after}"))
        rest = text[typed:]
        if not rest.strip():
            continue
        assert found is not None
        assert found.candidates[0].text == rest


@pytest.mark.parametrize(
    ("now", "is_out"),
    [
        ("a = 1\nx = call(one)<cursor>\ny\n", True),
        ("a = 1\nx = call(one<cursor>\ny\n", False),
        ("a = 1\nx = call(one)<cursor>\nz\n", False),
        ("a = 1\nx = call(two)<cursor>\ny\n", False),
    ],
)
def test_proposal_is_typed_out_where_all_of_it_stands(now: str, *, is_out: bool) -> None:
    cache = cache_with("a = 1\nx = <cursor>\ny\n", "call(one)")
    assert cache.is_typed_out(*at(now)) is is_out


def test_proposal_far_into_a_document_is_typed_out() -> None:
    above = "".join(f"value_{n} = {n}\n" for n in range(100))
    cache = cache_with(f"{above}x = <cursor>\n", "call(one)")
    assert cache.is_typed_out(*at(f"{above}x = call(one)<cursor>\n"))
    assert cache.lookup(*at(f"{above}x = call(one)<cursor>\n")) is None
