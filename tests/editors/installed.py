"""The real editors that can be driven on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

_CACHES = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
CACHE = Path(os.environ.get("REFACT_TEST_CACHE") or _CACHES / "refact-lsp-tests")
"""Where `install.sh` puts editors; read at import, before a test gets a home of its own."""


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


def require(editor: Editor) -> Path:
    """Give the editor's binary; without one of the right age the test is left out."""
    for candidate in _candidates(editor):
        version = _version(candidate)
        if version and editor.minimum <= version < editor.below:
            return candidate
    pytest.skip(f"no {editor.name} here; install it with tests/editors/install.sh {editor.name}")


def require_command(command: str, package: str) -> str:
    """Give the path of a command of a Debian package; without it the test is left out."""
    if found := shutil.which(command):
        return found
    pytest.skip(f"no {command} here; install it with apt-get install {package}")


def _candidates(editor: Editor) -> list[Path]:
    """The named one alone if one is named, else the cache's, else what is on PATH."""
    if named := os.environ.get(editor.variable):
        return [Path(named)]
    found = (shutil.which(command) for command in editor.commands)
    return [CACHE / "bin" / editor.name, *(Path(path) for path in found if path)]


def _version(binary: Path) -> tuple[int, ...] | None:
    try:
        answer = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\d+(\.\d+)+", answer.stdout)
    return tuple(int(part) for part in number.group().split(".")) if number else None
