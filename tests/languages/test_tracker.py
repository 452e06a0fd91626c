from __future__ import annotations

from collections.abc import Callable

from refact_lsp.languages.place import Place
from refact_lsp.languages.structure import definitions
from refact_lsp.languages.syntax import MAX_PARSED_CHARS
from refact_lsp.languages.table import Language, language_of
from refact_lsp.languages.tracker import MAX_FAILURES, ParseJob, SyntaxTracker
from refact_lsp.text.edits import apply
from refact_lsp.text.lines import Position, Text

AtCursor = Callable[[str], tuple[Text, Position]]


def python() -> Language:
    language = language_of("python")
    assert language is not None
    return language


def begun(tracker: SyntaxTracker, text: Text) -> ParseJob:
    job = tracker.begin_parse(text)
    assert job is not None
    return job


def parse_now(tracker: SyntaxTracker, text: Text) -> None:
    job = begun(tracker, text)
    job.run()
    tracker.finish(job)


def typed(tracker: SyntaxTracker, text: Text, line: int, new: str) -> Text:
    at = Position(line, 0)
    after, edit = apply(text, at, at, new)
    tracker.on_edit(edit, text)
    return after


def names(tracker: SyntaxTracker, text: Text) -> list[str]:
    assert tracker.tree is not None
    return [each.name for each in definitions(tracker.tree, text)]


def test_tracker_needs_a_parse_at_first_and_after_each_edit() -> None:
    tracker, text = SyntaxTracker(python()), Text("x = 1\n")
    needed = [tracker.needs_parse]
    parse_now(tracker, text)
    needed.append(tracker.needs_parse)
    typed(tracker, text, 0, "y = 2\n")
    needed.append(tracker.needs_parse)
    assert needed == [True, False, True]


def test_finished_job_is_moved_along_with_edits_that_came_meanwhile() -> None:
    tracker, text = SyntaxTracker(python()), Text("def f():\n    return 1\n")
    job = begun(tracker, text)
    text = typed(tracker, text, 0, "# one\n")
    job.run()
    text = typed(tracker, text, 0, "# two\n")
    tracker.finish(job)
    assert tracker.tree is not None
    assert tracker.tree.dirty == (0, 3)
    assert names(tracker, text) == ["f"]
    assert tracker.place(text, Position(3, 12)).scopes[0].start_line == 2
    assert tracker.needs_parse


def test_tree_before_serves_while_a_job_runs() -> None:
    tracker, text = SyntaxTracker(python()), Text("def f():\n    return 1\n")
    parse_now(tracker, text)
    text = typed(tracker, text, 0, "x = 1\n")
    begun(tracker, text)
    text = typed(tracker, text, 0, "y = 1\n")
    assert tracker.place(text, Position(3, 12)).scopes[0].start_line == 2


def test_job_that_was_overtaken_changes_nothing() -> None:
    tracker, text = SyntaxTracker(python()), Text("a = 1\n")
    first = begun(tracker, text)
    text = typed(tracker, text, 0, "b = 1\n")
    second = begun(tracker, text)
    for job in (second, first):
        job.run()
        tracker.finish(job)
    assert tracker.tree is second.tree
    assert names(tracker, text) == ["b", "a"]


def test_job_that_was_cancelled_leaves_the_tree_before() -> None:
    tracker, text = SyntaxTracker(python()), Text("a = 1\n")
    parse_now(tracker, text)
    before = tracker.tree
    job = begun(tracker, text)
    job.cancel()
    job.run()
    tracker.finish(job)
    assert tracker.tree is before
    assert job.tree is None


def test_document_that_cannot_be_parsed_is_left_alone() -> None:
    tracker, text = SyntaxTracker(python()), Text("#" * (MAX_PARSED_CHARS + 1))
    for _ in range(MAX_FAILURES):
        assert tracker.needs_parse
        parse_now(tracker, text)
        text = typed(tracker, text, 0, "# ")
    assert not tracker.needs_parse
    assert tracker.tree is None
    assert tracker.place(text, Position(0, 5)).in_comment


def test_parsing_rests_three_times_as_long_as_it_took() -> None:
    tracker, text = SyntaxTracker(python()), Text("a = 1\n")
    job = begun(tracker, text)
    job.run()
    tracker.finish(job)
    assert tracker.rest_s == job.seconds * 3 > 0


def test_text_is_split_into_lines_before_a_thread_sees_it() -> None:
    text = Text("a = 1\nb = 2\n")
    begun(SyntaxTracker(python()), text)
    assert text._blocks is not None


def test_plain_text_is_never_parsed() -> None:
    tracker, text = SyntaxTracker(None), Text("It's so:\n")
    text = typed(tracker, text, 0, "x")
    assert not tracker.needs_parse
    assert tracker.begin_parse(text) is None
    assert tracker.place(text, text.end) == Place()
