from __future__ import annotations

import tracemalloc
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from refact_lsp.context.window import FOLDED_SHARE, SLACK, Window, cut_window
from refact_lsp.languages.place import Place
from refact_lsp.languages.table import language_of
from refact_lsp.languages.tracker import SyntaxTracker
from refact_lsp.text.edits import apply
from refact_lsp.text.lines import Position, Text

LINES = (
    "\n", "\n", "def f():\n", "class A:\n", "    x = 1\n", "    return [a for a in b if a]\n",
    "import os\n", "# a comment\n", "        y()\r\n", "x" * 90 + "\n", "é" * 700 + "\n",
)  # fmt: skip

NOWHERE = Place()

sources = st.lists(st.sampled_from(LINES), max_size=120).map("".join)
budgets = st.integers(0, 1500)


def window_at(
    text: Text,
    position: Position,
    place: Place = NOWHERE,
    *,
    prefix: int = 400,
    suffix: int = 200,
    previous: Window | None = None,
) -> Window:
    return cut_window(
        text,
        position,
        place,
        max_prefix_chars=prefix,
        max_suffix_chars=suffix,
        previous=previous,
    )


def tracked(text: Text) -> SyntaxTracker:
    tracker = SyntaxTracker(language_of("python"))
    reparse(tracker, text)
    return tracker


def reparse(tracker: SyntaxTracker, text: Text) -> None:
    job = tracker.begin_parse(text)
    assert job is not None
    job.run()
    tracker.finish(job)


def module(functions: int = 200) -> str:
    """Answer a module of classes with methods of six lines, 55 characters a line or so."""
    parts = ["import os\nimport sys\nfrom pathlib import Path\n"]
    for number in range(functions):
        if number % 5 == 0:
            parts.append(f"\n\nclass Shop{number}(Base):\n    kind = {number}\n")
        parts.append(
            f"\n    def total_{number}(self, orders: list[Order], rate: float) -> float:\n"
            f"        found = [order for order in orders if order.rate == {number}]\n"
            "        for order in sorted(found, key=lambda order: order.price):\n"
            "            self.count += 1\n"
            f"            self.note('{number} is done')\n"
            "        return sum(order.price * rate for order in found)\n"
        )
    return "".join(parts)


def test_window_holds_a_short_document_whole() -> None:
    found = window_at(Text("a\nb\nc\n"), Position(1, 1))
    assert (found.prefix, found.suffix) == ("a\nb", "\nc\n")
    assert (found.prefix_start, found.suffix_end) == ((0, 0), (3, 0))
    assert found.folded == ()


def test_window_of_an_empty_document_is_empty() -> None:
    found = window_at(Text(""), Position(4, 4))
    assert (found.prefix, found.suffix) == ("", "")


@settings(max_examples=300)
@given(source=sources, where=st.floats(0, 1), prefix=budgets, suffix=budgets)
def test_window_is_the_text_around_the_cursor_within_its_budgets(
    source: str, where: float, prefix: int, suffix: int
) -> None:
    text = Text(source)
    position = text.clamp(text.position(round(where * len(text))))
    found = window_at(text, position, prefix=prefix, suffix=suffix)
    assert found.prefix.endswith(text.slice(found.prefix_start, position))
    assert found.suffix == text.slice(position, found.suffix_end)
    assert len(found.suffix) <= suffix
    assert len(found.prefix) <= prefix * (1 + SLACK)


@settings(max_examples=300)
@given(source=sources, where=st.floats(0, 1), prefix=st.integers(100, 1500))
def test_window_cuts_no_line_but_one_over_budget(source: str, where: float, prefix: int) -> None:
    text = Text(source)
    position = text.clamp(text.position(round(where * len(text))))
    start = window_at(text, position, prefix=prefix).prefix_start
    if start.column > 0:
        assert len(text.line(start.line)) > prefix * (1 - FOLDED_SHARE)


@settings(max_examples=200)
@given(source=sources, where=st.floats(0, 1), prefix=st.integers(200, 1500))
def test_window_uses_most_of_its_prefix_budget(source: str, where: float, prefix: int) -> None:
    text = Text(source.replace("é" * 700, "é"))
    position = text.clamp(text.position(round(where * len(text))))
    found = window_at(text, position, prefix=prefix)
    half = prefix * (1 - FOLDED_SHARE) / 2
    longest = max(map(len, text.lines()))
    assert len(found.prefix) >= min(half - longest, text.offset(position))


def test_prefix_of_an_over_long_line_is_its_tail_and_moves_in_steps() -> None:
    line = "".join(f"{number:05}" for number in range(1000))
    starts = {
        window_at(Text(line), Position(0, column)).prefix_start for column in range(3000, 3160)
    }
    found = window_at(Text(line), Position(0, 3000))
    assert found.prefix == line[found.prefix_start.column : 3000]
    assert 320 <= len(found.prefix) <= 400
    assert len(starts) == 3  # steps of 80


def test_suffix_of_an_over_long_line_is_its_head() -> None:
    found = window_at(Text("a" * 900), Position(0, 100))
    assert found.suffix == "a" * 200


def test_suffix_ends_with_a_whole_line() -> None:
    found = window_at(Text("x\n" + "a" * 90 + "\n" + "b" * 90 + "\n" + "c" * 90), Position(0, 0))
    assert found.suffix_end == Position(3, 0)
    assert found.suffix.endswith("b\n")


