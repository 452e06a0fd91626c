"""Discovery and probing against the real llama-server."""

from __future__ import annotations

import asyncio

import pytest

from refact_lsp.net.errors import Kind
from refact_lsp.providers.auth.keys import Keys
from refact_lsp.providers.endpoint import endpoint_of
from refact_lsp.providers.fim.ways import WayKind
from refact_lsp.providers.known import KnownModels
from refact_lsp.providers.probing import Probed, probe
from refact_lsp.providers.silent_cut import prompt_is_cut
from tests.models.llama_server import N_CTX, NAME, READY_S, LlamaServer
from tests.providers.discovery.servers import ask, client, instance

pytestmark = pytest.mark.xdist_group("llama")

NAMED = f"completion_models: {{{NAME}: {{}}}}\n"


async def probed(server: LlamaServer) -> tuple[Probed, str]:
    asked = endpoint_of(instance("llamacpp", server.url, NAMED), NAME)
    assert asked is not None
    known = KnownModels()
    async with client() as made:
        found = await probe(asked, made, Keys(), known)
        return found, await prompt_is_cut(asked, made, Keys(), known)


async def test_real_server_tells_its_model_and_context(llama: LlamaServer) -> None:
    found = await ask(instance("llamacpp", llama.url))
    (model,) = found.models
    assert (model.name, model.context, model.context_max) == (NAME, N_CTX, 8192)
    assert (model.is_loaded, model.is_loading, found.sentence) == (True, False, "")


async def test_real_server_that_fills_in_is_asked_to(llama_infill: LlamaServer) -> None:
    found, cut = await probed(llama_infill)
    assert found.way is not None
    assert (found.way.kind, found.way.wire) == (WayKind.INFILL, "llamacpp_native")
    assert (found.served_by, cut) == ("", "")
    assert found.tokens > 0


async def test_real_server_without_marks_is_asked_otherwise(llama: LlamaServer) -> None:
    found, cut = await probed(llama)
    assert found.way is not None
    assert found.tried[0].way.kind is WayKind.INFILL
    assert "nfill" in found.tried[0].problem
    assert (found.error, cut) == (None, "")


async def test_real_server_that_starts_is_loading_or_not_there_yet(
    llama_alone: LlamaServer,
) -> None:
    asked = instance("llamacpp", llama_alone.url)
    before = await ask(asked)
    assert before.error is not None
    assert before.error.kind is Kind.NOT_RUNNING
    llama_alone.start(wait=False)
    seen = set()
    async with asyncio.timeout(READY_S):
        while (found := await ask(asked)).error is not None:
            llama_alone.check()
            seen.add(found.error.kind)
    assert seen <= {Kind.NOT_RUNNING, Kind.LOADING}
    llama_alone.wait_until_ready()
    assert [each.name for each in found.models] == [NAME]
