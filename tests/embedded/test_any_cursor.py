from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from refact_lsp.messages import Finish, Shape, TextDelta
from tests.embedded.conftest import Bench

LINES = ["", "    ", "x = f(a)", "    x = f(a, b)", "if x:", "\tself.a = a", "é = '😀'", ")", "}"]
documents = st.tuples(
    st.lists(st.sampled_from(LINES), max_size=12), st.sampled_from(["\n", "\r\n", "\r"])
).map(lambda parts: parts[1].join(parts[0]))


@pytest.mark.parametrize("shape", list(Shape))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=documents, data=st.data())
def test_any_cursor_gets_clean_texts_and_one_end(
    bench: Bench, shape: Shape, source: str, data: st.DataObject
) -> None:
    if bench.index.segment is None:
        bench.learn({f"{n}.py": "\n".join(LINES[n:] + LINES[:n]) for n in range(len(LINES))})
    at = data.draw(st.integers(0, len(source)))
    events = bench.ask(source[:at] + "<cursor>" + source[at:], shape=shape)
    ends = [event for event in events if isinstance(event, Finish)]
    texts = [event.text for event in events if isinstance(event, TextDelta)]
    assert ends == events[-1:]
    assert len(set(texts)) == len(texts)
    assert all(text.strip() for text in texts)
    assert shape is Shape.MULTI_LINE or not any("\n" in text or "\r" in text for text in texts)


def test_huge_lines_are_answered_without_being_read_whole(bench: Bench) -> None:
    bench.learn({"a.py": "x = f(a)\n"})
    source = "f(a, b) " * 500_000
    snapshot = bench.open("huge.py", source)
    assert len(bench.live.view(snapshot, 0).ids) == 0
    events = bench.ask(source[:2_000_000] + "<cursor>" + source[2_000_000:])
    assert isinstance(events[-1], Finish)