def test_prefix_starts_at_a_top_level_line_after_a_blank_one() -> None:
    block = "def f():\n    x = 1\n    return x\n\n"
    found = window_at(Text(block * 40), Position(100, 0))
    assert found.prefix.startswith("def f():\n")
    assert found.prefix_start.line % 4 == 0


def test_prefix_starts_at_the_header_of_an_enclosing_scope_with_its_decorators() -> None:
    method = "    def f(self):\n        return 1\n\n"
    body = "".join(f"        x = {number}\n" for number in range(30))
    text = Text("class A:\n" + method * 20 + "    @cached\n    def g(self):\n" + body)
    tracker = tracked(text)
    position = Position(text.line_count - 2, 10)
    found = window_at(text, position, tracker.place(text, position), prefix=700)
    assert found.prefix.startswith("class A:\n\n    @cached\n    def g(self):\n        x = 0\n")
    assert found.folded == ((0, 1),)


def test_prefix_without_blank_lines_starts_on_a_grid_of_lines() -> None:
    text = Text("    call(a)\n" * 800)
    starts = [window_at(text, Position(line, 0), prefix=4000).prefix_start for line in range(800)]
    assert {start.line % 32 for start in starts} == {0}


def test_headers_and_imports_that_lie_outside_are_folded_in() -> None:
    text = Text(module())
    line = next(at for at, content in enumerate(text.lines()) if "'97 is done'" in content)
    position = Position(line, 12)
    found = window_at(text, position, tracked(text).place(text, position), prefix=900)
    assert found.prefix.startswith(
        "import os\nimport sys\nfrom pathlib import Path\n\nclass Shop95(Base):\n\n"
    )
    imports, header = found.folded
    assert imports == (0, 3)
    assert text.line(header.start) == "class Shop95(Base):\n"


def test_folded_lines_keep_to_their_share() -> None:
    imports = "".join(f"import module_number_{number}\n" for number in range(100))
    text = Text(imports + module())
    position = Position(600, 0)
    found = window_at(text, position, tracked(text).place(text, position), prefix=1000)
    folded = len(found.prefix) - len(text.slice(found.prefix_start, position))
    assert 0 < folded <= 1000 * FOLDED_SHARE + len(found.folded)


TYPED = "for order in self.orders.values():\n            if order.is_paid and not order.gone:\n"


def test_typing_two_hundred_characters_hardly_ever_moves_the_start() -> None:
    """Counted over forty places, with the trees that somebody who types would have."""
    source = Text(module())
    first = tracked(source)
    moves = cold_moves = 0
    for line in range(100, 1300, 30):
        text, position, window = source, Position(line, 0), None
        tracker = SyntaxTracker(first.language)
        tracker.tree = first.tree
        cold = set()
        for number in range(200):
            before = text
            text, edit = apply(before, position, position, TYPED[number % len(TYPED)])
            tracker.on_edit(edit, before)
            position = edit.new_end
            if number % 50 == 0:
                reparse(tracker, text)
            place = tracker.place(text, position)
            found = window_at(text, position, place, prefix=4500, previous=window)
            moves += window is not None and not found.prefix.startswith(window.prefix)
            window = found
            cold.add(window_at(text, position, place, prefix=4500).prefix_start)
        cold_moves += len(cold) - 1
    assert moves <= 4, "a request after each of 8,000 keys"
    assert cold_moves <= 14, "the same without the window before"


@settings(max_examples=60, deadline=None)
@given(source=sources, where=st.floats(0, 1), typed=st.text("ab (\n", min_size=200, max_size=200))
def test_typing_two_hundred_characters_moves_the_start_at_most_once(
    source: str, where: float, typed: str
) -> None:
    text = Text(source)
    position = text.clamp(text.position(round(where * len(text))))
    window, starts = None, []
    for character in typed:
        text, edit = apply(text, position, position, character)
        position = edit.new_end
        window = window_at(text, position, prefix=1100, previous=window)
        starts.append(window.prefix_start)
    assert sum(one != other for one, other in pairwise(starts)) <= 1


def test_lines_added_above_do_not_move_the_start() -> None:
    text = Text(module())
    position = Position(500, 0)
    window = window_at(text, position, prefix=2000)
    after, edit = apply(text, Position(0, 0), Position(0, 0), "import re\nimport json\n")
    found = window_at(after, Position(502, 0), prefix=2000, previous=window)
    assert edit.new_end.line == 2
    assert found.prefix == window.prefix
    assert found.prefix_start.line == window.prefix_start.line + 2


def test_start_moves_when_the_cursor_goes_elsewhere() -> None:
    text = Text(module())
    window = window_at(text, Position(900, 0), prefix=2000)
    found = window_at(text, Position(300, 0), prefix=2000, previous=window)
    assert found == window_at(text, Position(300, 0), prefix=2000)


def test_folded_lines_stay_while_the_text_is_broken() -> None:
    text = Text(module())
    tracker = tracked(text)
    line = next(at for at, content in enumerate(text.lines()) if "'97 is done'" in content)
    position = Position(line, 12)
    window = window_at(text, position, tracker.place(text, position), prefix=900)
    found = window_at(text, position, Place(), prefix=900, previous=window)
    assert found == window


def test_work_does_not_grow_with_the_document() -> None:
    """A window of a document of 2 MB takes a twentieth of its memory at most."""
    text = Text(module(6000))
    position = Position(text.line_count // 2, 0)
    window_at(text, position, prefix=4500)  # splits the text into lines, once
    tracemalloc.start()
    window_at(text, position, prefix=4500)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(text) > 2_000_000
    assert peak < 100_000
