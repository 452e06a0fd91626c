"""Which model answers inline completion: the one that the user's files and the editor choose."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refact_lsp.completion.reasons import Reason
from refact_lsp.messages import CompletionModel, FimRequest, Finish, StreamEvent
from refact_lsp.session.configuration import LiveConfiguration

if TYPE_CHECKING:  # both bring the YAML reader with them, which the start does not wait for
    from refact_lsp.config.choose import Choice
    from refact_lsp.config.load import Configuration
    from refact_lsp.config.resolve import Instance

ROLE = "completion_default_model"

ModelFactory = Callable[["Configuration", "Choice"], CompletionModel | None]
"""Makes the model of a choice; None where it cannot be called."""


class NoModel:
    """Stands where no model completes: it is always silent, and says why."""

    id = ""
    destination = None

    async def stream(self, _request: FimRequest) -> AsyncIterator[StreamEvent]:
        """Answer the end."""
        yield Finish(Reason.NO_COMPLETION_MODEL)


@dataclass(slots=True)
class CompletionChoice:
    """The model in force; made once for each choice, and kept while nothing it is made of changes.

    `embedded` answers until the user's files were read, and for a model that cannot be called.
    `on_change` is called when another model is answered than before, also one of the same id.
    """

    configuration: LiveConfiguration
    embedded: CompletionModel
    factory: Callable[[], ModelFactory]
    on_change: Callable[[], None]
    _answered: CompletionModel | None = None
    _made: CompletionModel | None = None
    _made_of: object = None

    def model(self) -> CompletionModel:
        """Answer the model that the next request asks."""
        model, before = self._in_force(), self._answered
        self._answered = model
        if before is not None and model is not before:
            self.on_change()
        return model

    def _in_force(self) -> CompletionModel:
        current = self.configuration.current
        if current is None:
            return self.embedded
        choice = self.configuration.roles[ROLE]
        instance = current.providers.instances.get(choice.model.partition("/")[0])
        made_of = (choice, instance and _asked_as(instance, choice.model))
        if self._made is None or made_of != self._made_of:
            self._made_of = made_of
            self._made = self._make(current, choice)
        return self._made

    def _make(self, current: Configuration, choice: Choice) -> CompletionModel:
        if choice.model != self.embedded.id and choice.model:
            made = self.factory()(current, choice)
            if made is not None:
                return made
        is_on = self.embedded.id in current.providers.ids("completion")
        return self.embedded if is_on else NoModel()


def _asked_as(instance: Instance, model: str) -> object:
    """Answer what a model's requests depend on; not what else its server has at the moment."""
    name = model.partition("/")[2]
    return instance.settings, instance.off, instance.completion.get(name)
