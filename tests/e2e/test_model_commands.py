"""`refact.models` and `refact.selectModel`, of the real process."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import Editor

INVALID_PARAMS = -32602
LMSTUDIO = """\
display_name: My box
completion_models: {mine: {display_name: Mine, n_ctx: 4096}}
chat_models: {talk: {}}
"""
OPENAI = "enabled: false\nchat_models: {gpt: {}}\n"
ASKING = {"vscode", "neovim-0.11", "neovim-0.12", "helix"}
QUESTION = "Which model for completion_default_model? Now: lmstudio/mine."
TITLES = ["Mine (lmstudio/mine)", "Learns your workspace (embedded/workspace)"]

one_editor = pytest.mark.parametrize("client_name", ["vscode"], indirect=True)


@pytest.fixture
def files(home: Path) -> Path:
    folder = home / ".config" / "refact" / "providers.d"
    folder.mkdir(parents=True)
    (folder / "lmstudio.yaml").write_text(LMSTUDIO)
    (folder / "openai.yaml").write_text(OPENAI)
    return folder


def choose(editor: Editor, title: str | None) -> asyncio.Future[lsp.ShowMessageRequestParams]:
    """Answer the server's question with the action of that title, or with none."""
    asked: asyncio.Future[lsp.ShowMessageRequestParams] = asyncio.Future()

    def answer(params: lsp.ShowMessageRequestParams) -> lsp.MessageActionItem | None:
        asked.set_result(params)
        return next((each for each in params.actions or () if each.title == title), None)

    editor.client.feature(lsp.WINDOW_SHOW_MESSAGE_REQUEST)(answer)
    return asked


async def told(editor: Editor) -> str:
    """Answer the next message; one that came already counts."""
    if not editor.client.messages:
        await asyncio.wait_for(
            editor.client.wait_for_notification(lsp.WINDOW_SHOW_MESSAGE), timeout=20
        )
    return editor.client.messages.pop().message


@one_editor
async def test_models_answers_roles_and_all_models_the_users_own_first(
    editor: Editor, files: Path
) -> None:
    answer = await editor.command("refact.models")
    role = answer["roles"]["completion_default_model"]
    assert (role["model"], role["display_name"]) == ("lmstudio/mine", "Mine")
    assert role["why"] == "no file names one: the first model that completes"
    assert len(answer["roles"]) == 8
    assert answer["models"][0] == {
        "id": "lmstudio/mine",
        "kind": "completion",
        "display_name": "Mine",
        "provider": "lmstudio",
        "own": True,
        "found": False,
        "context": 4096,
        "in_use": True,
        "why_not": "",
    }
    rows = {each["id"]: each for each in answer["models"]}
    assert rows["openai/gpt"]["why_not"] == "`enabled: false` stands in its file"
    assert not rows["openai/gpt"]["in_use"]
    assert not rows["embedded/workspace"]["own"]
    assert answer["problems"] == 0


@one_editor
async def test_select_with_a_model_writes_it_and_tells_what_is_in_force(
    editor: Editor, files: Path
) -> None:
    (files / "defaults.yaml").write_text("# mine\nchat: {model: x, top_p: 0.5} # why\n")
    answer = await editor.command("refact.selectModel", {"role": "chat", "model": "talk"})
    path = files / "defaults.yaml"
    assert answer == {
        "role": "chat_default_model",
        "model": "lmstudio/talk",
        "why": f"named in {path}:2",
    }
    assert path.read_text() == "# mine\nchat: {model: lmstudio/talk, top_p: 0.5} # why\n"
    assert (await editor.command("refact.models"))["roles"]["chat_default_model"]["model"] == (
        "lmstudio/talk"
    )


@one_editor
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([{"model": "lmstudio/talk"}], "completion_default_model wants a completion model."),
        ([{"model": "mien"}], "No model in use is called 'mien'. Did you mean 'mine'?"),
        ([{"model": "openai/gpt", "role": "chat"}], "'openai' is not in use"),
        ([{"model": "mine", "role": "compleetion"}], "Did you mean 'completion'?"),
        ([{"model": 7}], "model must be a text that is not empty, not '7'."),
        ([{"modle": "lmstudio/mine"}], "it takes no 'modle'. Did you mean 'model'?"),
        (["lmstudio/mine"], "expected no argument or one object"),
        ([{}, {}], "expected no argument or one object"),
    ],
)
async def test_wrong_choice_is_refused_and_writes_nothing(
    editor: Editor, files: Path, arguments: list[object], sentence: str
) -> None:
    with pytest.raises(JsonRpcException) as failure:
        await editor.command("refact.selectModel", *arguments)
    assert failure.value.code == INVALID_PARAMS
    assert sentence in failure.value.message
    assert not (files / "defaults.yaml").exists()


async def test_select_without_arguments_asks_and_writes_the_answer(
    editor: Editor, files: Path, client_name: str
) -> None:
    asked = choose(editor, TITLES[1])
    answer = await editor.command("refact.selectModel")
    assert answer["asked"] == (client_name in ASKING)
    assert [each["id"] for each in answer["candidates"]] == ["lmstudio/mine", "embedded/workspace"]
    if not answer["asked"]:
        assert answer["text"].startswith(f"{QUESTION} Run refact.selectModel with")
        assert await told(editor) == f"refact-lsp: {answer['text']}"
        return
    params = await asyncio.wait_for(asked, 20)
    assert params.message == f"refact-lsp: {QUESTION}"
    assert [each.title for each in params.actions or ()] == TITLES
    assert await told(editor) == (
        "refact-lsp: completion_default_model is embedded/workspace from now on."
    )
    assert (files / "defaults.yaml").read_text() == "completion_model: embedded/workspace\n"


@one_editor
async def test_question_without_an_answer_changes_nothing(editor: Editor, files: Path) -> None:
    asked = choose(editor, None)
    await editor.command("refact.selectModel", {"role": "chat"})
    params = await asyncio.wait_for(asked, 20)
    assert [each.title for each in params.actions or ()] == ["lmstudio/talk"]
    await editor.command("refact.models")
    assert not (files / "defaults.yaml").exists()


@one_editor
async def test_file_broken_while_the_question_is_open_is_told(editor: Editor, files: Path) -> None:
    (files / "defaults.yaml").write_text("chat: [\n")
    choose(editor, TITLES[0])
    await editor.command("refact.selectModel")
    message = await told(editor)
    assert "defaults.yaml:2:1: " in message
    assert "This is no valid YAML" in message
    assert (files / "defaults.yaml").read_text() == "chat: [\n"


@one_editor
async def test_role_that_no_model_can_have_is_told(editor: Editor, files: Path) -> None:
    answer = await editor.command("refact.selectModel", {"role": "embedding"})
    assert answer["asked"] is False
    assert "No model in use can be embedding_model" in await told(editor)
