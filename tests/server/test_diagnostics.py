from __future__ import annotations

import pytest
from lsprotocol import types as lsp

from refact_lsp.config.problems import Problem, Severity
from refact_lsp.server.features.diagnostics import diagnostics
from refact_lsp.text.lines import Text
from refact_lsp.text.positions import Encoding


def span(text: str, line: int, column: int, encoding: Encoding = Encoding.UTF16) -> str:
    (found,) = diagnostics((Problem("a.yaml", line, column, "x"),), Text(text), encoding)
    return str(found.range)


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        pytest.param("enabeld: true\n", 1, 1, "0:0-0:7", id="key"),
        pytest.param("endpoint: http://x:1/v1 # y\n", 1, 11, "0:10-0:23", id="value-with-colons"),
        pytest.param("a: 'b ''c'' d', e\n", 1, 4, "0:3-0:14", id="quoted"),
        pytest.param('a: "b \\" c" # d\n', 1, 4, "0:3-0:11", id="double-quoted"),
        pytest.param("a: 'b c\n", 1, 4, "0:3-0:5", id="quote-never-closed"),
        pytest.param("a: [b, c]\n", 1, 5, "0:4-0:5", id="item-of-a-list"),
        pytest.param("a: [b, c]\n", 1, 4, "0:3-0:4", id="bracket"),
        pytest.param("a: {b: c}\r\n", 1, 5, "0:4-0:5", id="key-in-braces"),
        pytest.param("  a:\n", 1, 5, "0:0-0:4", id="nothing-at-the-place"),
        pytest.param("a: b\nc: d\n", 0, 0, "0:0-0:4", id="no-place"),
        pytest.param("a: [\n", 2, 1, "1:0-1:0", id="end-of-the-file"),
        pytest.param("a: [", 2, 1, "0:0-0:4", id="line-that-is-no-line-for-lsp"),
        pytest.param("", 99, 99, "0:0-0:0", id="file-that-has-changed-since"),
    ],
)
def test_range_is_the_word_at_the_place(text: str, line: int, column: int, expected: str) -> None:
    assert span(text, line, column) == expected


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        (Encoding.UTF8, "0:10-0:20"),
        (Encoding.UTF16, "0:6-0:13"),
        (Encoding.UTF32, "0:5-0:11"),
    ],
)
def test_columns_are_counted_as_the_client_counts(encoding: Encoding, expected: str) -> None:
    assert span("\U0001f600éé: \U0001f600éabcd x", 1, 6, encoding) == expected


def test_severity_and_source_are_told() -> None:
    problem = Problem("a.yaml", 1, 1, "Odd.", Severity.WARNING)
    (found,) = diagnostics((problem,), Text("a"), Encoding.UTF16)
    assert (found.severity, found.source) == (lsp.DiagnosticSeverity.Warning, "refact-lsp")
    assert found.message == "Odd."
