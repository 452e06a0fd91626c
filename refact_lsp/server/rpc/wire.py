"""Between JSON and what handlers take, answer and raise."""

from __future__ import annotations

import asyncio
import json
import logging
from types import SimpleNamespace
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcRequestCancelled,
)

from refact_lsp.errors import RefactError
from refact_lsp.server.rpc.envelope import Json

logger = logging.getLogger(__name__)

VERSION = "2.0"


def encode(data: Json) -> bytes:
    """Write JSON in ASCII: a lone surrogate goes out as the escape it came in as."""
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode("ascii")


def structured(converter: Any, method: str, params: Json) -> Any:  # noqa: ANN401 - by method
    """Answer parameters as lsprotocol's type; for methods LSP does not define, as attributes.

    Raises `JsonRpcInvalidParams`. Only the parameters are structured: pygls 2.1 also takes any
    object inside them with a member "jsonrpc" for a message.
    """
    known = lsp.METHOD_TO_TYPES.get(method)
    params_type: Any = known[2] if known else SimpleNamespace
    if params_type is None:
        return None
    try:
        if params_type is SimpleNamespace:
            return _attributes(params)
        return converter.structure({} if params is None else params, params_type)
    except Exception as error:
        # cattrs raises groups of whatever a hook raised: no narrower class covers them.
        logger.debug("bad_params method=%s", method, exc_info=True)
        raise JsonRpcInvalidParams(f"The params of {method} are not as LSP has them.") from error


def _attributes(value: Json) -> Any:  # noqa: ANN401 - JSON of any shape
    if isinstance(value, dict):
        return SimpleNamespace(**{key: _attributes(member) for key, member in value.items()})
    return [_attributes(item) for item in value] if isinstance(value, list) else value


def error_of(error: BaseException, method: str) -> JsonRpcException:
    """Answer what the client hears of a failed handler: a sentence; the log has the rest."""
    match error:
        case JsonRpcException():
            return error
        case asyncio.CancelledError():
            return cancelled(method)
        case RefactError():
            return JsonRpcException(str(error))
    logger.error("failed_request method=%s", method, exc_info=error)
    name = type(error).__name__
    return JsonRpcException(f"{method} failed inside refact-lsp ({name}); its log says where.")


def cancelled(method: str) -> JsonRpcRequestCancelled:
    """Answer what a client hears of a request it cancelled."""
    return JsonRpcRequestCancelled(f"{method} was cancelled.")


def error_body(error: JsonRpcException) -> dict[str, Json]:
    """Answer the member "error" of a response."""
    body: dict[str, Json] = {"code": error.code, "message": error.message}
    return body if error.data is None else {**body, "data": error.data}


def client_error(error: Json) -> JsonRpcException:
    """Read the member "error" of a client's response, of whatever shape."""
    fields = error if isinstance(error, dict) else {}
    code = fields.get("code")
    return JsonRpcException(str(fields.get("message", error)), code if isinstance(code, int) else 0)
