"""The server of one client, as pygls has it, with our protocol and our lifecycle."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from lsprotocol import types as lsp
from pygls.capabilities import ServerCapabilitiesBuilder
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

import refact_lsp
from refact_lsp.server import introduction
from refact_lsp.server.profiles import announces
from refact_lsp.server.rpc.protocol import EdgeProtocol, Phase
from refact_lsp.session.client import ClientFacts
from refact_lsp.session.session import Session

logger = logging.getLogger(__name__)

_EVERY_NOTEBOOK = lsp.NotebookDocumentSyncOptions(
    notebook_selector=[
        lsp.NotebookDocumentFilterWithNotebook(
            notebook="*", cells=[lsp.NotebookCellLanguage(language="*")]
        )
    ],
    save=False,
)


class EdgeServer(LanguageServer):
    """pygls' server with our protocol under it; one for each client."""

    protocol: EdgeProtocol

    def __init__(self, session: Session, *, profile_hint: str = "") -> None:
        super().__init__(
            name="refact-lsp",
            version=refact_lsp.__version__,
            notebook_document_sync=_EVERY_NOTEBOOK,
            protocol_cls=EdgeProtocol,
            converter_factory=default_converter,
        )
        self.session = session
        self.client: ClientFacts | None = None
        self.on_client: Callable[[ClientFacts], None] = lambda _client: None
        self._profile_hint = profile_hint
        self._is_put_away = False
        self._when_initialized: list[Callable[[], object]] = []

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ANN401 - pygls'
        """Log; pygls would put every error on the user's screen."""
        logger.error("server_error source=%s", source, exc_info=error)

    def when_initialized(self, work: Callable[[], object]) -> None:
        """Have work done once the client says that it is ready; an awaitable is waited for."""
        self._when_initialized.append(work)

    async def on_initialized(self) -> None:
        """Do what waited for the client to be ready."""
        for work in self._when_initialized:
            result = work()
            if inspect.isawaitable(result):
                await result

    async def ask(self, method: str, params: Any, *, limit_s: float = 2.0) -> Any:  # noqa: ANN401
        """Ask the client; None when it refuses or does not answer within the limit."""
        return await self.protocol.ask(method, params, limit_s=limit_s)

    async def create_progress(self, token: str) -> bool:
        """Ask the client to show progress under `token`; False where it cannot or will not."""
        if self.client is None or not self.client.supports.progress:
            return False
        params = lsp.WorkDoneProgressCreateParams(token=token)
        answered: Future[bool] = Future()
        self.work_done_progress.tokens[token] = answered
        await self.ask(lsp.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
        return True

    def put_away(self) -> None:
        """End the session: cancel what runs and let it go; does nothing the second time."""
        if self._is_put_away:
            return
        self._is_put_away = True
        self.protocol.phase = Phase.SHUT_DOWN
        self.protocol.cancel_all()
        try:
            self.session.shutdown()
        except Exception:
            logger.exception("failed_shutdown")

    # ---- the protocol's own methods ------------------------------------------------------

    def on_initialize(self, params: Any) -> lsp.InitializeResult:  # noqa: ANN401 - plain JSON
        """Answer what we can; the session hears of the client right after."""
        if not isinstance(params, dict):
            raise JsonRpcInvalidParams("The params of initialize are not an object.")
        client = introduction.client_facts(params, hint=self._profile_hint)
        self.client = client
        self.process_id = client.process_id
        self.session.documents.encoding = client.encoding
        self.protocol.phase = Phase.SERVING
        result = lsp.InitializeResult(
            capabilities=self._capabilities(params, client), server_info=self.protocol.server_info
        )
        self.on_client(client)
        asyncio.get_running_loop().call_soon(self._introduce, client, introduction.options(params))
        return result

    def _capabilities(
        self, params: Mapping[str, Any], client: ClientFacts
    ) -> lsp.ServerCapabilities:
        # pygls' builder asks nothing else of the client that concerns us, and structuring all of
        # its capabilities takes 20 ms or fails on one that is newer than our types.
        announced = lsp.ClientCapabilities(notebook_document=_notebooks(params))
        self.protocol.client_capabilities = announced
        registry = self.protocol.fm
        builder = ServerCapabilitiesBuilder(
            announced,
            {*registry.features, *registry.builtin_features},
            registry.feature_options,
            list(registry.commands),
            lsp.TextDocumentSyncKind.Incremental,
            _EVERY_NOTEBOOK,
            lsp.PositionEncodingKind(client.encoding.value),
        )
        built: lsp.ServerCapabilities = builder.build()  # type: ignore[no-untyped-call]
        self.protocol.server_capabilities = built
        return built

    def _introduce(self, client: ClientFacts, options: Mapping[str, Any]) -> None:
        try:
            self.session.initialized(client, options)
        except Exception:
            logger.exception("failed_initialized")

    def on_shutdown(self, _params: object) -> None:
        """Answer once everything is put away."""
        self.put_away()

    def on_exit(self, _params: object) -> None:
        """End with 0 after a shutdown, else with 1, as LSP wants it."""
        self.protocol.on_exit(0 if self.protocol.phase is Phase.SHUT_DOWN else 1)

    def on_set_trace(self, params: lsp.SetTraceParams) -> None:
        """Remember how much the client wants to hear."""
        self.protocol.trace = params.value

    def on_progress_cancel(self, params: lsp.WorkDoneProgressCancelParams) -> None:
        """Cancel what hangs on the token's future, through its done callback."""
        future = self.work_done_progress.tokens.get(params.token)
        if future is not None:
            future.cancel()


def _notebooks(params: Mapping[str, Any]) -> lsp.NotebookDocumentClientCapabilities | None:
    if not announces(params.get("capabilities"), "notebookDocument"):
        return None
    synchronization = lsp.NotebookDocumentSyncClientCapabilities()
    return lsp.NotebookDocumentClientCapabilities(synchronization=synchronization)
