"""Every fault of a server that concerns transport has a test; the table is checked for holes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FAULTS = {
    "P1": "a parameter that is refused",
    "P2": "a key that is not accepted",
    "P3": "no credit, under whatever status",
    "P4": "access that is not allowed",
    "P5": "a model that is not there",
    "P6": "a base URL with, or without, /v1",
    "P7": "a web page, or another kind of server",
    "P8": "time-outs told by the server",
    "P9": "conflicts and requests that come too early",
    "P10": "prompts that are too long",
    "P11": "requests that are not understood",
    "P12": "limits with a time told",
    "P13": "times that make no sense",
    "P14": "limits without a time told",
    "P15": "failures and overload",
    "P16": "errors inside good answers",
    "P17": "names that cannot be looked up",
    "P18": "servers that are not running",
    "P19": "connections that are not taken",
    "P20": "no first byte",
    "P21": "stalls in mid-stream",
    "P22": "connections that break in mid-stream",
    "P23": "slow drips",
    "P24": "streams without their end",
    "P25": "bytes that are no UTF-8, marks, letters cut in two",
    "P26": "every form of an event stream",
    "P27": "line ends that are none",
    "P28": "NDJSON, or whole JSON, instead of events",
    "P29": "content types that are wrong",
    "P30": "answers without measure",
    "P31": "compression that was declined",
    "P32": "redirects",
    "P33": "certificates",
    "P34": "proxies",
    "P35": "connections that end between requests",
    "P46": "headers that are slow, huge or many",
    "P47": "answers before the request was read",
    "P48": "keys that cannot be sent",
    "P50": "models that are still loading",
    "E4": "cancelling at any moment",
    "T2": "redirects that would carry a key",
    "T3": "keys in plain text",
    "T5": "keys in errors and logs",
    "T18": "answers that use everything up",
    "T20": "addresses of the network itself",
}
"""Not here: what concerns signing in (P36 to P38), the content of answers (P39 to P44, P51, P52),
lists of models (P45), and routes (P49)."""

THE_SAME = {"T2": "P32", "T18": "P30"}
"""A threat whose defence is that fault's."""

TESTS = "\n".join(
    path.read_text("utf-8")
    for path in Path(__file__).parent.glob("test_*.py")
    if path.name != Path(__file__).name
)


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_has_a_test(fault: str) -> None:
    name = THE_SAME.get(fault, fault)
    named = rf"def test_\w+_{name.lower()}\("
    in_a_table = rf'"{name}(?:-[^"\n]+)?"'
    assert re.search(f"{named}|{in_a_table}", TESTS), f"{fault}: {FAULTS[fault]}"


def test_tests_name_no_fault_that_the_table_lacks() -> None:
    named = re.findall(r"def test_\w+_([pet]\d+)\(", TESTS)
    in_tables = re.findall(r'id="([PET]\d+)(?:-[^"\n]+)?"', TESTS)
    assert {name.upper() for name in [*named, *in_tables]} <= FAULTS.keys()
