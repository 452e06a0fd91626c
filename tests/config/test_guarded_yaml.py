from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refact_lsp.config.guarded_yaml import Node, plain_scalar, read_yaml


def plain(node: Node | None) -> object:
    assert node is not None
    if isinstance(node.value, tuple):
        return [plain(item) for item in node.value]
    if isinstance(node.value, (str, int, float, bool)) or node.value is None:
        return node.value
    return {key: plain(entry.node) for key, entry in node.value.items()}


def test_places_of_keys_and_values_are_kept() -> None:
    root, problems = read_yaml(b"a: 1\nb:\n  - x\n  - {c: y}\n", "f")
    assert problems == ()
    assert root is not None
    assert isinstance(root.value, dict)
    entry = root.value["b"]
    assert (entry.line, entry.column, entry.node.line, entry.node.column) == (2, 1, 3, 3)
    second = entry.node.value[1]
    assert (second.line, second.column) == (4, 5)
    assert second.value["c"].node.column == 9


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("012", 12),
        ("1:30", "1:30"),
        ("0o17", 15),
        ("0x1F", 31),
        ("-7", -7),
        ("1_000", "1_000"),
        ("1e3", 1000.0),
        (".5", 0.5),
        (".inf", float("inf")),
        ("True", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("2024-01-01", "2024-01-01"),
        ("9" * 50, float("9" * 50)),
    ],
)
def test_plain_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    assert plain_scalar(text) == value
    assert type(plain_scalar(text)) is type(value)


def test_quoted_scalar_is_text() -> None:
    assert plain(read_yaml(b"a: 'true'\nb: \"12\"\nc: |\n  3\n", "f")[0]) == {
        "a": "true",
        "b": "12",
        "c": "3\n",
    }


@pytest.mark.parametrize("content", [b"", b"# only a comment\n", b"\xef\xbb\xbf", b"---\n"])
def test_empty_document_is_a_node_without_value(content: bytes) -> None:
    root, problems = read_yaml(content, "f")
    assert root is not None
    assert root.value is None
    assert problems == ()


def test_byte_order_mark_is_skipped() -> None:
    assert plain(read_yaml(b"\xef\xbb\xbfa: 1\r\n", "f")[0]) == {"a": 1}


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"a: &x 1\nb: 2\n", (1, 4), "Anchors and aliases"),
        (b"a: 1\nb: *x\n", (2, 4), "Anchors and aliases"),
        (b"a: !!python/object/apply:os.system [ls]\n", (1, 4), "Tags"),
        (b"a: !secret\n", (1, 4), "Tags"),
        (b"a: 1\nb: 2\na: 3\n", (3, 1), "'a' stands here again; first in line 1."),
        (b"[a]: 1\n", (1, 1), "cannot be a key"),
        (b"a: 1\n---\nb: 2\n", (2, 1), "second document"),
        (b"a: 1\nb:\tc: 2\n", (2, 3), "a tab stands here; write spaces."),
        (b"a:\n\tb: 1\n", (2, 1), "a tab stands here; write spaces."),
        (b"a: 1\nb: 'open\nc: 2\n", (2, 4), "the quote that opens here is never closed."),
        (b'a: "open\n---\n', (1, 4), "the quote that opens here is never closed."),
        (b"a: 1\nname\nb: 2\n", (2, 1), "there is no `:` behind this name"),
        (b"a: @b\n", (1, 4), "a text cannot begin with this character; put it in quotes."),
        (b'a: "C:\\certs"\n', (1, 8), "write `\\\\` or single quotes."),
        (b"a: b: c\n", (1, 5), "no `:` can stand here; put the text in quotes"),
        (b"a: - b\n", (1, 4), "begin the list on its own line."),
        (b"a: [b\nc: d\n", (2, 2), "expected `,` or `]`, the end of this list."),
        (b"a: {b: '1' c: 2}\n", (1, 12), "expected `,` or `}`, the end of this mapping."),
        (b'a: "b" c\n', (1, 8), "check the indentation and the quotes."),
        (b" a: 1\nb: 2\n", (2, 1), "check the indentation and the quotes."),
        (b"a: 1\nb: \x00\n", (2, 4), "control character"),
        (b"ok: 1\nbad: \xff\n", (2, 6), "UTF-8"),
        (b'a: "\\ud800"\n', (1, 4), "surrogate"),
        (b'a: "\\UFFFFFFFF"\n', (1, 1), "no valid YAML"),
        (b"a" * 300_000, (1, 1), "larger than 256 KB"),
        (b"a: " + b"[" * 33 + b"]" * 33, (1, 35), "deeper than 32"),
    ],
)
def test_bad_content_is_one_problem_with_its_place(
    content: bytes, place: tuple[int, int], words: str
) -> None:
    root, (problem,) = read_yaml(content, "p.yaml")
    assert root is None
    assert (problem.file, problem.line, problem.column) == ("p.yaml", *place)
    assert words in problem.sentence


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 100_000,
        b"{" * 100_000,
        b"- " * 100_000,
        b"? " * 100_000,
        b"[{a: " * 40_000,
        b"a: &a [1]\nb: [" + b"*a," * 60_000,
        b"%YAML " + b"9" * 10_000 + b"\n---\na: 1\n",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 100,
        b"!" * 1000,
        b"'" * 99_999,
    ],
    ids=lambda content: repr(content[:8]),
)
def test_bomb_is_refused_soon(content: bytes) -> None:
    began = time.process_time()
    root, problems = read_yaml(content, "f")
    assert root is None
    assert len(problems) == 1
    assert time.process_time() - began < 10


def test_problem_never_quotes_a_value() -> None:
    canary = "sk-canary-91f3"
    for text in (
        f"api_key: !{canary}!x 1",
        f"api_key: *{canary}",
        f"'{canary}': 1\n'{canary}': 2",
        f"api_key: {canary}: x",
        f"%TAG !{canary}! x\n%TAG !{canary}! x\n---\na",
        f"api_key: '{canary}",
    ):
        root, (problem,) = read_yaml(text.encode(), "f")
        assert canary not in problem.sentence
        assert root is None


def test_node_does_not_show_its_value() -> None:
    assert "canary" not in repr(read_yaml(b"api_key: canary\n", "f")[0])


@given(st.binary(max_size=200) | st.text(alphabet="a:-[]{}?&*!|>'\"%#\n\t ,1", max_size=80))
def test_any_content_is_a_node_or_one_problem(content: bytes | str) -> None:
    root, problems = read_yaml(content if isinstance(content, bytes) else content.encode(), "f")
    assert (root is None) == (len(problems) == 1)
