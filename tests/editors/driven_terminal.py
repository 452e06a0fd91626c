"""Real editors in a terminal, typed into key by key and read off their screen."""

from __future__ import annotations

import contextlib
import subprocess
import uuid
from pathlib import Path

from tests.editors.installed import EMACS, HELIX, require, require_command
from tests.editors.rig import REPOSITORY, Sandbox, wait_until

SETUP = REPOSITORY / "editors"
_COLUMNS, _ROWS = 160, 50


class Terminal:
    """One program in a terminal of its own, in one sandbox."""

    def __init__(self, sandbox: Sandbox, *command: str) -> None:
        self._tmux = (require_command("tmux", "tmux"), "-L", str(uuid.uuid4()))
        environment = [f"{name}={value}" for name, value in sandbox.environment.items()]
        self._sandbox = sandbox
        self._call(
            *("-f", "/dev/null", "-u", "new-session", "-d", "-x", str(_COLUMNS), "-y", str(_ROWS)),
            *("-c", str(sandbox.workspace), "env", "-i", *environment, *command),
        )
        # Escape must not be taken for the start of an Alt key.
        self._call("set-option", "-s", "escape-time", "0")

    def close(self) -> None:
        """End the program, whatever it is doing."""
        with contextlib.suppress(subprocess.CalledProcessError):  # it may have ended by itself
            self._call("kill-server")

    def press(self, *keys: str) -> None:
        """Press keys, named as tmux does: Escape, Enter, Tab, C-x."""
        self._call("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text, one key after the other."""
        for character in text:
            self._call("send-keys", "-l", "--", character)

    def screen(self) -> str:
        """What stands on the screen, its lines without trailing blanks."""
        return self._call("capture-pane", "-p")

    def wait_for(self, text: str) -> None:
        """Wait until the screen shows this text."""
        wait_until(
            lambda: text in self.screen(),
            lambda: f"{text!r} on\n{self.screen()}\nThe server's log:\n{self._sandbox.log()}",
        )

    def _call(self, *arguments: str) -> str:
        command = [*self._tmux, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def start_helix(sandbox: Sandbox, path: Path, line: int, column: int) -> Terminal:
    """Helix set up as `editors/helix/README.md` says, in insert mode; both counts from 1."""
    binary = require(HELIX)
    helix = SETUP / "helix"
    sandbox.configure("config/helix", helix / "languages.toml", helix / "config.toml")
    terminal = Terminal(sandbox, str(binary), f"{path}:{line}:{column}")
    terminal.wait_for("NOR")
    sandbox.wait_for_index()
    terminal.press("i")
    terminal.wait_for("INS")
    return terminal


def start_emacs(sandbox: Sandbox, package: str, path: Path, line: int, column: int) -> Terminal:
    """Emacs with eglot or lsp-mode, set up as `editors/emacs/README.md` says."""
    binary = require(EMACS)
    sandbox.write("../home/.emacs.d/init.el", (SETUP / "emacs" / f"{package}.el").read_text())
    terminal = Terminal(sandbox, str(binary), "-nw", f"+{line}:{column}", str(path))
    if package == "lsp-mode":
        terminal.wait_for("Import project root")
        terminal.press("i")
    sandbox.wait_for_index()
    return terminal
