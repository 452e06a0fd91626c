"""Suggestions in the completion popup of a Neovim without ghost text, byte for byte."""

from __future__ import annotations

import pytest

from tests.editors import sources
from tests.editors.driven_neovim import Neovim
from tests.editors.rig import Sandbox
from tests.editors.sources import Hole

_PRODUCTS = sources.store("product")


@pytest.mark.parametrize(
    "hole",
    [
        pytest.param(
            Hole(_PRODUCTS, ".op", 'en(encoding="utf-8") as handle:'), id="to the end of the line"
        ),
        pytest.param(
            Hole(_PRODUCTS, "pa", "rents=True, exist_ok=True"), id="before a rest of the line"
        ),
        pytest.param(
            Hole(_PRODUCTS, "{na", 'me} with {len(self.load(name))} fields"'),
            id="after characters of several code units",
        ),
    ],
)
def test_accepted_popup_item_is_written_as_in_the_other_modules(
    neovim_0_11: Neovim, shop: Sandbox, hole: Hole
) -> None:
    path = shop.write("shop/products.py", hole.before + hole.after)
    neovim_0_11.edit(path)
    neovim_0_11.insert_at(*hole.place)

    neovim_0_11.type(hole.keys)
    neovim_0_11.wait_for_popup(hole.suggested)
    neovim_0_11.press("<C-n>", "<C-y>")
    neovim_0_11.write()

    assert path.read_bytes() == hole.whole.encode()


def test_popup_does_not_take_the_enter_key(neovim_0_11: Neovim, shop: Sandbox) -> None:
    hole = Hole(_PRODUCTS, ".op", 'en(encoding="utf-8") as handle:')
    path = shop.write("shop/products.py", hole.before + hole.after)
    neovim_0_11.edit(path)
    neovim_0_11.insert_at(*hole.place)

    neovim_0_11.type(hole.keys)
    neovim_0_11.wait_for_popup(hole.suggested)
    neovim_0_11.press("<CR>")
    neovim_0_11.write()

    written = path.read_text(encoding="utf-8")
    assert written.startswith(hole.before + hole.typed + "\n")
    assert hole.suggested not in written
