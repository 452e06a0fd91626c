"""From what inline completion asks to what is posted."""

from __future__ import annotations

import pytest

from refact_lsp.messages import Shape
from refact_lsp.providers.fim.prompt import FimText
from refact_lsp.providers.fim.ways import WayKind
from refact_lsp.providers.known import KnownModel
from refact_lsp.providers.question import Question, context_of, fitting, ways_of
from refact_lsp.providers.question import question as write
from refact_lsp.providers.wire.format import SuffixPrompt
from refact_lsp.providers.wire.table import FORMATS
from tests.providers.asking import CODER, SOURCE, endpoint, question

AT = "endpoint: http://localhost:9\n"
NEW = KnownModel()


def written(
    text: str, *, model: str = CODER, shape: Shape = Shape.SINGLE_LINE, source: str = SOURCE
) -> Question:
    at = endpoint(text + AT, model)
    return write(at, NEW, ways_of(at, NEW)[0], question(source, shape=shape), "sample.py")


def body(asked: Question) -> dict[str, object]:
    return FORMATS[asked.way.wire].build(asked.wire).body


@pytest.mark.parametrize(
    ("text", "model", "kind", "stops"),
    [
        ("base_provider: custom\n", CODER, WayKind.TOKENS, True),
        ("base_provider: ollama\n", CODER, WayKind.SUFFIX, True),
        ("base_provider: llamacpp\n", CODER, WayKind.INFILL, True),
        ("base_provider: custom\nfim: {mode: chat}\n", CODER, WayKind.CHAT, False),
        (
            "base_provider: custom\ncompletion_wires: [openai_completions]\ntakes_suffix: false\n",
            "m",
            WayKind.CONTINUE,
            False,
        ),
    ],
)
def test_line_end_stops_a_server_only_where_the_answer_begins_at_the_cursor(
    text: str,
    model: str,
    kind: WayKind,
    stops: bool,  # noqa: FBT001 - a table's column
) -> None:
    one = written(text, model=model)
    several = written(text, model=model, shape=Shape.MULTI_LINE)
    assert one.way.kind is kind
    assert ("\n" in one.wire.stop) is stops
    assert "\n" not in several.wire.stop


def test_answer_on_a_blank_line_may_begin_with_another() -> None:
    asked = written("base_provider: custom\n", source="import os\n    <cursor>\nprint(os)\n")
    assert "\n" not in asked.wire.stop


def test_special_tokens_are_taken_out_of_what_a_server_puts_into_its_own_prompt() -> None:
    source = "x = '<|fim_middle|>'\ny = <cursor>\nz = '<|endoftext|>'\n"
    asked = written("base_provider: ollama\n", model="qwen2.5-coder", source=source)
    assert asked.wire.prompt == SuffixPrompt("x = ''\ny = ", "\nz = ''\n")


def test_chat_gets_more_tokens_and_no_temperature() -> None:
    fill, chat = (
        written(f"base_provider: custom\nfim: {{mode: {mode}}}\n") for mode in ("auto", "chat")
    )
    assert (fill.wire.max_tokens, fill.wire.temperature) == (64, 0.0)
    assert (chat.wire.max_tokens, chat.wire.temperature) == (128, None)


def test_newer_name_of_the_limit_is_used_where_the_record_says_so() -> None:
    text = (
        "base_provider: custom\n"
        f"completion_models: {{{CODER}: {{supports_max_completion_tokens: true}}}}\n"
    )
    assert "max_completion_tokens" in body(written(text))


def test_wire_that_is_not_spoken_yet_is_passed_over() -> None:
    text = "base_provider: custom\ncompletion_wires: [anthropic_messages, openai_completions]\n"
    assert {each.wire for each in ways_of(endpoint(text + AT), NEW)} == {"openai_completions"}


def test_refused_ways_are_left_out() -> None:
    at = endpoint(f"base_provider: custom\n{AT}")
    first, *others = ways_of(at, NEW)
    known = KnownModel(refused=frozenset({(first.kind, first.wire)}))
    assert ways_of(at, known) == tuple(others)


@pytest.mark.parametrize(
    ("told", "known", "context"), [(0, 0, 0), (8192, 0, 8192), (0, 4096, 4096), (8192, 4096, 4096)]
)
def test_smaller_context_counts(told: int, known: int, context: int) -> None:
    record = f"completion_models: {{{CODER}: {{n_ctx: {told}}}}}\n"
    at = endpoint(f"base_provider: custom\n{AT}{record}")
    assert context_of(at, KnownModel(context=known)) == context


PREFIX = "".join(f"before {n}\n" for n in range(1000)) + "x = "
SUFFIX = "\n" + "".join(f"after {n}\n" for n in range(1000))
WHOLE = FimText(PREFIX, SUFFIX, "a.py", "python")


def test_text_that_fits_is_left_whole() -> None:
    assert fitting(WHOLE, 0, 64, 3.0) == WHOLE
    assert fitting(WHOLE, 100_000, 64, 3.0) == WHOLE


@pytest.mark.parametrize("context", [512, 1024, 2048])
def test_text_is_cut_far_from_the_cursor_at_line_ends(context: int) -> None:
    cut = fitting(WHOLE, context, 64, 3.0)
    assert len(cut.prefix) + len(cut.suffix) <= (context - 64 - 64) * 3
    assert PREFIX.endswith(cut.prefix)
    assert cut.prefix.startswith("before ")
    assert SUFFIX.startswith(cut.suffix)
    assert cut.suffix.endswith("\n")
    assert len(cut.prefix) > 2 * len(cut.suffix) > 0


def test_short_prefix_leaves_its_room_to_the_suffix() -> None:
    cut = fitting(FimText("x = ", SUFFIX, "a.py", "python"), 1024, 64, 3.0)
    assert cut.prefix == "x = "
    assert len(cut.suffix) > 2500
