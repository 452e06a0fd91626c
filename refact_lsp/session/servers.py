"""The model servers of a session: one client, one set of keys, and a model for each choice.

What talks to servers is imported in a thread, when the user's files name one: the start of the
server does not wait for it.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from refact_lsp.messages import CompletionModel
from refact_lsp.session.condition.troubles import Trouble, Troubles
from refact_lsp.session.uris import path_of

if TYPE_CHECKING:
    from refact_lsp.config.choose import Choice
    from refact_lsp.config.load import Configuration
    from refact_lsp.providers.model import ProviderModel, Services, Watch

logger = logging.getLogger(__name__)


def make_ready(configuration: Configuration) -> None:
    """Import what the configuration needs; for a thread, as it takes half a second."""
    instances = configuration.providers.instances.values()
    if any(not each.off and each.settings.transport == "http" for each in instances):
        from refact_lsp.net import library  # noqa: PLC0415 - see above

        library.make_ready()
        importlib.import_module("refact_lsp.providers.model")


class Servers:
    """Makes the models that are behind servers; touched on the event loop only.

    `watch` hears of what is on the wire, `warms` says whether a connection is opened before the
    first question, and `doubt` asks a server for its list where another model answers than was
    asked, and answers whether it does; all are set before the first model is made.
    """

    def __init__(
        self,
        troubles: Troubles,
        folders: Callable[[], tuple[Path, ...]],
        clock: Callable[[], float],
    ) -> None:
        self._troubles = troubles
        self._folders = folders
        self._clock = clock
        self.watch: Watch | None = None
        self.warms = True
        self.doubt: Callable[[str], bool] = lambda _instance: False
        self._findings: set[str] = set()
        self._replaced: dict[str, str] = {}
        self._made: Services | None = None
        self._warming: set[asyncio.Task[None]] = set()
        self._closing: asyncio.Task[None] | None = None

    def model(self, configuration: Configuration, choice: Choice) -> CompletionModel | None:
        """Make the model of a choice, and begin to connect; None where its files give no URL."""
        from refact_lsp.providers.endpoint import endpoint_of  # noqa: PLC0415 - see above
        from refact_lsp.providers.model import ProviderModel  # noqa: PLC0415 - see above

        provider, _, name = choice.model.partition("/")
        instance = configuration.providers.instances.get(provider)
        endpoint = endpoint_of(instance, name) if instance is not None else None
        if endpoint is None:
            return None
        self._forget_findings()
        services = self.services
        services.breakers.of(endpoint.id).reset()
        services.known.unlearn(endpoint.instance, endpoint.url, endpoint.model)
        if endpoint.key is not None:
            services.keys.forget(endpoint.key)
        model = ProviderModel(endpoint, services)
        if self.warms:
            task = asyncio.ensure_future(self._warm(model))
            self._warming.add(task)
            task.add_done_callback(self._warming.discard)
        return model

    @property
    def services(self) -> Services:
        """What all models share, made when the first one is."""
        if self._made is None:
            self._made = self._make()
        return self._made

    def stop(self) -> None:
        """Begin to close every connection; `closed` waits until they are."""
        for task in self._warming:
            task.cancel()
        if self._made is not None and self._closing is None:
            self._closing = asyncio.ensure_future(self._made.client.aclose())

    async def closed(self) -> None:
        """Wait until nothing of what was stopped is left."""
        await asyncio.gather(*self._warming, return_exceptions=True)
        if self._closing is not None:
            await self._closing

    def shown_path(self, uri: str) -> str:
        """Answer a document's path as a model gets to see it: below its folder, else its name."""
        path = path_of(uri)
        if path is None:
            return uri.rpartition("/")[2]
        inside = [each for each in self._folders() if path.is_relative_to(each)]
        innermost = max(inside, key=lambda each: len(each.parts), default=None)
        return path.name if innermost is None else path.relative_to(innermost).as_posix()

    def _make(self) -> Services:
        from refact_lsp.net.breaker import Breakers  # noqa: PLC0415 - see above
        from refact_lsp.net.client import HttpClient  # noqa: PLC0415
        from refact_lsp.providers.auth.keys import Keys  # noqa: PLC0415
        from refact_lsp.providers.known import KnownModels  # noqa: PLC0415
        from refact_lsp.providers.model import Services  # noqa: PLC0415

        return Services(
            client=HttpClient(),
            keys=Keys(),
            known=KnownModels(),
            breakers=Breakers(self._clock),
            path_of=self.shown_path,
            tell=self._tell,
            clock=self._clock,
            watch=self.watch,
            replaced=self._answered_by_another,
        )

    def _tell(self, model: str, sentence: str) -> None:
        self._findings.add(cause := f"finding:{model}")
        self._troubles.put(cause, Trouble(sentence))

    def _forget_findings(self) -> None:
        """What was found out of the model in use before says nothing of the one that comes."""
        for cause in self._findings:
            self._troubles.clear(cause)
        self._findings.clear()
        self._replaced.clear()

    def _answered_by_another(self, model: str, by: str) -> None:
        """Have the list asked for again; once, as some servers always name a model otherwise."""
        if self._replaced.get(model) != by and self.doubt(model.partition("/")[0]):
            self._replaced[model] = by

    async def _warm(self, model: ProviderModel) -> None:
        error = await model.warm()
        if error is not None:
            logger.info("warm_failed model=%s kind=%s", model.id, error.kind)
