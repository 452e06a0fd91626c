"""Every fault that the edge answers for has a test; the table is checked for holes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FAULTS = {
    "E1": "cancel storm",
    "E3": "cancel of what is not running",
    "E5": "notifications about documents in a wrong order",
    "E6": "versions repeated, going back, missing",
    "E7": "ranges inverted, negative, past the end, inside a letter or line end",
    "E8": "lone surrogates",
    "E9": "mixed line ends, byte order mark, NUL, form feed",
    "E10": "characters that are line ends elsewhere",
    "E11": "letters of many units",
    "E12": "very large documents and lines",
    "E13": "very many documents",
    "E14": "URIs of every kind",
    "E15": "an introduction that is missing, late, or repeated",
    "E16": "clients that can do little",
    "E17": "clients that do not answer",
    "E18": "shutdown and exit at any moment",
    "E19": "an editor that is gone",
    "E20": "bytes that are no messages",
    "E21": "clients that do not read",
    "E22": "configuration and files changing under way",
    "E23": "folders that come and go",
    "E25": "a home that is missing, cannot be written, or has a file for a folder",
    "E29": "locales",
    "E30": "commands with wrong arguments",
    "E32": "sockets: several clients, web pages, other machines",
}

TESTS = "\n".join(
    path.read_text("utf-8")
    for path in Path(__file__).parent.glob("test_*.py")
    if path.name != Path(__file__).name
)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_has_a_test(fault: str) -> None:
    named = rf"def test_\w+_{fault.lower()}\("
    in_a_table = rf'"{fault}-[^"\n]+"'
    assert re.search(f"{named}|{in_a_table}", TESTS), f"{fault}: {FAULTS[fault]}"


def test_tests_name_no_fault_that_the_table_lacks() -> None:
    named = re.findall(r"def test_\w+_(e\d+)\(", TESTS)
    in_tables = re.findall(r'"(E\d+)-[^"\n]+"', TESTS)
    elsewhere = {"E28"}  # signals: the table of the whole program has it
    assert {name.upper() for name in [*named, *in_tables]} - elsewhere <= FAULTS.keys()
