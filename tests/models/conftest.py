"""Fixtures: real model servers, each started once for the tests of one worker.

Tests that use one carry `pytest.mark.xdist_group("llama")`, so that one worker has them all.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.models.llama_server import FIM, LlamaServer, require


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """A llama-server whose model knows no marks for filling in."""
    yield from _running(tmp_path_factory, ())


@pytest.fixture(scope="session")
def llama_infill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """A llama-server whose /infill answers."""
    yield from _running(tmp_path_factory, FIM)


@pytest.fixture
def llama_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    """A llama-server of the test's own, not yet started."""
    require()
    server = LlamaServer(tmp_path_factory.mktemp("llama"))
    yield server
    server.stop()


def _running(
    tmp_path_factory: pytest.TempPathFactory, options: tuple[str, ...]
) -> Iterator[LlamaServer]:
    require()
    server = LlamaServer(tmp_path_factory.mktemp("llama"), options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
