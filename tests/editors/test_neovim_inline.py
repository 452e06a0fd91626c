"""Ghost text in a real Neovim: what is accepted and written, byte for byte."""

from __future__ import annotations

from tests.editors import sources
from tests.editors.driven_neovim import Neovim
from tests.editors.rig import Sandbox


def test_accepted_line_is_written_as_in_the_other_modules(neovim: Neovim, sandbox: Sandbox) -> None:
    sources.fill(sandbox)
    whole = sources.store("product")
    hole = '.open(encoding="utf-8") as handle:'
    before, after = whole.split(hole)
    path = sandbox.write("shop/products.py", before + after)

    neovim.edit(path)
    neovim.place_cursor(before.count("\n") + 1, 0)
    neovim.press("A")
    neovim.type(".op")
    neovim.wait_for_ghost('en(encoding="utf-8") as handle:')
    neovim.press("<Tab>")
    neovim.wait_for_ghost("")
    neovim.write()

    assert path.read_bytes() == whole.encode()
