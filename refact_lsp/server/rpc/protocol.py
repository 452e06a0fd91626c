"""JSON-RPC as a client may rely on it: every request gets exactly one answer, whatever it is.

Sits under pygls' registry of features and commands and its typed calls to the client, and replaces
what pygls 2.1 does with messages: reading (it loses its step), dispatch (bad parameters are never
answered, commands never cancelled, nothing is answered after `shutdown`), documents, and writing.

Handlers
    A handler is called with the method's parameters: lsprotocol's type; for methods that LSP does
    not define objects with JSON's members as attributes; plain JSON for those in `raw_methods`.
    It answers a value or an awaitable.
    It sees the documents as they stood when its message arrived: all of a plain function that
    answers a coroutine, and the part of an `async def` before its first `await`.
    It may raise `JsonRpcException` (that code), `RefactError` (its sentence), or fail.
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from enum import Enum
from functools import partial
from typing import Any, Protocol

from lsprotocol import types as lsp
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol

from refact_lsp.config.redaction import redact_bytes
from refact_lsp.server.rpc import wire
from refact_lsp.server.rpc.envelope import (
    Fault,
    Json,
    MessageId,
    Notification,
    Request,
    Response,
    decode,
)
from refact_lsp.server.rpc.pending import Pending, PendingRequests

logger = logging.getLogger(__name__)

Handler = Callable[..., Any]

DROPPABLE_METHODS = frozenset(
    {lsp.WINDOW_LOG_MESSAGE, lsp.LOG_TRACE, lsp.TELEMETRY_EVENT, "didChangeStatus"}
)
"""What a client that does not read may miss."""


class Sink(Protocol):
    """Where messages to the client go."""

    def put(self, data: bytes, *, droppable: bool = False) -> None:
        """Queue one message; never blocks."""


class Phase(Enum):
    """How far a client has come."""

    NEW = "new"
    SERVING = "serving"
    SHUT_DOWN = "shut down"


class EdgeProtocol(LanguageServerProtocol):
    """One client's messages. Not for more than one thread, except for sending."""

    def __init__(self, server: Any, converter: Any) -> None:  # noqa: ANN401 - pygls' own types
        super().__init__(server, converter)
        self.phase = Phase.NEW
        self.raw_methods: set[str] = set()
        self.on_exit: Callable[[int], None] = _no_exit
        self._sink: Sink | None = None
        self._is_framed = True
        self._pending = PendingRequests()
        self._tasks: set[asyncio.Future[Any]] = set()

    def _register_builtin_features(self) -> None:
        """Keep pygls from adding its own: they hold documents, and answer by generators."""

    def builtin(self, method: str, handler: Handler) -> None:
        """Handle a method of the protocol's own life; features cannot replace it."""
        self.fm.add_builtin_feature(method, handler)

    # ---- in ------------------------------------------------------------------------------

    def receive(self, body: bytes) -> bool:
        """Handle one message; answer whether something waits for the loop to start it.

        The caller then lets the loop run once before the next message, so that the handler's first
        statement sees the state its message arrived in.
        """
        message = decode(body)
        tasks, phase = len(self._tasks), self.phase
        context = contextvars.copy_context()
        match message:
            case Request():
                context.run(self._on_request, message)
            case Notification():
                context.run(self._on_notification, message)
            case Response():
                self._on_response(message)
            case Fault():
                self.refuse(message)
        return len(self._tasks) > tasks or self.phase is not phase

    def refuse(self, fault: Fault) -> None:
        """Answer what is no message."""
        logger.warning("bad_message code=%d %s", fault.code, fault.message)
        self._send_error(fault.id, JsonRpcException(fault.message, fault.code))

    def _on_request(self, request: Request) -> None:
        pending = self._pending.add(request.id, request.method)
        self._ctx_msg_id.set(request.id)
        try:
            self._check_phase(request.method)
            handler = self._handler(request.method)
            outcome = handler(self._structured(request.method, request.params))
        except Exception as error:  # noqa: BLE001 - the edge: every request is answered
            self._fail(pending, error)
            return
        if inspect.isawaitable(outcome):
            pending.task = self._spawn(outcome)
            pending.task.add_done_callback(partial(self._finish, pending))
        else:
            self._succeed(pending, outcome)

    def _check_phase(self, method: str) -> None:
        if self.phase is Phase.SHUT_DOWN:
            raise JsonRpcInvalidRequest(f"{method} after shutdown.")
        if self.phase is Phase.NEW and method != lsp.INITIALIZE:
            raise JsonRpcServerNotInitialized(f"{method} before initialize.")
        if self.phase is Phase.SERVING and method == lsp.INITIALIZE:
            raise JsonRpcInvalidRequest("initialize was already answered.")

    def _handler(self, method: str) -> Handler:
        handler = self.fm.builtin_features.get(method) or self.fm.features.get(method)
        if handler is None:
            raise JsonRpcMethodNotFound(f"{method} is not a method of this server.")
        found: Handler = handler
        return found

    def _structured(self, method: str, params: Json) -> Any:  # noqa: ANN401 - by method
        is_raw = method in self.raw_methods
        return params if is_raw else wire.structured(self._converter, method, params)

    def _on_notification(self, notification: Notification) -> None:
        method = notification.method
        if method == lsp.CANCEL_REQUEST:
            self._on_cancel(notification.params)
            return
        if self.phase is not Phase.SERVING and method != lsp.EXIT:
            logger.info("ignored_notification method=%s phase=%s", method, self.phase.value)
            return
        try:
            outcome = self._handler(method)(self._structured(method, notification.params))
        except JsonRpcMethodNotFound:
            logger.debug("unknown_notification method=%s", method)
        except JsonRpcException as error:
            logger.info("ignored_notification method=%s %s", method, error.message)
        except Exception:
            logger.exception("failed_notification method=%s", method)
        else:
            if inspect.isawaitable(outcome):
                self._spawn(outcome).add_done_callback(partial(_log_failure, method))

    def _on_cancel(self, params: Json) -> None:
        id_ = params.get("id") if isinstance(params, dict) else None
        if isinstance(id_, int | str):
            for pending in self._pending.under(id_):
                self._cancel(pending)

    def _cancel(self, pending: Pending) -> None:
        """Answer at once; what the handler still does on its way out is nobody's to wait for."""
        self._fail(pending, wire.cancelled(pending.method))
        if pending.task is not None:
            pending.task.cancel()

    def cancel_all(self) -> None:
        """Cancel every request that is not answered, and every other task of a handler's."""
        for pending in self._pending.at_work():
            self._cancel(pending)
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()

    def _on_response(self, response: Response) -> None:
        future = self._request_futures.pop(response.id, None)  # type: ignore[arg-type]
        result_type = self._result_types.pop(response.id, None)  # type: ignore[arg-type]
        if future is None or future.done():  # pygls raises InvalidStateError for a late answer
            logger.info("ignored_response id=%r error=%r", response.id, response.error)
        elif response.error is not None:
            future.set_exception(wire.client_error(response.error))
        else:
            self._resolve(future, result_type, response)

    def _resolve(self, future: Any, result_type: Any, response: Response) -> None:  # noqa: ANN401
        if result_type is None:
            future.set_result(response.result)
            return
        data = {"jsonrpc": wire.VERSION, "id": response.id, "result": response.result}
        try:
            future.set_result(self._converter.structure(data, result_type).result)
        except Exception:
            logger.info("bad_result id=%r", response.id, exc_info=True)
            future.set_exception(JsonRpcInvalidParams("The client's answer is not as LSP has it."))

    # ---- out -----------------------------------------------------------------------------

    def attach(self, sink: Sink, *, framed: bool = True) -> None:
        """Send to `sink`, with a header before each message unless the transport has frames."""
        self._sink, self._is_framed = sink, framed

    def _spawn(self, outcome: Awaitable[Any]) -> asyncio.Future[Any]:
        task: asyncio.Future[Any] = asyncio.ensure_future(_awaited(outcome))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _finish(self, pending: Pending, task: asyncio.Future[Any]) -> None:
        if task.cancelled():
            self._fail(pending, wire.cancelled(pending.method))
        elif (error := task.exception()) is not None:
            self._fail(pending, error)
        else:
            self._succeed(pending, task.result())

    def _succeed(self, pending: Pending, result: Any) -> None:  # noqa: ANN401 - by method
        try:
            plain = self._converter.unstructure(result)
            data = wire.encode({"jsonrpc": wire.VERSION, "id": pending.id, "result": plain})
            if pending.method == lsp.WORKSPACE_EXECUTE_COMMAND:
                data = redact_bytes(data)
        except Exception as error:  # noqa: BLE001 - an answer that cannot be written is a failure
            self._fail(pending, error)
            return
        if self._pending.settle(pending):
            self._put(data)

    def _fail(self, pending: Pending, error: BaseException) -> None:
        if self._pending.settle(pending):
            self._send_error(pending.id, wire.error_of(error, pending.method))
        elif not isinstance(error, JsonRpcRequestCancelled):
            logger.info("failed_after_answer method=%s", pending.method, exc_info=error)

    def _send_error(self, id_: MessageId | None, error: JsonRpcException) -> None:
        body = wire.error_body(error)
        self._put(redact_bytes(wire.encode({"jsonrpc": wire.VERSION, "id": id_, "error": body})))

    def _send_data(self, data: Any) -> None:  # noqa: ANN401 - pygls hands messages of any type
        """Write what pygls' typed calls send; it would write to the pipe inside the loop."""
        try:
            encoded = wire.encode(self._converter.unstructure(data))
        except Exception:
            logger.exception("unsendable_message type=%s", type(data).__name__)
            return
        method = getattr(data, "method", "")
        told = encoded if method == lsp.WORKSPACE_APPLY_EDIT else redact_bytes(encoded)
        self._put(told, droppable=method in DROPPABLE_METHODS)

    def run_later(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Let work go on after its request was answered; it is cancelled with all the others."""
        self._spawn(work).add_done_callback(partial(_log_failure, name))

    def _put(self, body: bytes, *, droppable: bool = False) -> None:
        if self._sink is None:
            logger.debug("no_client bytes=%d", len(body))
            return
        header = b"Content-Length: %d\r\n\r\n" % len(body) if self._is_framed else b""
        self._sink.put(header + body, droppable=droppable)

    async def ask(self, method: str, params: Any, *, limit_s: float = 2.0) -> Any:  # noqa: ANN401
        """Ask the client; None when it refuses, answers nonsense, or not within the limit."""
        id_ = str(uuid.uuid4())
        future = asyncio.wrap_future(self.send_request(method, params, msg_id=id_))
        try:
            return await asyncio.wait_for(future, limit_s)
        except TimeoutError:
            logger.info("client_silent method=%s limit_s=%s", method, limit_s)
        except JsonRpcException as error:
            logger.info("client_refused method=%s %s", method, error.message)
        finally:
            self._request_futures.pop(id_, None)
            self._result_types.pop(id_, None)
        return None


def _log_failure(method: str, task: asyncio.Future[Any]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("failed_notification method=%s", method, exc_info=error)


def _awaited(outcome: Awaitable[Any]) -> Coroutine[Any, Any, Any]:
    if inspect.iscoroutine(outcome):
        return outcome

    async def wait() -> Any:  # noqa: ANN401 - whatever the handler answers
        return await outcome

    return wait()


def _no_exit(_code: int) -> None:
    """Do nothing: no transport is attached."""
