"""Fixtures: a sandbox for each test, and the editors in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors import sources
from tests.editors.driven_neovim import Neovim
from tests.editors.installed import NEOVIM_0_11, NEOVIM_0_12, Editor, require
from tests.editors.rig import Sandbox, make_sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return make_sandbox(tmp_path)


@pytest.fixture
def shop(sandbox: Sandbox) -> Sandbox:
    """The sandbox, with a workspace full of modules alike."""
    sources.fill(sandbox)
    return sandbox


@pytest.fixture
def neovim(sandbox: Sandbox) -> Iterator[Neovim]:
    """Neovim 0.12, which has ghost text."""
    yield from _neovim(NEOVIM_0_12, sandbox)


@pytest.fixture
def neovim_0_11(sandbox: Sandbox) -> Iterator[Neovim]:
    """Neovim 0.11, which has the popup alone."""
    yield from _neovim(NEOVIM_0_11, sandbox)


def _neovim(editor: Editor, sandbox: Sandbox) -> Iterator[Neovim]:
    running = Neovim(require(editor), sandbox)
    yield running
    running.close()
