"""What editors get wrong about documents, against the real process."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil
import pytest

from tests.server.rawclient import Json, RawClient, frame, notification, position, running, span

ENCODINGS = {"utf-8": 4, "utf-16": 2, "utf-32": 1}
"""Units of one letter outside the basic plane."""


@pytest.fixture(scope="module", params=ENCODINGS)
def counting(request: pytest.FixtureRequest) -> Iterator[tuple[RawClient, int]]:
    """Answer a client of each encoding, and the units of an astral letter."""
    with running() as client:
        capabilities = {"general": {"positionEncodings": [request.param, "utf-16"]}}
        answer = client.initialize(capabilities=capabilities)
        assert answer["capabilities"]["positionEncoding"] == request.param
        yield client, ENCODINGS[request.param]


# ---- order and versions --------------------------------------------------------------------


def test_change_before_open_and_after_close_is_ignored_with_a_reason_e5(
    client: RawClient, uri: str
) -> None:
    client.change(uri, 1, {"text": "early"})
    assert client.text_of(uri) is None
    client.open(uri, "x")
    client.send(notification("textDocument/didClose", {"textDocument": {"uri": uri}}))
    client.change(uri, 2, {"text": "late"})
    assert client.text_of(uri) is None
    client.wait_for_log("not open")


def test_double_open_takes_the_text_anew_e5(client: RawClient, uri: str) -> None:
    client.open(uri, "one", version=3)
    client.open(uri, "two", version=1, language="ruby")
    assert client.text_of(uri) == {"text": "two", "version": 1, "language": "ruby"}
    client.wait_for_log("didOpen for an open document")


def test_stale_versions_are_ignored_and_missing_ones_tolerated_e6(
    client: RawClient, uri: str
) -> None:
    client.open(uri, "x", version=5)
    for version, text in ((5, "repeated"), (4, "back"), (None, "missing"), (9, "gap")):
        client.change(uri, version, {"text": text})
    assert client.text_of(uri) == {"text": "gap", "version": 9, "language": "python"}
    client.wait_for_log("was ignored")


def test_reason_is_logged_once_a_document(client: RawClient, uri: str) -> None:
    for version in range(20):
        client.change(uri, version, {"text": "x"})
    client.text_of(uri)
    client.wait_for_log(uri)
    assert client.logged().count(uri) == 1


# ---- ranges --------------------------------------------------------------------------------

RANGES = {
    "E7-inverted": ("abc", span(0, 2, 0, 1), "aXc"),
    "E7-past-the-line": ("abc\nd", span(0, 9, 0, 99), "abcX\nd"),
    "E7-past-the-end": ("abc\nd", span(7, 0, 9, 1), "abc\ndX"),
    "E7-mid-crlf": ("ab\r\nc", span(0, 3, 0, 3), "abX\r\nc"),
    "E7-huge": ("ab", span(0, 0, 2**31 - 1, 2**31 - 1), "X"),
    "E7-floats": ("abc", {"start": {"line": 0.0, "character": 1.0}, **span(0, 1, 0, 2)}, "aXc"),
}


@pytest.mark.parametrize(("text", "where", "result"), RANGES.values(), ids=RANGES.keys())
def test_odd_range_is_clamped(
    client: RawClient, uri: str, text: str, where: Json, result: str
) -> None:
    client.open(uri, text)
    client.change(uri, 2, {"range": where, "text": "X"})
    assert client.text_of(uri)["text"] == result


NONSENSE = {
    "E7-negative": {"range": span(-1, 0, 0, 1), "text": "X"},
    "E7-negative-column": {"range": span(0, 0, 0, -7), "text": "X"},
    "E7-no-end": {"range": {"start": {"line": 0, "character": 0}}, "text": "X"},
    "E7-no-text": {"range": span(0, 0, 0, 1)},
    "E7-text-a-number": {"text": 5},
    "E7-range-a-text": {"range": "x", "text": "X"},
}


@pytest.mark.parametrize("change", NONSENSE.values(), ids=NONSENSE.keys())
def test_senseless_change_is_reported_and_healed_by_a_whole_text(
    client: RawClient, uri: str, change: Json
) -> None:
    client.open(uri, "abc")
    client.change(uri, 2, change)
    assert client.text_of(uri) is None
    client.change(uri, 3, {"range": span(0, 0, 0, 0), "text": "ignored"})
    assert client.text_of(uri) is None
    client.change(uri, 4, {"text": "whole"})
    assert client.text_of(uri)["text"] == "whole"
    client.wait_for_log("ignored until its whole text is sent")
    assert client.errors() == []


@pytest.mark.parametrize(
    "params",
    [{}, {"textDocument": 5}, {"textDocument": {}, "contentChanges": {}}, [], None],
    ids=repr,
)
@pytest.mark.parametrize("method", ["didOpen", "didChange", "didClose"])
def test_notification_of_any_shape_is_survived_e5(
    client: RawClient, method: str, params: object
) -> None:
    client.send(notification(f"textDocument/{method}", params))
    client.ask(1, "probe/echo", {"value": 1})
    assert client.errors() == []


# ---- letters -------------------------------------------------------------------------------


def test_lone_surrogates_stay_in_the_document_e8(client: RawClient, uri: str) -> None:
    client.open(uri, "a\ud83db\n")
    client.change(uri, 2, {"range": span(0, 2, 0, 3), "text": "-\ude00"})
    assert ascii(client.text_of(uri)["text"]) == ascii("a\ud83d-\ude00\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\r\nb\rc\nd", id="E9-mixed-line-ends"),
        pytest.param("\ufeffa\nb\n\nd\n", id="E9-byte-order-mark"),
        pytest.param("a\0\nb\fc\x1c\nc\nd", id="E9-nul-and-form-feed"),
        pytest.param("a\u2028b\u2029\x85\v\nb\nc\nd", id="E10-line-separators"),
    ],
)
def test_lines_end_where_lsp_says(counting: tuple[RawClient, int], uri: str, text: str) -> None:
    client, _ = counting
    client.open(uri, text)
    client.change(uri, 2, {"range": span(3, 0, 3, 1), "text": "X"})
    expected = text[:-2] + "X\n" if text.endswith("d\n") else text[:-1] + "X"
    assert client.text_of(uri)["text"] == expected


WIDE = {
    "E11-astral": ("😀", lambda astral: astral),
    "E11-family": ("👩\u200d👧", lambda astral: 2 * astral + {4: 3, 2: 1, 1: 1}[astral]),
    "E11-combining": ("e\u0301", lambda astral: {4: 3, 2: 2, 1: 2}[astral]),
    "E11-right-to-left": ("\u05e9\u05dc", lambda astral: {4: 4, 2: 2, 1: 2}[astral]),
}


@pytest.mark.parametrize(("letters", "width"), WIDE.values(), ids=WIDE.keys())
def test_wide_letters_count_in_units(
    counting: tuple[RawClient, int], uri: str, letters: str, width: object
) -> None:
    client, astral = counting
    assert callable(width)
    units = width(astral)
    client.open(uri, f"{letters}b\n{letters}c")
    client.change(uri, 2, {"range": span(1, units, 1, units + 1), "text": "X"})
    assert client.text_of(uri)["text"] == f"{letters}b\n{letters}X"


def test_position_inside_a_letter_is_its_start_e7(
    counting: tuple[RawClient, int], uri: str
) -> None:
    client, astral = counting
    client.open(uri, "😀b")
    client.change(uri, 2, {"range": span(0, astral - 1, 0, astral), "text": "X"})
    assert client.text_of(uri)["text"] == "Xb"


# ---- sizes ---------------------------------------------------------------------------------


def seconds_to_edit(client: RawClient, uri: str, line: int, *, times: int) -> list[float]:
    """Answer how long the server needs for an edit and the answer to a request behind it."""
    took = []
    for number in range(times):
        edit = {"range": span(line, 0, line, 0), "text": "y"}
        started = time.perf_counter()
        client.change(uri, number + 2, edit)
        client.ask(f"{uri}-{number}", "probe/echo", {"value": 1})
        took.append(time.perf_counter() - started)
    return sorted(took)


LARGE = {
    "E12-50-mb": "x = 1  # a line of an ordinary length, more or less\n" * 1_000_000,
    "E12-1m-lines": "x\n" * 1_000_000,
    "E12-binary": "".join(map(chr, range(256))) * 4_000,
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE.keys())
def test_large_document_is_edited_without_holding_others_up(text: str) -> None:
    with running() as client:
        client.initialize()
        client.open("file:///large.txt", text, language="plaintext")
        client.ask("opened", "probe/echo", {"value": 1}, limit_s=60)
        took = seconds_to_edit(client, "file:///large.txt", 1000, times=20)
        assert took[len(took) // 2] < 0.1, took  # splitting 50 MB at each edit takes a second


def test_line_of_10_mb_is_edited_e12(client: RawClient, uri: str) -> None:
    client.open(uri, "x" * 10_000_000)
    client.change(uri, 2, {"range": span(0, 5_000_000, 0, 5_000_001), "text": "y"})
    text = client.text_of(uri)["text"]
    assert (len(text), text.index("y")) == (10_000_000, 5_000_000)


def test_large_document_gets_no_suggestions_and_a_reason_e12(client: RawClient, uri: str) -> None:
    client.open(uri, "x" * 10_000_000)
    place = {"textDocument": {"uri": uri}, "position": position(0, 5_000_000)}
    asked = client.ask(1, "textDocument/inlineCompletion", {**place, "context": {"triggerKind": 1}})
    assert asked["result"]["items"] == []
    params = {"command": "refact.explainLast", "arguments": [{"quiet": True}]}
    explained = client.ask(2, "workspace/executeCommand", params)
    assert "too large" in explained["result"]["text"]


def rss(client: RawClient) -> int:
    return int(psutil.Process(client.process.pid).memory_info().rss)


def settled_rss(client: RawClient) -> int:
    """Measure when the user's files were read: with them comes code, which stays in memory."""
    asked = client.ask("read", "workspace/executeCommand", {"command": "refact.models"})
    assert "error" not in asked
    return rss(client)


