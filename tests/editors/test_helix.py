"""Suggestions in the menu of a real Helix: what is accepted and written, byte for byte."""

from __future__ import annotations

import re
from contextlib import closing

import pytest

from tests.editors import sources
from tests.editors.driven_terminal import start_helix
from tests.editors.rig import Sandbox, wait_until, wait_until_written
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
            Hole(_PRODUCTS, "wi", 'th {len(self.load(name))} fields"'),
            id="after characters of several code units",
        ),
    ],
)
def test_accepted_menu_item_is_written_as_in_the_other_modules(shop: Sandbox, hole: Hole) -> None:
    path = shop.write("shop/products.py", hole.before + hole.after)
    with closing(start_helix(shop, path, *hole.place_in_characters)) as helix:
        helix.type(hole.keys)
        helix.wait_for(hole.word)
        helix.press("Tab", "Enter", "Escape")
        helix.wait_for("NOR")
        helix.type(":write")
        helix.press("Enter")
        wait_until_written(path, hole.whole)


def test_bracket_that_helix_closes_by_itself_is_not_suggested_twice(shop: Sandbox) -> None:
    hole = Hole(_PRODUCTS, "json.load(", "handle)")
    path = shop.write("shop/products.py", hole.before + hole.after)
    with closing(start_helix(shop, path, *hole.place_in_characters)) as helix:
        helix.type(hole.keys)
        helix.wait_for("json.load()")
        wait_until(
            lambda: re.search(r"^ +\d+ +handle\)? +text", helix.screen(), re.MULTILINE),
            lambda: f"a menu with the rest on\n{helix.screen()}",
        )
        helix.press("Tab", "Enter", "Escape")
        helix.wait_for("NOR")
        helix.type(":write")
        helix.press("Enter")
        wait_until_written(path, hole.whole)
