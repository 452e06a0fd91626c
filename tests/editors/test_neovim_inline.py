"""Ghost text in a real Neovim: what is accepted and written, byte for byte."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from tests.editors import sources
from tests.editors.driven_neovim import Neovim
from tests.editors.rig import Sandbox, wait_until
from tests.editors.sources import Hole

_PRODUCTS = sources.store("product")
_TO_LINE_END = Hole(_PRODUCTS, ".op", 'en(encoding="utf-8") as handle:')


def open_hole(
    neovim: Neovim, sandbox: Sandbox, hole: Hole, *, name: str = "shop/products.py"
) -> Path:
    """Open a file with a hole, in insert mode at the hole."""
    path = sandbox.write(name, hole.before + hole.after)
    neovim.edit(path)
    neovim.insert_at(*hole.place)
    return path


@pytest.mark.parametrize(
    "hole",
    [
        pytest.param(_TO_LINE_END, id="to the end of the line"),
        pytest.param(
            Hole(_PRODUCTS, "pa", "rents=True, exist_ok=True"), id="before a rest of the line"
        ),
        pytest.param(
            Hole(
                _PRODUCTS,
                "as handle:\n            ",
                "return json.load(handle)",
                keys="as handle:\n",
            ),
            id="after Enter, which indents",
        ),
        pytest.param(
            Hole(_PRODUCTS, "{na", 'me} with {len(self.load(name))} fields"'),
            id="after characters of several code units",
        ),
        pytest.param(
            Hole(
                _PRODUCTS,
                'f"\U0001d4e1e\u0301co',
                'rd \U0001f642 {name} with {len(self.load(name))} fields"',
            ),
            id="characters of several code units typed and suggested",
        ),
    ],
)
def test_accepted_suggestion_is_written_as_in_the_other_modules(
    neovim: Neovim, shop: Sandbox, hole: Hole
) -> None:
    path = open_hole(neovim, shop, hole)

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.accept()
    neovim.write()

    assert path.read_bytes() == hole.whole.encode()


@pytest.mark.parametrize(
    ("eol", "encoding"),
    [
        pytest.param("\r\n", "utf-8", id="carriage returns"),
        pytest.param("\n", "utf-8-sig", id="a byte order mark"),
        pytest.param("\n", "latin-1", id="another encoding"),
    ],
)
def test_accepting_keeps_what_a_file_is_written_in(
    neovim: Neovim, shop: Sandbox, eol: str, encoding: str
) -> None:
    whole = sources.store("product").replace("\U0001d4e1e\u0301cord \U0001f642", "r\u00e9cord")
    hole = Hole(whole, ".op", 'en(encoding="utf-8") as handle:')
    path = shop.workspace / "shop/products.py"
    path.write_bytes((hole.before + hole.after).replace("\n", eol).encode(encoding))
    neovim.edit(path)
    neovim.insert_at(*hole.place)

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.accept()
    neovim.write()

    assert path.read_bytes() == hole.whole.replace("\n", eol).encode(encoding)


def test_accepted_suggestion_keeps_tabs(neovim: Neovim, shop: Sandbox) -> None:
    hole = Hole(
        sources.handler("product"),
        "{\n\t\thttp.Er",
        'ror(writer, "no name given", http.StatusBadRequest)',
        keys="{\nhttp.Er",
    )
    path = open_hole(neovim, shop, hole, name="shop/product.go")

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.accept()
    neovim.write()

    assert path.read_bytes() == hole.whole.encode()


def test_bracket_that_the_editor_closes_by_itself_is_not_suggested_twice(
    neovim: Neovim, shop: Sandbox
) -> None:
    hole = Hole(_PRODUCTS, "json.load", "(handle)")
    path = open_hole(neovim, shop, hole)
    neovim.command("inoremap <buffer> ( ()<Left>")

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.type("(")
    neovim.wait_for_answer()
    neovim.accept()
    neovim.write()

    assert path.read_bytes() == hole.whole.encode()


def test_typing_on_through_a_suggestion_leaves_its_rest_to_accept(
    neovim: Neovim, shop: Sandbox
) -> None:
    hole = _TO_LINE_END
    path = open_hole(neovim, shop, hole)

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.type(hole.suggested[:4])
    neovim.wait_for_answer()
    neovim.wait_for_ghost(hole.suggested[4:])
    neovim.accept()
    neovim.write()

    assert path.read_bytes() == hole.whole.encode()


def test_accepting_before_the_server_was_asked_again_keeps_nothing_twice(
    neovim: Neovim, shop: Sandbox
) -> None:
    hole = _TO_LINE_END
    path = open_hole(neovim, shop, hole)

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.type(hole.suggested[:4])
    neovim.accept()
    neovim.write()

    assert path.read_bytes() == hole.whole.encode()


def test_accepting_right_after_typing_something_else_changes_nothing(
    neovim: Neovim, shop: Sandbox
) -> None:
    hole = _TO_LINE_END
    path = open_hole(neovim, shop, hole)

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.type("zqx")
    neovim.press("<Tab>")
    neovim.write()

    assert path.read_bytes() == (hole.before + hole.typed + "zqx" + hole.after).encode()


def test_leaving_insert_mode_rejects_a_suggestion(neovim: Neovim, shop: Sandbox) -> None:
    hole = _TO_LINE_END
    path = open_hole(neovim, shop, hole)

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.write()

    assert neovim.ghost() == ""
    assert path.read_bytes() == (hole.before + hole.typed + hole.after).encode()


def test_typing_something_else_takes_the_suggestion_away(neovim: Neovim, shop: Sandbox) -> None:
    hole = _TO_LINE_END
    path = open_hole(neovim, shop, hole)

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.type("zqx = 0")
    neovim.wait_for_answer()

    assert not neovim.ghost().startswith(hole.suggested[:2])
    neovim.write()
    assert path.read_bytes() == (hole.before + hole.typed + "zqx = 0" + hole.after).encode()


def test_undo_after_accepting_gives_the_file_back_and_redo_the_suggestion(
    neovim: Neovim, shop: Sandbox
) -> None:
    hole = _TO_LINE_END
    path = open_hole(neovim, shop, hole)

    neovim.type(hole.keys)
    neovim.wait_for_ghost(hole.suggested)
    neovim.accept()
    neovim.leave_insert_mode()
    neovim.command("undo")
    assert neovim.text() + "\n" == hole.before + hole.after
    neovim.command("redo")
    neovim.command("write")

    assert path.read_bytes() == hole.whole.encode()


def test_neovim_logs_no_error(neovim: Neovim, shop: Sandbox) -> None:
    open_hole(neovim, shop, _TO_LINE_END)

    neovim.type(_TO_LINE_END.keys)
    neovim.wait_for_ghost(_TO_LINE_END.suggested)
    neovim.accept()
    neovim.write()
    neovim.close()

    # Neovim logs error answers there, and all that a server writes on its standard error.
    assert "[ERROR]" not in neovim.log()


def test_server_ends_with_the_editor(neovim: Neovim, shop: Sandbox) -> None:
    open_hole(neovim, shop, _TO_LINE_END)
    started = psutil.Process(neovim.pid()).children(recursive=True)
    assert started

    neovim.close()

    wait_until(lambda: not any(each.is_running() for each in started), f"{started} to end")
