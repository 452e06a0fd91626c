"""What a family of model servers is: its routes, and its words for what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.generation import Generation
from tests.fakes.script import Instead, Refusal, Request, Script
from tests.fakes.wire import Wire, compact

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """One model that a server has."""

    name: str
    n_ctx: int = 4096
    """Tokens that it reads, as it is loaded."""
    n_ctx_max: int = 32768
    """Tokens that it could read."""
    completes: bool = True
    """It is asked for completions too, not for chat alone."""
    inserts: bool = True
    """It can fill in a middle, where its server can tell."""
    dimensions: int = 0
    """Of an embedding; a model with some does nothing else."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a server has, and whom it serves."""

    models: tuple[Model, ...]
    api_key: str | None = None

    def find(self, name: object) -> Model | None:
        """Find a model by its exact name."""
        return next((each for each in self.models if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Whole:
    """An answer that is ready."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Generated:
    """An answer that the model is still to write."""

    wire: Wire
    generation: Generation
    stream: bool
    whole_type: str = "application/json"
    """Content type of an answer that is no stream."""


class Refused(Exception):  # noqa: N818 - nothing of ours went wrong: a request is refused
    """A request that is answered with the family's error."""

    def __init__(self, status: int, message: str) -> None:
        """Take the status and the family's words."""
        super().__init__(message)
        self.status, self.message = status, message


Answer = Whole | Generated
Handler = Callable[[Served, Request, Script], Answer]


def found(value: object) -> Whole:
    """Answer with JSON."""
    return Whole(200, compact(value))


@dataclass(frozen=True, slots=True)
class Family:
    """A family of servers."""

    name: str
    routes: Mapping[tuple[str, str], Handler]
    """By method and path; a path that ends in `/*` takes whatever follows."""
    error: Callable[[Request, int, str], Whole]
    no_such_path: Callable[[Request], Whole]
    open_paths: frozenset[str] = frozenset()
    """Paths that need no key."""
    wrong_key: str = "Invalid API Key"
    json_type: str = "application/json"
    """The content type of its JSON."""

    def answer(self, served: Served, request: Request, script: Script) -> Answer:
        """Answer one request."""
        match script.fault:
            case Instead(status, body, headers, content_type):
                data = body.encode() if isinstance(body, str) else body
                data = data if isinstance(data, bytes) else compact(data)
                return Whole(status, data, content_type, headers)
            case Refusal(status, message, headers):
                refused = self.error(request, status, message)
                return self._typed(replace(refused, headers=headers))
        return self._typed(self._routed(served, request, script))

    def _routed(self, served: Served, request: Request, script: Script) -> Answer:
        if not self._may_ask(served, request):
            return self.error(request, 401, self.wrong_key)
        handler = self._handler(request)
        if handler is None:
            return self.no_such_path(request)
        try:
            return handler(served, request, script)
        except Refused as refused:
            return self.error(request, refused.status, refused.message)

    def _typed(self, answer: Answer) -> Answer:
        if isinstance(answer, Generated):
            return replace(answer, whole_type=self.json_type)
        if answer.content_type == "application/json":
            return replace(answer, content_type=self.json_type)
        return answer

    def _may_ask(self, served: Served, request: Request) -> bool:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return served.api_key in (None, given) or request.path in self.open_paths

    def _handler(self, request: Request) -> Handler | None:
        if handler := self.routes.get((request.method, request.path)):
            return handler
        for (method, path), each in self.routes.items():
            is_parent = path.endswith("/*") and request.path.startswith(path[:-1])
            if is_parent and method == request.method:
                return each
        return None
