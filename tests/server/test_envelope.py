from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tests.text.strategies  # noqa: F401 - how long an example may take
from refact_lsp.server.rpc.envelope import Fault, Notification, Request, Response, decode

PARSE, INVALID = -32700, -32600

MESSAGES = {
    "integer-id": (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{}}', Request(1, "m", {})),
    "string-id": (b'{"jsonrpc":"2.0","id":"1","method":"m"}', Request("1", "m", None)),
    "zero-id": (b'{"jsonrpc":"2.0","id":0,"method":"m"}', Request(0, "m", None)),
    "notification": (b'{"jsonrpc":"2.0","method":"m","params":[1]}', Notification("m", [1])),
    "result": (b'{"jsonrpc":"2.0","id":1,"result":null}', Response(1, None, None)),
    "error": (b'{"jsonrpc":"2.0","id":1,"error":{}}', Response(1, None, {})),
    "error-without-id": (b'{"jsonrpc":"2.0","id":null,"error":{}}', Response(None, None, {})),
    "byte-order-mark": (b'\xef\xbb\xbf{"jsonrpc":"2.0","method":"m"}', Notification("m", None)),
    "nested-jsonrpc": (
        b'{"jsonrpc":"2.0","method":"m","params":{"x":{"jsonrpc":"2.0","id":[]}}}',
        Notification("m", {"x": {"jsonrpc": "2.0", "id": []}}),
    ),
    "lone-surrogate-escaped": (
        b'{"jsonrpc":"2.0","method":"m","params":["\\ud83d"]}',
        Notification("m", ["\ud83d"]),
    ),
    "lone-surrogate-in-bytes": (
        b'{"jsonrpc":"2.0","method":"m","params":["\xed\xa0\xbd"]}',
        Notification("m", ["\ud83d"]),
    ),
}


@pytest.mark.parametrize(("body", "message"), MESSAGES.values(), ids=MESSAGES.keys())
def test_message_is_read(body: bytes, message: object) -> None:
    assert decode(body) == message


FAULTS = {
    "bad-json": (b'{"id":1,', PARSE, None),
    "not-utf-8": (b'{"id":1,"x":"\xff"}', PARSE, None),
    "utf-16": ('{"jsonrpc":"2.0","method":"m"}'.encode("utf-16"), PARSE, None),
    "100k-brackets": (b"[" * 100_000, PARSE, None),
    "100k-nested": (b'{"x":' * 100_000 + b"1" + b"}" * 100_000, PARSE, None),
    "long-number": (b'{"id":' + b"9" * 100_000 + b"}", PARSE, None),
    "text-behind": (b'{"jsonrpc":"2.0","id":7,"method":"m"}Content-Ty', PARSE, 7),
    "batch": (b'[{"jsonrpc":"2.0","id":1,"method":"m"}]', INVALID, None),
    "number": (b"1", INVALID, None),
    "no-method": (b'{"jsonrpc":"2.0","id":1}', INVALID, 1),
    "method-no-text": (b'{"jsonrpc":"2.0","id":1,"method":2}', INVALID, 1),
    "wrong-version": (b'{"jsonrpc":"1.0","id":1,"method":"m"}', INVALID, 1),
    "no-version": (b'{"id":1,"method":"m"}', INVALID, 1),
    "null-id": (b'{"jsonrpc":"2.0","id":null,"method":"m"}', INVALID, None),
    "boolean-id": (b'{"jsonrpc":"2.0","id":true,"method":"m"}', INVALID, None),
    "object-id": (b'{"jsonrpc":"2.0","id":{},"method":"m"}', INVALID, None),
    "params-a-text": (b'{"jsonrpc":"2.0","id":"a","method":"m","params":"x"}', INVALID, "a"),
}


@pytest.mark.parametrize(("body", "code", "id_"), FAULTS.values(), ids=FAULTS.keys())
def test_fault_has_its_code_and_the_id_that_could_be_read(
    body: bytes, code: int, id_: object
) -> None:
    fault = decode(body)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.id) == (code, id_)
    assert 0 < len(fault.message) < 200


@given(st.binary(max_size=100))
def test_no_bytes_are_an_exception(body: bytes) -> None:
    assert isinstance(decode(body), Fault | Response | Request | Notification)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "method", "jsonrpc", "params", "x"]), inner)
    ),
    max_leaves=10,
)


@given(json_values)
def test_no_json_is_an_exception(value: object) -> None:
    assert decode(json.dumps(value).encode()) is not None
