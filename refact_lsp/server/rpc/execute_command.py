"""`workspace/executeCommand`: the named command is called with the arguments as plain JSON."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcInvalidParams

from refact_lsp.server.rpc.protocol import EdgeProtocol

ARGUMENT_LIMIT_CHARS = 1_000_000
"""A longer text in an argument is refused: it is a selection nobody meant to send to a model."""


def register(protocol: EdgeProtocol) -> None:
    """Call commands as handlers of their own request, so that a cancel reaches them.

    pygls 2.1 runs a command in a second task under another id, counts parameters with a default as
    required, and lets `None` for the arguments differ from an empty list.
    """
    protocol.raw_methods.add(lsp.WORKSPACE_EXECUTE_COMMAND)
    protocol.builtin(lsp.WORKSPACE_EXECUTE_COMMAND, functools.partial(execute, protocol))


def execute(protocol: EdgeProtocol, params: Any) -> Any:  # noqa: ANN401 - plain JSON, any result
    """Call a command; `JsonRpcInvalidParams` where it is unknown or its arguments do not fit."""
    name, arguments = _named(params)
    command = protocol.fm.commands.get(name)
    if command is None:
        raise JsonRpcInvalidParams(f"{name!r} is not a command of this server.")
    if not _fits(command, arguments):
        raise JsonRpcInvalidParams(f"{name} does not take {len(arguments)} arguments.")
    if _longest_text(arguments) > ARGUMENT_LIMIT_CHARS:
        limit = f"{ARGUMENT_LIMIT_CHARS:,}"
        raise JsonRpcInvalidParams(f"An argument of {name} is longer than {limit} characters.")
    return command(*arguments)


def _named(params: Any) -> tuple[str, list[Any]]:  # noqa: ANN401 - plain JSON
    if not isinstance(params, dict) or not isinstance(params.get("command"), str):
        raise JsonRpcInvalidParams("workspace/executeCommand names no command.")
    arguments = params.get("arguments")
    if arguments is None:
        return params["command"], []
    if not isinstance(arguments, list):
        raise JsonRpcInvalidParams(f"The arguments of {params['command']} are not an array.")
    return params["command"], arguments


def _fits(command: Callable[..., Any], arguments: list[Any]) -> bool:
    function = getattr(command, "func", command)
    has_server = function is not command  # pygls binds the server to the first parameter
    try:
        inspect.signature(function).bind(*([None] if has_server else []), *arguments)
    except TypeError:
        return False
    return True


def _longest_text(value: Any) -> int:  # noqa: ANN401 - plain JSON
    waiting, longest = [value], 0
    while waiting:
        match waiting.pop():
            case str(text):
                longest = max(longest, len(text))
            case list(items):
                waiting.extend(items)
            case dict(members):
                waiting.extend(members.values())
    return longest