def test_memory_returns_after_many_documents_e13() -> None:
    def storm(client: RawClient, count: int) -> None:
        for number in range(count):
            uri = f"file:///storm-{number}.txt"
            client.open(uri, "x" * 2000, language="plaintext")
            item = {"textDocument": {"uri": uri}}
            client.send(notification("textDocument/didClose", item))
        assert client.ask(count, "probe/state", limit_s=60)["result"]["documents"] == 0

    with running() as client:
        client.initialize()
        storm(client, 2_000)
        before = settled_rss(client)
        storm(client, 20_000)
        assert rss(client) < before * 1.1


def test_5000_documents_fit_e13() -> None:
    text = "some words on a line of code\n" * 350
    with running() as client:
        client.initialize()
        before = settled_rss(client)
        for number in range(5_000):
            client.open(f"file:///many-{number}.txt", text, language="plaintext")
        assert client.ask(1, "probe/state", limit_s=60)["result"]["documents"] == 5_000
        assert rss(client) - before < 100 * 1024 * 1024  # twice the text, and no split lines


# ---- identity ------------------------------------------------------------------------------

URIS = {
    "E14-untitled": "untitled:Untitled-1",
    "E14-remote": "vscode-remote://ssh-remote%2Bhost/home/a.py",
    "E14-git": "git:/a.py?%7B%22ref%22%3A%22~%22%7D",
    "E14-encoded": "file:///a%20b/%C3%A9.py",
    "E14-drive": "file:///c%3A/a.py",
    "E14-unc": "file://server/share/a.py",
    "E14-no-path": "file://",
    "E14-64-kb": "file:///" + "a" * 65_536,
    "E14-empty": "",
    "E14-surrogate": "file:///\ud83d.py",
}


