"""What every editor test starts from: a workspace, a home of its own, and the server's command."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0
"""How long anything may take on a slow, loaded machine before the test gives up."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A home and a workspace that nothing else uses."""

    workspace: Path
    home: Path
    environment: dict[str, str]
    """What an editor is started with; its PATH begins with a `refact-lsp` of this checkout."""
    said: Path
    """All that servers have said to editors here, as it went over the wire."""

    def write(self, name: str, text: str) -> Path:
        """Put a file into the workspace, its newlines as they are given."""
        path = self.workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        return path

    def configure(self, folder: str, *files: Path) -> None:
        """Copy files into a folder of the home, as a person sets an editor up."""
        (self.home / folder).mkdir(parents=True, exist_ok=True)
        for each in files:
            shutil.copy(each, self.home / folder)

    def log(self) -> str:
        """What servers have written into their log here: why they were silent, for one."""
        log = self.said.with_suffix(".log")
        return log.read_text() if log.exists() else ""

    def wait_for_index(self) -> None:
        """Wait until the server has said that it is done with something: indexing, at its start."""
        wait_until(
            lambda: self.said.exists() and re.search(rb'"kind": ?"end"', self.said.read_bytes()),
            "the server to be done indexing",
        )


def make_sandbox(root: Path) -> Sandbox:
    """Lay out an empty git workspace and an empty home below `root`."""
    workspace, home, commands = (root / name for name in ("workspace", "home", "bin"))
    for folder in (workspace, home, commands):
        folder.mkdir()
    said = root / "said"
    _write_server_command(commands / "refact-lsp", said)
    environment = _environment(home, commands)
    subprocess.run(["git", "init", "-q", workspace], env=environment, check=True)
    return Sandbox(workspace, home, environment, said)


def wait_until(probe: Callable[[], _T], what: str | Callable[[], str]) -> _T:
    """Ask until the answer is truthy and give it; fail with what was waited for."""
    deadline = time.monotonic() + PATIENCE_S
    while not (answer := probe()):
        if time.monotonic() > deadline:
            sentence = what if isinstance(what, str) else what()
            raise AssertionError(f"waited {PATIENCE_S:g} s for {sentence}")
        time.sleep(0.005)
    return answer


def wait_until_written(path: Path, text: str) -> None:
    """Wait until an editor has written exactly this text, byte for byte."""
    wait_until(
        lambda: _content(path) == text.encode(),
        lambda: f"{path.name} to be as expected; it is {_content(path)!r}",
    )


def _content(path: Path) -> bytes | None:
    """None while there is no file: Helix writes a new one and moves it into place."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _write_server_command(path: Path, said: Path) -> None:
    """REFACT_TEST_SERVER names another server: an installed one, say."""
    command = os.environ.get("REFACT_TEST_SERVER") or (
        f"env PYTHONPATH={shlex.quote(str(REPOSITORY))} {shlex.quote(sys.executable)} -m refact_lsp"
    )
    log = f"--log-level info --log-file {shlex.quote(str(said.with_suffix('.log')))}"
    path.write_text(f'#!/bin/sh\n{command} "$@" {log} | tee -a {shlex.quote(str(said))}\n')
    path.chmod(0o755)


def _environment(home: Path, commands: Path) -> dict[str, str]:
    """Nothing of the user's own, but for where programs are."""
    folders = {
        f"XDG_{kind}_HOME": str(home / kind.lower())
        for kind in ("CONFIG", "CACHE", "DATA", "STATE")
    }
    return {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "XDG_RUNTIME_DIR": str(home),
        **folders,
    }
