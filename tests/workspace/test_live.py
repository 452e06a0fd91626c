from __future__ import annotations

import gc
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.text.edits import apply
from refact_lsp.text.lines import Position, Text
from refact_lsp.text.snapshot import DocumentSnapshot
from refact_lsp.workspace.live import NEAR_BLOCKS, LiveDocuments
from refact_lsp.workspace.tokens import tokenize, word_id

LONG = "".join(
    f"def function_{number}(argument):\n\n    return {number}\n" for number in range(700)
)


def snapshot(source: str | Text, uri: str = "file:///a.py") -> DocumentSnapshot:
    text = Text(source) if isinstance(source, str) else source
    return DocumentSnapshot(uri, 1, "python", text)


def test_view_of_a_prepared_document_has_the_tokens_of_its_text() -> None:
    live = LiveDocuments()
    document = snapshot(LONG)
    live.prepare(document)
    assert list(live.view(document, 0).ids) == list(tokenize(LONG).ids)


def test_view_of_an_unprepared_document_has_the_blocks_near_the_cursor() -> None:
    live = LiveDocuments()
    document = snapshot(LONG * 4)
    above = sum(block.line_count for block in document.text.blocks[:10])
    view = live.view(document, above + 1)
    assert len(view.blocks) == 2 * NEAR_BLOCKS + 1
    assert above in view.first_lines


def test_edit_tokenizes_one_block_and_keeps_the_others() -> None:
    live = LiveDocuments()
    before = snapshot(LONG)
    live.update(before, None)
    live.prepare(before)
    old = {id(tokens) for tokens in live.view(before, 0).tokens}
    place = Position(500, 0)
    after = snapshot(apply(before.text, place, place, "changed = 1\n")[0])
    live.update(after, None)
    new = [tokens for tokens in live.view(after, 500).tokens if id(tokens) not in old]
    assert len(new) == 1


def test_tokens_of_gone_blocks_are_forgotten() -> None:
    live = LiveDocuments()
    document = snapshot(LONG)
    live.update(document, None)
    live.prepare(document)
    live.close(document.uri)
    del document
    gc.collect()
    assert len(live._tokens) == 0


@given(st.lists(st.sampled_from(["", "  ", "a = b", "    f(x)", "é😀 x"]), min_size=1, max_size=30))
def test_token_at_line_is_the_line_token_before_its_first_word(lines: list[str]) -> None:
    source = "\r\n".join(lines)
    live = LiveDocuments()
    view = live.view(snapshot(source), 0)
    for number in range(len(lines) + 1):
        before = "\r\n".join(lines[:number])
        assert view.token_at_line(number) == len(tokenize(before).ids)


def test_slice_and_line_number_across_blocks() -> None:
    live = LiveDocuments()
    document = snapshot(LONG)
    live.prepare(document)
    view = live.view(document, 0)
    position = list(view.ids).index(word_id("function_600"))
    assert view.line_number(position) == 600 * 3 + 1
    end = view.line_end(position)
    assert view.slice(position, end).rstrip() == " function_600(argument):"


def test_occurrences_are_nearest_above_first_then_below() -> None:
    live = LiveDocuments()
    view = live.view(snapshot("a x\na x\nb c\na x\n"), 0)
    run = [word_id("a"), word_id("x")]
    near = list(view.ids).index(word_id("b"))
    assert view.occurrences(run, near, 10) == [6, 3, 12]


def test_others_are_the_open_documents_without_the_asking_one() -> None:
    live = LiveDocuments()
    for name in ("a", "b", "c"):
        document = snapshot(f"{name} = 1\n", f"file:///{name}.py")
        live.update(document, Path(f"/{name}.py"))
        live.prepare(document)
    assert [view.uri for view in live.others("file:///b.py")] == ["file:///c.py", "file:///a.py"]
    live.close("file:///c.py")
    assert [view.uri for view in live.others("file:///b.py")] == ["file:///a.py"]


def test_open_files_are_told_as_the_same_set_until_one_comes_or_goes() -> None:
    live = LiveDocuments()
    document = snapshot("x = 1\n")
    live.update(document, Path("/p/a.py"))
    paths = live.paths()
    live.update(snapshot("x = 2\n"), Path("/p/a.py"))
    assert live.paths() is paths
    live.update(snapshot("y = 1\n", "file:///b.py"), Path("/p/b.py"))
    assert live.paths() == {Path("/p/a.py"), Path("/p/b.py")}
    live.close(document.uri)
    assert live.paths() == {Path("/p/b.py")}