@pytest.mark.parametrize("odd", URIS.values(), ids=URIS.keys())
def test_document_of_any_uri_is_kept_under_it(client: RawClient, odd: str) -> None:
    client.open(odd, "text")
    client.change(odd, 2, {"range": span(0, 0, 0, 1), "text": "T"})
    assert client.text_of(odd)["text"] == "Text"
    client.send(notification("textDocument/didClose", {"textDocument": {"uri": odd}}))


# ---- notebooks -----------------------------------------------------------------------------


def cell(uri: str) -> Json:
    return {"kind": 2, "document": uri}


def cell_text(uri: str, text: str, language: str = "python") -> Json:
    return {"uri": uri, "languageId": language, "version": 1, "text": text}


def test_cells_keep_their_order_through_moves_and_edits(client: RawClient, uri: str) -> None:
    a, b, c, d = (f"{uri}#{name}" for name in "abcd")
    book = {"uri": uri, "notebookType": "jupyter-notebook", "version": 1}
    opened = {
        "notebookDocument": {**book, "cells": [cell(a), cell(b), cell(c)]},
        "cellTextDocuments": [
            cell_text(a, "a"),
            cell_text(b, "b", "markdown"),
            cell_text(c, "c"),
        ],
    }
    client.send(notification("notebookDocument/didOpen", opened))

    def change(**cells: object) -> None:
        params = {"notebookDocument": {**book, "version": 2}, "change": {"cells": cells}}
        client.send(notification("notebookDocument/didChange", params))

    added = {"array": {"start": 0, "deleteCount": 0, "cells": [cell(d)]}}
    change(structure={**added, "didOpen": [cell_text(d, "d")]})
    change(structure={"array": {"start": 1, "deleteCount": 3, "cells": [cell(c), cell(a)]}})
    item = {"document": {"uri": a, "version": 2}, "changes": [{"text": "A"}]}
    change(textContent=[item])
    assert client.ask(1, "probe/cellsBefore", {"uri": a})["result"] == ["d", "c"]
    assert client.text_of(a)["text"] == "A"
    change(structure={"array": {"start": 0, "deleteCount": 2}, "didClose": [{"uri": d}]})
    assert client.ask(2, "probe/cellsBefore", {"uri": a})["result"] == []
    closed = {"notebookDocument": {"uri": uri}, "cellTextDocuments": [{"uri": a}]}
    client.send(notification("notebookDocument/didClose", closed))
    assert client.text_of(a) is None


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"notebookDocument": {"uri": "x"}, "change": {"cells": {"structure": {"array": 5}}}},
        {"notebookDocument": {"uri": "x"}, "change": {"cells": {"structure": {"array": {}}}}},
        {"notebookDocument": 5, "change": {"cells": {"textContent": [5, {"document": 6}]}}},
        {"notebookDocument": {"cells": 5}, "cellTextDocuments": [7]},
        [],
    ],
    ids=repr,
)
@pytest.mark.parametrize("method", ["didOpen", "didChange", "didSave", "didClose"])
def test_notebook_notification_of_any_shape_is_survived(
    client: RawClient, method: str, params: object
) -> None:
    client.send(notification(f"notebookDocument/{method}", params))
    client.ask(1, "probe/echo", {"value": 1})
    assert client.errors() == []


def test_many_changes_in_one_write_are_applied_in_order(client: RawClient, uri: str) -> None:
    client.open(uri, "")
    typed = [
        notification(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": number + 2},
                "contentChanges": [{"range": span(0, number, 0, number), "text": letter}],
            },
        )
        for number, letter in enumerate("typed by a very fast person")
    ]
    client.write(b"".join(map(frame, typed)))
    assert client.text_of(uri)["text"] == "typed by a very fast person"
