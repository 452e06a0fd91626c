"""One server for all tests that leave it alive, which is what most of them are about."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import pytest

from tests.server.rawclient import RawClient, running

_numbers = itertools.count()


@pytest.fixture(scope="session")
def _shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    home = str(tmp_path_factory.mktemp("shared-home"))
    with running(home=home) as client:
        client.initialize()
        yield client


@pytest.fixture
def client(_shared: RawClient) -> RawClient:
    """Answer a client of a server that has survived every test before this one."""
    _shared.ask(f"fresh-{next(_numbers)}", "probe/echo", {"value": "are you there?"})
    _shared.seen.clear()
    _shared.log.clear()
    return _shared


@pytest.fixture
def uri() -> str:
    """Answer a URI that no other test uses."""
    return f"file:///test-{next(_numbers)}.py"


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Give the two ends of a pipe; a test may close them itself."""
    source, target = os.pipe()
    yield source, target
    for each in (source, target):
        try:
            os.close(each)
        except OSError:
            continue
