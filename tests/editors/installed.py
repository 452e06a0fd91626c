"""The real editors that can be driven on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest


@dataclass(frozen=True, slots=True)
class Editor:
    """One editor that a test needs: what it is called, where it may be, how old it may be."""

    name: str
    """As `install.sh` calls it."""
    commands: tuple[str, ...]
    """What it is called on PATH."""
    minimum: tuple[int, ...]
    below: tuple[int, ...] = (999,)

    @property
    def variable(self) -> str:
        """The environment variable that names another binary."""
        return "REFACT_TEST_" + re.sub(r"\W", "_", self.name).upper()


NEOVIM_0_12 = Editor("nvim-0.12", ("nvim",), (0, 12))
NEOVIM_0_11 = Editor("nvim-0.11", ("nvim",), (0, 11), (0, 12))
HELIX = Editor("helix", ("hx", "helix"), (25, 1))
EMACS = Editor("emacs", ("emacs",), (30,))


def cache() -> Path:
    """Where `install.sh` puts editors."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("REFACT_TEST_CACHE") or Path(base) / "refact-lsp-tests")


def require(editor: Editor) -> Path:
    """Give the editor's binary, else skip the test, or fail it when everything is to be there."""
    for candidate in _candidates(editor):
        version = _version(candidate)
        if version and editor.minimum <= version < editor.below:
            return candidate
    _missing(f"no {editor.name} here; install it with: tests/editors/install.sh {editor.name}")


def require_command(command: str, how: str) -> str:
    """Give the path of a command that a test needs; `how` says how to install it."""
    return shutil.which(command) or _missing(f"no {command} here; install it with: {how}")


def _missing(reason: str) -> NoReturn:
    if os.environ.get("REFACT_TEST_ALL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _candidates(editor: Editor) -> list[Path]:
    """The named one alone if one is named, else the cache's, else what is on PATH."""
    if named := os.environ.get(editor.variable):
        return [Path(named)]
    found = (shutil.which(command) for command in editor.commands)
    return [cache() / "bin" / editor.name, *(Path(path) for path in found if path)]


def _version(binary: Path) -> tuple[int, ...] | None:
    try:
        answer = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\d+(\.\d+)+", answer.stdout)
    return tuple(int(part) for part in number.group().split(".")) if number else None
