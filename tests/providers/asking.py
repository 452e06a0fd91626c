"""Models out of provider files as users write them, and a question to put to them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Self

from refact_lsp.config.load import load_templates
from refact_lsp.config.provider_file import read_provider_file
from refact_lsp.config.resolve import Instance, WrittenFile, resolve_providers
from refact_lsp.messages import FimRequest, Finish, Shape, TextDelta
from refact_lsp.net.breaker import Breakers
from refact_lsp.net.client import HttpClient
from refact_lsp.net.limits import COMPLETION, Limits
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.endpoint import Endpoint, endpoint_of
from refact_lsp.providers.known import KnownModels
from refact_lsp.providers.model import ProviderModel, Services
from refact_lsp.text.lines import Text
from refact_lsp.text.snapshot import DocumentSnapshot

CODER = "qwen2.5-coder"
"""A model whose name says which tokens it knows."""

SOURCE = "def add(first, second):\n    return <cursor>\n\n\nprint(add(1, 2))\n"
ANSWER = "first + second"


def instance(text: str, environ: Mapping[str, str] | None = None, name: str = "mine") -> Instance:
    """Read a provider file as the program does."""
    templates, _ = load_templates()
    given, problems = read_provider_file(text.encode(), f"{name}.yaml")
    written = WrittenFile(f"{name}.yaml", name, given, problems)
    return resolve_providers(templates, [written], environ or {}).instances[name]


def endpoint(text: str, model: str = CODER, environ: Mapping[str, str] | None = None) -> Endpoint:
    """Answer where a model of a provider file is asked."""
    read = instance(f"completion_default_model: {model!r}\n{text}", environ)
    found = endpoint_of(read, model)
    assert found is not None, read.off
    return found


def question(
    source: str = SOURCE, *, by_key: bool = False, shape: Shape = Shape.SINGLE_LINE
) -> FimRequest:
    """Ask at the place of `<cursor>`."""
    before, after = source.split("<cursor>")
    text = Text(before + after)
    snapshot = DocumentSnapshot("file:///w/sample.py", 1, "python", text)
    return FimRequest(snapshot, text.position(len(before)), before, after, shape, by_key)


@dataclass
class Asker:
    """Models with their services, on a clock that a test sets; use it with `async with`."""

    now_s: float = 1000.0
    limits: Limits = COMPLETION
    findings: list[str] = field(default_factory=list)
    services: Services = field(init=False)

    def __post_init__(self) -> None:
        self.services = Services(
            client=HttpClient(),
            keys=Keys(),
            known=KnownModels(),
            breakers=Breakers(self.clock),
            path_of=lambda uri: uri.rpartition("/")[2],
            tell=lambda _model, sentence: self.findings.append(sentence),
            clock=self.clock,
            limits=self.limits,
        )

    def clock(self) -> float:
        """Answer the time in seconds."""
        return self.now_s

    def model(
        self, text: str, model: str = CODER, environ: Mapping[str, str] | None = None
    ) -> ProviderModel:
        """Make the model of a provider file."""
        return ProviderModel(endpoint(text, model, environ), self.services)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.services.client.aclose()


@dataclass(frozen=True)
class Told:
    """All that a model answered."""

    text: str
    finish: Finish


async def ask(model: ProviderModel, request: FimRequest | None = None) -> Told:
    """Put a question, and read the answer to its end."""
    texts: list[str] = []
    async with aclosing(model.stream(request or question())) as events:
        async for event in events:
            match event:
                case TextDelta(text):
                    texts.append(text)
                case Finish():
                    return Told("".join(texts), event)
    raise AssertionError("a stream ends with a Finish")
