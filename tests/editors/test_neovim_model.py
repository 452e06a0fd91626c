"""Ghost text in a real Neovim that real weights wrote, behind the real llama-server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.editors.driven_neovim import Neovim
from tests.editors.rig import Sandbox
from tests.models.llama_server import NAME, LlamaServer, require

pytestmark = pytest.mark.xdist_group("llama")


@pytest.fixture
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaServer]:
    require()
    server = LlamaServer(tmp_path_factory.mktemp("llama"))
    server.start()
    yield server
    server.stop()


def test_what_a_local_model_writes_is_shown_and_accepted(
    llama: LlamaServer, sandbox: Sandbox, neovim: Neovim
) -> None:
    folder = sandbox.home / "config" / "refact" / "providers.d"
    folder.mkdir(parents=True)
    (folder / "mine.yaml").write_text(
        f"base_provider: custom\nendpoint: {llama.url}\ncompletion_default_model: {NAME}\n"
        "completion_wires: [openai_completions]\ntakes_suffix: false\n"
    )
    path = sandbox.write("add.py", "def add(a, b):\n    retur\n")
    neovim.edit(path)
    neovim.insert_at(2, 9)

    neovim.type("n ")
    neovim.wait_for_ghost("a + b")
    assert neovim.explained()["last"]["model"] == f"mine/{NAME}"
    neovim.accept()
    neovim.write()

    assert path.read_text() == "def add(a, b):\n    return a + b\n"
