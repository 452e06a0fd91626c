"""What was found out about models at their servers: told by lists, probed, or learned in use.

Facts live as long as the process, and in one file of the cache directory beyond it. Touched on
the event loop only.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from refact_lsp.providers.fim.ways import WayKind

CHARS_PER_TOKEN = 3.0
"""Of code, before a server's own count says better."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One model at one server; what is None or 0 is not known.

    `context` is how many tokens fit as it is loaded, `context_max` as it could be. `refused` are
    ways of asking (kind, wire) that its server does not have; `dropped` are parameters it will not
    take, `max_tokens_field` the name of the limit that it reads. `chars_per_token` is measured on
    answers. `is_loaded` and `is_loading` are as of the last list. `is_remote`: its server, though
    on this machine, passes it on to another.
    """

    name: str = ""
    context: int = 0
    context_max: int = 0
    takes_suffix: bool | None = None
    takes_infill: bool | None = None
    is_chat: bool | None = None
    completes: bool | None = None
    embeds: bool | None = None
    is_loaded: bool | None = None
    is_loading: bool = False
    is_remote: bool = False
    family: str = ""
    refused: frozenset[tuple[WayKind, str]] = frozenset()
    dropped: frozenset[str] = frozenset()
    max_tokens_field: str = ""
    chars_per_token: float = CHARS_PER_TOKEN
    good_way: tuple[WayKind, str] | None = None
    path_spelling: str = ""


@dataclass(slots=True)
class KnownModels:
    """All of them, by instance, the server's URL and the model's name."""

    _models: dict[tuple[str, str, str], KnownModel] = field(default_factory=dict)

    def of(self, instance: str, url: str, model: str) -> KnownModel:
        """Answer what is known of a model; nothing is an answer too."""
        return self._models.get((instance, url, model), KnownModel(model))

    def learn(self, instance: str, url: str, model: str, **facts: Any) -> KnownModel:  # noqa: ANN401 - the fields of `KnownModel`
        """Put facts over what is known of a model, and answer all of it."""
        known = replace(self.of(instance, url, model), **facts)
        self.put(instance, url, known)
        return known

    def put(self, instance: str, url: str, model: KnownModel) -> None:
        """Take a model over as it is."""
        self._models[instance, url, model.name] = model

    def unlearn(self, instance: str, url: str, model: str) -> None:
        """Forget how a model wants to be asked, as its settings have changed; not what it is."""
        place = (instance, url, model)
        if (known := self._models.get(place)) is not None:
            self._models[place] = replace(
                known,
                refused=frozenset(),
                dropped=frozenset(),
                max_tokens_field="",
                good_way=None,
                path_spelling="",
            )

    def listed(self, instance: str, url: str) -> tuple[KnownModel, ...]:
        """Answer the models that are known at a server."""
        return tuple(known for place, known in self._models.items() if place[:2] == (instance, url))

    def places(self) -> tuple[tuple[str, str, str], ...]:
        """Answer the instance, URL and name of each model that something is known of."""
        return tuple(self._models)

    def forget(self, instance: str = "") -> None:
        """Forget what was learned of an instance, or of all."""
        self._models = {
            place: known
            for place, known in self._models.items()
            if instance and place[0] != instance
        }
