from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from refact_lsp.embedded.engine import WorkspaceEngine
from refact_lsp.messages import Evidence, FimRequest, Finish, Shape, StreamEvent, TextDelta
from refact_lsp.text.edits import apply
from refact_lsp.text.lines import Position
from refact_lsp.workspace.index import WorkspaceIndex
from refact_lsp.workspace.segment import Segment
from tests.embedded.conftest import Bench

HANDLERS = """\
class Handlers:
    def on_open(self, document):
        logger.debug("opened %s", document.uri)
        self.registry.register(document.uri, document.version)

    def on_save(self, document):
        logger.debug("saved %s", document.uri)
        self.registry.register(document.uri, document.version)

    def on_close(self, document):
        logger.debug("closed %s", document.uri)
        self.registry.register(document.uri, document.version)
"""


BEFORE = """\
    def on_move(self, document):
        logger.debug("saved %s", document.uri)
"""
"""Lines as they stand in `HANDLERS` before the one that calls `register`."""


def texts(events: list[StreamEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, TextDelta)]


def test_rest_of_a_line_seen_elsewhere_is_proposed_with_its_source(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    events = bench.ask(BEFORE + "        self.registry.register(<cursor>\n")
    assert events[1] == TextDelta("document.uri, document.version)")
    assert isinstance(events[0], Evidence)
    assert events[0].confidence > 0.5
    assert events[0].note.startswith("seen 3 times, ")
    assert "src/handlers.py:" in events[0].note
    assert events[-1] == Finish("stop")


@pytest.mark.parametrize("typed", ["s", "self", "self.reg", "self.registry", "self.registry.re"])
def test_unfinished_word_is_finished(bench: Bench, typed: str) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    line = "self.registry.register(document.uri, document.version)"
    events = bench.ask(f"{BEFORE}        {typed}<cursor>\n")
    assert texts(events)[:1] == [line[len(typed) :]]


def test_code_at_another_depth_is_found(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    source = "def f(document):\n    logger.debug(document.uri)\n    self.registry.reg<cursor>\n"
    assert texts(bench.ask(source))[:1] == ["ister(document.uri, document.version)"]


def test_word_that_is_whole_and_a_beginning_can_go_on_both_ways(bench: Bench) -> None:
    one = "with pool as workers:\n    value = compute(alpha)\n\n"
    other = "for each in helpers:\n    total = compute_all(beta)\n\n"
    bench.learn({"a.py": one * 3 + other * 3})
    found = bench.ask("with pool as workers:\n    value = compute<cursor>\n")
    assert texts(found)[:1] == ["(alpha)"]
    found = bench.ask("for each in helpers:\n    total = compute<cursor>\n")
    assert texts(found)[:1] == ["_all(beta)"]


def test_closing_bracket_that_the_editor_typed_ends_the_text(bench: Bench) -> None:
    bench.learn({"a.py": "if self.is_allowed(user, resource(path)):\n    pass\n" * 3})
    assert texts(bench.ask("if self.is_allowed(<cursor>)\n"))[:1] == ["user, resource(path)"]
    assert texts(bench.ask("if self.is_allowed(<cursor>) and x:\n")) == []


def test_blank_typed_already_is_not_typed_again(bench: Bench) -> None:
    bench.learn({"a.py": "limit = configuration.limit\n" * 3})
    assert texts(bench.ask("limit = <cursor>\n"))[:1] == ["configuration.limit"]
    assert texts(bench.ask("limit =<cursor>\n"))[:1] == [" configuration.limit"]


def test_what_stands_right_of_the_cursor_is_not_repeated(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    events = bench.ask(BEFORE + "        self.registry.register(<cursor>)\n")
    assert texts(events) == ["document.uri, document.version"]


def test_line_that_follows_the_cursor_is_not_proposed(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    source = (
        "    def on_save(self, document):\n"
        '        logger.debug("saved %s", document.uri)\n'
        "        <cursor>\n"
        "        self.registry.register(document.uri, document.version)\n"
    )
    line = "self.registry.register(document.uri, document.version)"
    assert line not in texts(bench.ask(source))


def test_open_buffer_hides_its_file_on_disk(bench: Bench) -> None:
    bench.learn({"main.py": "endpoint = stale_host.resolve(name)\n"})
    assert bench.ask("endpoint = <cursor>\n", name="main.py") == [Finish("no_match")]
    assert texts(bench.ask("endpoint = <cursor>\n", name="other.py")) == []
    bench.live.close((bench.root / "main.py").as_uri())
    assert texts(bench.ask("endpoint = <cursor>\n", name="other.py"))


def test_text_of_another_open_buffer_is_found_before_it_is_saved(bench: Bench) -> None:
    bench.learn({"a.py": "unrelated = 1\n"})
    bench.open("b.py", "connection = create_connection(address, timeout)\n" * 2)
    assert texts(bench.ask("connection = create_<cursor>\n")) == ["connection(address, timeout)"]


def test_invalidated_file_is_not_quoted(bench: Bench) -> None:
    bench.learn({"a.py": "connection = create_connection(address, timeout)\n"})
    bench.index.invalidate(bench.root / "a.py")
    assert texts(bench.ask("connection = create_<cursor>\n")) == []


def test_deleted_line_is_not_proposed_for_ten_minutes(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    line = "        self.registry.register(document.uri, document.version)\n"
    before = bench.open("main.py", BEFORE + line)
    after, edit = apply(before.text, Position(2, 0), Position(3, 0), "")
    bench.live.edited(before.uri, edit)
    source = str(after) + "        self.registry.register(<cursor>\n"
    rest = "document.uri, document.version)"
    assert rest not in texts(bench.ask(source))
    bench.now += 601
    assert texts(bench.ask(source))[:1] == [rest]


def test_crlf_document_gets_text_without_line_ends(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS.replace("\n", "\r\n")})
    source = (BEFORE + "        self.registry.register(<cursor>\n").replace("\n", "\r\n")
    assert texts(bench.ask(source)) == ["document.uri, document.version)"]


def test_name_in_the_line_replaces_the_name_there(bench: Bench) -> None:
    lines = "".join(f"        self.{name} = {name}\n" for name in ("host", "port", "path", "user"))
    bench.learn({"a.py": "class A:\n    def __init__(self, host, port, path, user):\n" + lines})
    source = f"class B:\n    def __init__(self, timeout):\n{lines}        self.timeout = <cursor>\n"
    assert texts(bench.ask(source))[:1] == ["timeout"]


def test_noise_gets_silence(bench: Bench) -> None:
    dice = random.Random(5)
    words = ["".join(dice.choices("abcdefgh", k=6)) for _ in range(400)]
    lines = [" ".join(dice.choices(words, k=6)) for _ in range(400)]
    bench.learn({"noise.txt": "\n".join(lines)})
    asked = [" ".join(dice.choices(words, k=3)) + " <cursor>\n" for _ in range(40)]
    assert sum(bool(texts(bench.ask(line))) for line in asked) <= 2


def test_unsure_engine_says_how_sure_it_was(bench: Bench) -> None:
    bench.learn({"a.py": "".join(f"x = call_{n}(a{n})\n" for n in range(50))})
    (finish,) = bench.ask("y = <cursor>\n")
    assert isinstance(finish, Finish)
    assert finish.cause == "unsure"
    assert finish.note.endswith(" sure, 0.40 wanted")


def test_nothing_indexed_yet_is_said(bench: Bench) -> None:
    assert bench.ask("x = <cursor>\n") == [Finish("not_indexed_yet")]


def test_nothing_alike_is_said(bench: Bench) -> None:
    bench.learn({"a.py": "alpha beta\n"})
    assert bench.ask("zzz qqq<cursor>") == [Finish("no_match")]


def test_empty_document_is_answered(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    assert isinstance(bench.ask("<cursor>")[-1], Finish)


def test_beginning_that_all_candidates_share_is_shown_where_no_whole_rest_is_sure(
    bench: Bench,
) -> None:
    bench.learn({"a.py": "".join(f"connection.request(path_{n}, {n})\n" for n in range(30))})
    events = bench.ask("connection.req<cursor>\n")
    assert texts(events)[0].startswith("uest(")
    assert texts(events)[0] != "uest(path_0, 0)"
    assert isinstance(events[0], Evidence)
    assert events[0].note.endswith("differs from here on")


def test_several_lines_are_proposed_where_a_long_match_goes_on_alike(bench: Bench) -> None:
    body = (
        "def setup(application, settings, registry):\n"
        "    application.configure(settings, registry)\n"
        "    application.install(settings.plugins, registry)\n"
        "    application.start(settings.port)\n"
        "    return application\n"
    )
    bench.learn({f"{name}.py": body + f"\n\nx = '{name}'\n" for name in ("a", "b", "c")})
    begin = body[: body.index("(settings.plugins")]
    several = texts(bench.ask(begin + "<cursor>\n", shape=Shape.MULTI_LINE))
    one = texts(bench.ask(begin + "<cursor>\n"))
    assert one == ["(settings.plugins, registry)"]
    assert several == [one[0] + "\n    application.start(settings.port)\n    return application"]


def test_damaged_segment_is_dropped_without_an_exception(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    path = next((bench.cache / "index").iterdir()) / "segment"
    content = bytearray(path.read_bytes())
    content[-400:] = b"\xff" * 400
    path.write_bytes(content)
    bench.now += 10
    bench.index = WorkspaceIndex(bench.root, bench.cache, clock=lambda: bench.now)
    (finish,) = bench.ask(BEFORE + "        self.registry.register(<cursor>\n")
    assert isinstance(finish, Finish)
    assert finish.cause == "not_indexed_yet"
    assert not path.exists()


def test_workspaces_are_searched_together_only_when_both_are_open(
    bench: Bench, tmp_path: Path
) -> None:
    bench.learn({"a.py": "alpha = 1\n"})
    (tmp_path / "second").mkdir()
    second = Bench(tmp_path / "second")
    second.learn({"b.py": "connection = create_connection(address, timeout)\n"})
    assert texts(bench.ask("connection = create_<cursor>\n")) == []
    both = [bench.index, second.index]
    bench.engine = WorkspaceEngine(bench.live, lambda: both, lambda: bench.now)
    assert texts(bench.ask("connection = create_<cursor>\n")) == ["connection(address, timeout)"]


async def test_stream_gives_the_same_events(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    source = BEFORE + "        self.registry.register("
    snapshot = bench.open("main.py", source)
    request = FimRequest(snapshot, snapshot.text.end, source, "", Shape.SINGLE_LINE)
    events = [event async for event in bench.engine.stream(request)]
    assert bench.engine.id == "embedded/workspace"
    assert events == bench.engine.answer(request)


class OneBorder:
    """Lets nothing cross, and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def admits(self, source: str, target: str) -> bool:
        self.asked.append((source, target))
        return False

    def hidden(self, root: Path, segment: Segment, target: str) -> frozenset[int] | None:
        self.asked.append((root, segment.generation, target))
        return None


def test_text_behind_a_border_is_not_proposed_and_the_silence_says_why(bench: Bench) -> None:
    bench.learn({"src/handlers.py": HANDLERS})
    other, target = bench.open("other.py", HANDLERS).uri, (bench.root / "main.py").as_uri()
    border = OneBorder()
    bench.engine = WorkspaceEngine(
        bench.live, lambda: [bench.index], lambda: bench.now, borders=border
    )
    (end,) = bench.ask("    self.registry.register(<cursor>\n")
    why = "the indexed files are kept from this one by a privacy rule"
    assert end == Finish("no_match", why)
    assert border.asked == [(bench.root, 1, target), (other, target)]


def ask_among_places_alike(bench: Bench, cpu_clock: Callable[[], float]) -> list[str]:
    """Ask where many open documents have the last two tokens, and the index alone the line."""
    for number in range(12):
        noise = [f"other.register(noise_{number}_{line})\n" for line in range(20)]
        bench.open(f"open_{number}.py", "".join(noise))
    own = "".join(f"another.register(sound_{line})\n" for line in range(80))
    bench.learn({"src/handlers.py": HANDLERS})
    bench.engine = WorkspaceEngine(
        bench.live, lambda: [bench.index], lambda: bench.now, cpu_clock=cpu_clock
    )
    return texts(bench.ask(f"{own}{BEFORE}        self.registry.register(<cursor>\n"))


def test_best_place_is_found_among_more_than_can_be_looked_at(bench: Bench) -> None:
    assert ask_among_places_alike(bench, lambda: 0.0) == ["document.uri, document.version)"]


def test_search_that_is_ended_early_has_seen_the_best_of_the_index(bench: Bench) -> None:
    seconds = count(0.0, 1.0)
    assert ask_among_places_alike(bench, lambda: next(seconds))[:1] == [
        "document.uri, document.version)"
    ]
