"""`workspace/executeCommand` and the notifications about suggestions, of the real process."""

from __future__ import annotations

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import LINE, Editor

INVALID_PARAMS = -32602


async def suggestion(editor: Editor) -> lsp.InlineCompletionItem:
    answer = await editor.inline()
    assert answer is not None
    return answer.items[0]


async def test_accept_command_takes_the_id_it_was_given(editor: Editor) -> None:
    item = await suggestion(editor)
    assert item.command is not None
    assert list(item.command.arguments or ()) == [100]
    assert await editor.command(item.command.command, 100) is None


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("refact.completionAccepted", ["100"]),
        ("refact.completionAccepted", [1, 2]),
        ("refact.explainLast", [7]),
        ("refact.unknown", []),
    ],
)
async def test_wrong_command_is_refused_with_a_sentence(
    editor: Editor, name: str, arguments: list[object]
) -> None:
    with pytest.raises(JsonRpcException) as failure:
        await editor.command(name, *arguments)
    assert failure.value.code == INVALID_PARAMS
    assert name in failure.value.message


@pytest.mark.parametrize("name", ["refact.completionAccepted", "refact.explainLast"])
async def test_every_command_works_without_arguments(editor: Editor, name: str) -> None:
    params = lsp.ExecuteCommandParams(name)
    answer = await editor.client.workspace_execute_command_async(params)
    assert answer is None or "No completion was asked for yet." in answer["text"]


async def test_explanation_is_answered_and_shown(editor: Editor) -> None:
    await suggestion(editor)
    answer = await editor.command("refact.explainLast")
    assert answer["last"]["reason"] is None
    assert answer["text"].startswith(f"sample.py:{LINE + 1}:")
    assert answer["text"] in [message.message for message in editor.client.messages]


async def test_reports_about_suggestions_are_taken_in_any_shape(editor: Editor) -> None:
    item = await suggestion(editor)
    assert item.command is not None
    told = {"command": {"command": item.command.command, "arguments": item.command.arguments}}
    notify = editor.client.protocol.notify
    shapes: tuple[dict[str, object], ...] = (
        {"item": told},
        {"item": None},
        {},
        {"item": {"command": {"arguments": []}}},
    )
    for params in shapes:
        notify("textDocument/didShowCompletion", params)
        notify("textDocument/didPartiallyAcceptCompletion", {**params, "acceptedLength": 3})
        notify("textDocument/didFocus", {"textDocument": {"uri": editor.uri}})
    assert await editor.last_reason() is None


async def test_wrong_setting_is_told_in_a_sentence(editor: Editor) -> None:
    editor.client.workspace_did_change_configuration(
        lsp.DidChangeConfigurationParams({"refact": {"delayMs": "soon", "enable": False}})
    )
    answer = await editor.inline()
    assert answer is not None
    assert not answer.items
    assert await editor.last_reason() == "disabled_global"
    assert [message.message for message in editor.client.messages] == [
        (
            "refact-lsp: settings.delayMs: 'soon' is ignored; "
            "expected a whole number of milliseconds, 0 to 10000."
        )
    ]
