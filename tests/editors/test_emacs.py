"""Suggestions in a real Emacs: what is accepted and written, byte for byte."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.editors import sources
from tests.editors.driven_terminal import start_emacs
from tests.editors.rig import Sandbox, wait_until, wait_until_written
from tests.editors.sources import Hole

_PRODUCTS = sources.store("product")
_HOLES = [
    pytest.param(
        Hole(_PRODUCTS, ".op", 'en(encoding="utf-8") as handle:'), id="to the end of the line"
    ),
    pytest.param(
        Hole(_PRODUCTS, "pa", "rents=True, exist_ok=True"), id="before a rest of the line"
    ),
    pytest.param(
        Hole(_PRODUCTS, "wi", 'th {len(self.load(name))} fields"'),
        id="after characters of several code units",
    ),
]


@pytest.mark.parametrize("hole", _HOLES)
def test_eglot_completes_at_point_as_in_the_other_modules(shop: Sandbox, hole: Hole) -> None:
    path = shop.write("shop/products.py", hole.before + hole.after)
    with closing(start_emacs(shop, "eglot", path, *hole.place_in_characters)) as emacs:
        emacs.type(hole.keys)
        emacs.press("C-M-i")
        emacs.wait_for(hole.typed + hole.suggested)
        emacs.press("C-x", "C-s")
        wait_until_written(path, hole.whole)


@pytest.mark.parametrize("hole", _HOLES)
def test_lsp_mode_shows_ghost_text_and_takes_it(shop: Sandbox, hole: Hole) -> None:
    path = shop.write("shop/products.py", hole.before + hole.after)
    with closing(start_emacs(shop, "lsp-mode", path, *hole.place_in_characters)) as emacs:
        emacs.type(hole.keys)
        emacs.wait_for(hole.typed + hole.suggested)
        emacs.wait_for("Accept: [TAB")
        emacs.press("Tab")
        wait_until(lambda: "Accept: [TAB" not in emacs.screen(), "the ghost text to be taken")
        emacs.press("C-x", "C-s")
        wait_until_written(path, hole.whole)
