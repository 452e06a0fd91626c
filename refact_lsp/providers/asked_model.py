"""How one model is asked now: its question into what is posted, and what a refusal teaches.

Inline completion and probing both ask through here; which way comes next is theirs to say.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from refact_lsp.messages import FimRequest
from refact_lsp.net.call import Call
from refact_lsp.net.errors import Kind, RequestError
from refact_lsp.providers.credentials import Credentials
from refact_lsp.providers.endpoint import Endpoint
from refact_lsp.providers.endpoints import endpoint_url, other_url
from refact_lsp.providers.fim.ways import Way
from refact_lsp.providers.known import KnownModel, KnownModels
from refact_lsp.providers.learning import learned
from refact_lsp.providers.question import Question, question, ways_of
from refact_lsp.providers.wire.format import WireCall
from refact_lsp.providers.wire.table import FORMATS


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as it goes out: for the wire, and for who wants to look at it."""

    url: str
    call: WireCall
    question: Question


@dataclass(frozen=True, slots=True)
class AskedModel:
    """One model at its endpoint; what is known of it stands among `models`, and grows there."""

    endpoint: Endpoint
    models: KnownModels

    @property
    def known(self) -> KnownModel:
        """What is known of the model now."""
        return self.models.of(self.endpoint.instance, self.endpoint.url, self.endpoint.model)

    def learn(self, **facts: Any) -> None:  # noqa: ANN401 - the fields of `KnownModel`
        """Put facts over what is known."""
        endpoint = self.endpoint
        self.models.learn(endpoint.instance, endpoint.url, endpoint.model, **facts)

    def ways(self) -> tuple[Way, ...]:
        """Answer the ways that are left, the best first."""
        return ways_of(self.endpoint, self.known)

    def written(self, way: Way, request: FimRequest, path: str) -> Sent:
        """Write the question of a way; `path` is the document's, as the model gets to see it."""
        return self.sent(question(self.endpoint, self.known, way, request, path))

    def sent(self, asked: Question) -> Sent:
        """Answer what goes out for a question, and where to."""
        endpoint, built = self.endpoint, FORMATS[asked.way.wire].build(asked.wire)
        url = endpoint_url(endpoint.base, built.path, whole=endpoint.whole, model=endpoint.model)
        return Sent(other_url(url) if self.known.path_spelling else url, built, asked)

    def call(self, sent: Sent, given: Credentials) -> Call:
        """Answer the call that carries it."""
        return Call(
            sent.url,
            headers=given.headers,
            body=json.dumps(sent.call.body, ensure_ascii=True).encode(),
            secrets=given.secrets,
            network=self.endpoint.network,
        )

    def lesson(self, sent: Sent, error: RequestError) -> dict[str, Any]:
        """Answer the facts in a refusal that make it worth asking again at once; empty: none.

        With `refused` among them this way is closed. A path that is missing is spelled otherwise
        once; where that led nowhere too, `is_nowhere` says so.
        """
        known, wire = self.known, FORMATS[sent.question.way.wire]
        facts = learned(known, sent.question, sent.call.body, error, wire)
        can_move = not known.path_spelling and other_url(sent.url) != sent.url
        if not facts and can_move and self.is_nowhere(error):
            return {"path_spelling": "other"}
        return facts

    def is_nowhere(self, error: RequestError) -> bool:
        """Whether nothing is at the URL we made; a whole one of the user's is not ours to doubt."""
        return error.kind is Kind.PATH_MISSING and not self.endpoint.whole

    def without(self, way: Way) -> dict[str, Any]:
        """Answer the fact that a way is closed."""
        return {"refused": self.known.refused | {(way.kind, way.wire)}}
