"""The body of one message into a JSON-RPC envelope: pure, and no bad body is an exception.

Only the envelope is looked at here. Parameters stay plain JSON until the method is known, so a
member called "jsonrpc" deep inside them means nothing (pygls 2.1 takes it for a message).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from refact_lsp.server.rpc.framing import INVALID_REQUEST, PARSE_ERROR

Json = Any
"""What `json.loads` answers."""

MessageId = int | str


@dataclass(frozen=True, slots=True)
class Request:
    """A method call that must be answered once."""

    id: MessageId
    method: str
    params: Json


@dataclass(frozen=True, slots=True)
class Notification:
    """A method call without an answer."""

    method: str
    params: Json


@dataclass(frozen=True, slots=True)
class Response:
    """The client's answer to a request of ours; `error` is None when it succeeded.

    The id is None where the client could not read ours; nothing can be done with it then, and
    answering an error with an error could go on for ever.
    """

    id: MessageId | None
    result: Json
    error: Json


@dataclass(frozen=True, slots=True)
class Fault:
    """A body that is no message: JSON-RPC code, sentence, and the id where one could be read."""

    code: int
    message: str
    id: MessageId | None = None


Message = Request | Notification | Response | Fault


def decode(body: bytes) -> Message:
    """Read a body. Lone surrogates survive, escaped or as three bytes each (WTF-8)."""
    try:
        data = json.loads(body.decode("utf-8-sig", "surrogatepass"))
    except UnicodeDecodeError as error:
        return Fault(PARSE_ERROR, f"The message is not UTF-8: {error.reason} at {error.start}.")
    except ValueError as error:
        return Fault(PARSE_ERROR, f"The message is not JSON: {error}.", _id_of_first(error))
    except RecursionError:
        return Fault(PARSE_ERROR, "The message is nested too deeply.")
    return _envelope(data)


def _id_of_first(error: ValueError) -> MessageId | None:
    """Answer the id of a message that only has something behind it, so that it can be answered."""
    if not isinstance(error, json.JSONDecodeError) or error.msg != "Extra data":
        return None
    data, _ = json.JSONDecoder().raw_decode(error.doc.lstrip())
    return _known_id(data) if isinstance(data, dict) and "method" in data else None


def _envelope(data: Json) -> Message:
    if isinstance(data, list):
        return Fault(INVALID_REQUEST, "Batches are not part of LSP; send messages one by one.")
    if not isinstance(data, dict):
        return Fault(INVALID_REQUEST, "A message is a JSON object.")
    if "method" not in data and ("result" in data or "error" in data):
        return Response(_known_id(data), data.get("result"), data.get("error"))
    problem, known_id = _problem(data), _known_id(data)
    if problem:
        return Fault(INVALID_REQUEST, problem, known_id)
    if known_id is None:
        return Notification(data["method"], data.get("params"))
    return Request(known_id, data["method"], data.get("params"))


def _known_id(data: dict[str, Json]) -> MessageId | None:
    id_ = data.get("id")
    return id_ if isinstance(id_, int | str) and not isinstance(id_, bool) else None


def _problem(data: dict[str, Json]) -> str:
    if data.get("jsonrpc") != "2.0":
        return 'The member "jsonrpc" must be "2.0".'
    if "id" in data and _known_id(data) is None:
        return "The id of a request is a string or an integer."
    if not isinstance(data.get("method"), str):
        return "The message has no method."
    if not isinstance(data.get("params"), dict | list | None):
        return "The params of a message are an object or an array."
    return ""
