"""The status in a real Neovim: drawn as the README says, and no trace where nobody draws it."""

from __future__ import annotations

import re

from tests.editors import sources
from tests.editors.driven_neovim import SETUP, Neovim
from tests.editors.rig import Sandbox, wait_until

_SHOWN = "return vim.api.nvim_eval_statusline(vim.o.statusline, {}).str"

_RUN = """
local client = vim.lsp.get_clients({ name = 'refact_lsp' })[1]
client:request_sync('workspace/executeCommand', { command = ..., arguments = { { quiet = true } } })
"""


def test_statusline_and_key_of_the_readme_show_and_switch(neovim: Neovim, shop: Sandbox) -> None:
    neovim.lua(readme_block("didChangeStatus"))
    neovim.lua(readme_block("refact.toggle"))
    neovim.edit(shop.write("shop/products.py", sources.store("product")))
    wait_for_status(neovim, "Normal")
    neovim.lua(_RUN, "refact.snooze")
    wait_for_status(neovim, "Inactive")
    neovim.lua(_RUN, "refact.resume")
    wait_for_status(neovim, "Normal")
    neovim.press("\\ts")
    wait_for_status(neovim, "Inactive")


def test_status_that_nobody_draws_leaves_no_trace(neovim: Neovim, shop: Sandbox) -> None:
    neovim.edit(shop.write("shop/products.py", sources.store("product")))
    neovim.lua(_RUN, "refact.snooze")
    # once in the command's answer, once in the notification
    wait_until(lambda: shop.said.read_bytes().count(b'"Inactive"') == 2, "the status to be sent")
    neovim.lua(_RUN, "refact.resume")
    assert neovim.lua("return vim.fn.execute('messages')").strip() == ""
    assert "didChangeStatus" not in neovim.log()


def readme_block(word: str) -> str:
    """Give the README's Lua block that holds a word."""
    blocks = re.findall(r"```lua\n(.*?)```", (SETUP / "README.md").read_text(), re.DOTALL)
    return str(next(block for block in blocks if word in block))


def wait_for_status(neovim: Neovim, status: str) -> None:
    """Wait until the statusline ends in a word."""
    wait_until(
        lambda: neovim.lua(_SHOWN).endswith(status),
        lambda: f"{status} in the statusline, there is {neovim.lua(_SHOWN)!r}",
    )
