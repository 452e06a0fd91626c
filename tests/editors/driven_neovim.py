"""A real Neovim, typed into key by key."""

from __future__ import annotations

import contextlib
import re
import shutil
from pathlib import Path
from typing import Any

import pynvim  # type: ignore[import-untyped]  # it ships no types

from tests.editors.rig import REPOSITORY, Sandbox, wait_until

SETUP = REPOSITORY / "editors" / "neovim"

# What a person sees happening, as variables a test can ask for. Runs before the user's init.lua.
_WATCH = """
vim.g.indexed = false
vim.api.nvim_create_autocmd('LspProgress', { pattern = 'end', callback = function()
  vim.g.indexed = true
end })
vim.g.answered = -1
local asked = {}
vim.api.nvim_create_autocmd('LspRequest', { callback = function(event)
  local id, request = event.data.request_id, event.data.request
  if request.method == 'textDocument/inlineCompletion' and request.type == 'pending' then
    asked[id] = vim.api.nvim_buf_get_changedtick(request.bufnr)
  elseif request.type == 'complete' and asked[id] then
    vim.g.answered = asked[id]
  end
end })
"""

# The ghost text in the buffer: what stands after the cursor, then the lines below.
_GHOST = """
for name, namespace in pairs(vim.api.nvim_get_namespaces()) do
  if name:find('inline_completion', 1, true) then
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })) do
      local lines = { {} }
      lines[1] = mark[4].virt_text
      vim.list_extend(lines, mark[4].virt_lines or {})
      return vim.iter(lines):map(function(chunks)
        return vim.iter(chunks):map(function(chunk) return chunk[1] end):join('')
      end):join('\\n')
    end
  end
end
return ''
"""


# The server's own word on the last suggestion, or on why there was none.
_EXPLAIN = """
local client = vim.lsp.get_clients({ bufnr = 0 })[1]
local explain = { command = 'refact.explainLast' }
return client and client:request_sync('workspace/executeCommand', explain, 5000)
"""


class Neovim:
    """One running Neovim, set up as `editors/neovim/README.md` says, in one sandbox."""

    def __init__(self, binary: Path, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._running = True
        watch = sandbox.home / "watch.lua"
        watch.write_text(_WATCH)
        _follow_the_readme(sandbox.home / "config" / "nvim")
        environment = [f"{name}={value}" for name, value in sandbox.environment.items()]
        self._nvim = pynvim.attach(
            "child",
            argv=[
                *("env", "-i", "-C", str(sandbox.workspace), *environment),
                *(str(binary), "--embed", "--headless", "-n", "--cmd", f"luafile {watch}"),
            ],
        )

    def close(self) -> None:
        """Leave without writing, as `:qa!` does, and wait until Neovim has gone."""
        if self._running:
            self._running = False
            with contextlib.suppress(OSError, EOFError):  # the connection ends with the editor
                self._nvim.command("qa!")
            self._nvim.close()

    def lua(self, code: str, *arguments: object) -> Any:
        """Run Lua in the editor and give what it returns."""
        return self._nvim.exec_lua(code, *arguments)

    def command(self, command: str) -> None:
        """Run an Ex command."""
        self._nvim.command(command)

    def pid(self) -> int:
        """The editor's process."""
        return int(self.lua("return vim.fn.getpid()"))

    def edit(self, path: Path) -> None:
        """Open a file and wait until the server has indexed the workspace."""
        self._nvim.command(f"edit {path}")
        wait_until(lambda: self.lua("return #vim.lsp.get_clients({ bufnr = 0 }) > 0"), self._log)
        wait_until(lambda: self.lua("return vim.g.indexed"), self._log)

    def insert_at(self, line: int, column: int) -> None:
        """Go into insert mode; the line is 1-based, the column counts bytes from 0."""
        self._nvim.input("i")
        wait_until(lambda: self.mode() == "i", "insert mode")
        self._nvim.current.window.cursor = (line, column)

    def press(self, *keys: str) -> None:
        """Press keys, named as in `<Esc>`, each once the one before has been dealt with."""
        for key in keys:
            self._nvim.input(key)
            wait_until(lambda: self.lua("return vim.fn.getcharstr(1) == ''"), f"{key} to be read")

    def type(self, text: str) -> None:
        """Type text key by key, each once the one before stands in the buffer."""
        for character in text:
            self._type_key({"<": "<lt>", "\n": "<CR>"}.get(character, character))

    def _type_key(self, key: str) -> None:
        before = self.changes()
        self._nvim.input(key)
        wait_until(lambda: self.changes() > before, f"{key} to be typed")

    def changes(self) -> int:
        """How often the buffer has changed."""
        return int(self.lua("return vim.api.nvim_buf_get_changedtick(0)"))

    def mode(self) -> str:
        """`n` in normal mode, `i` in insert mode."""
        return str(self._nvim.api.get_mode()["mode"])

    def text(self) -> str:
        """The buffer's lines, joined by line feeds."""
        return "\n".join(self._nvim.current.buffer[:])

    def ghost(self) -> str:
        """The ghost text shown, empty without one."""
        return str(self.lua(_GHOST))

    def wait_for_ghost(self, expected: str) -> None:
        """Wait until exactly this ghost text is shown."""
        wait_until(
            lambda: self.ghost() == expected,
            lambda: f"ghost text {expected!r}, there is {self.ghost()!r}\n{self._log()}",
        )

    def wait_for_answer(self) -> None:
        """Wait until the server has answered a question about the buffer as it is now."""
        wait_until(lambda: self.lua("return vim.g.answered") == self.changes(), self._log)

    def accept(self) -> None:
        """Press the key that takes the ghost text, and wait until it is in the buffer."""
        self._type_key("<Tab>")
        wait_until(lambda: not self.ghost(), "the ghost text to go")

    def popup(self) -> list[str]:
        """The words in the completion popup, none while it is closed."""
        items = self.lua("return vim.fn.pumvisible() == 1 and vim.fn.complete_info().items or {}")
        return [str(item["word"]) for item in items]

    def wait_for_popup(self, text: str) -> None:
        """Wait until the popup shows a word that ends in this text."""
        wait_until(
            lambda: any(word.endswith(text) for word in self.popup()),
            lambda: f"{text!r} in the popup, there is {self.popup()}\n{self._log()}",
        )

    def leave_insert_mode(self) -> None:
        """Press Escape and wait for normal mode."""
        self._nvim.input("<Esc>")
        wait_until(lambda: self.mode() == "n", "normal mode")

    def write(self) -> None:
        """Leave insert mode and write the file."""
        self.leave_insert_mode()
        self._nvim.command("write")

    def log(self) -> str:
        """What Neovim wrote into its logs."""
        logs = sorted((self._sandbox.home / "state" / "nvim").rglob("*.log"))
        return "\n".join(log.read_text() for log in logs)

    def explained(self) -> Any:
        """The server's own word on its last answers."""
        return self.lua(_EXPLAIN)["result"]

    def _log(self) -> str:
        """What the editor and the server said, for a failure's message."""
        messages = self._nvim.command_output("messages")
        reason = self.lua(_EXPLAIN)
        return f"a ready server; it says {reason}; messages: {messages}\n{self.log()}"


def _follow_the_readme(configuration: Path) -> None:
    """Copy the file and the first Lua block of the README, as the README tells a person to."""
    (configuration / "lsp").mkdir(parents=True)
    shutil.copy(SETUP / "lsp" / "refact_lsp.lua", configuration / "lsp")
    block = re.search(r"```lua\n(.*?)```", (SETUP / "README.md").read_text(), re.DOTALL)
    assert block
    (configuration / "init.lua").write_text(block.group(1))
