"""A terminal program in tmux, typed into key by key and read off its screen."""

from __future__ import annotations

import subprocess
import uuid

from tests.editors.installed import require_command
from tests.editors.rig import Sandbox, wait_until

_COLUMNS, _ROWS = 120, 40


class Terminal:
    """One program in a terminal of its own, in one sandbox."""

    def __init__(self, sandbox: Sandbox, *command: str) -> None:
        self._tmux = (require_command("tmux", "tmux"), "-L", str(uuid.uuid4()))
        environment = [f"{name}={value}" for name, value in sandbox.environment.items()]
        self._call(
            *("-f", "/dev/null", "-u", "new-session", "-d", "-x", str(_COLUMNS), "-y", str(_ROWS)),
            *("-c", str(sandbox.workspace), "env", "-i", *environment, *command),
        )
        # Escape must not be taken for the start of an Alt key.
        self._call("set-option", "-s", "escape-time", "0")

    def close(self) -> None:
        """End the program, whatever it is doing."""
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
        wait_until(lambda: text in self.screen(), lambda: f"{text!r} on\n{self.screen()}")

    def _call(self, *arguments: str) -> str:
        command = [*self._tmux, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
