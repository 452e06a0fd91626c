"""`textDocument/inlineCompletion` of the real process, as each recorded editor asks for it."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import LINE, TYPED, WANTED, WORD, Editor, recorded

CANCELLED = -32800
INVALID_PARAMS = -32602


async def test_capability_is_announced_in_the_clients_encoding(
    editor: Editor, client_name: str
) -> None:
    capabilities = editor.result.capabilities
    assert capabilities.inline_completion_provider is not None
    offered = recorded(client_name)["capabilities"].get("general", {}).get("positionEncodings")
    assert capabilities.position_encoding == (offered[0] if offered else "utf-16")


async def test_rest_of_the_line_is_suggested_at_the_cursor(editor: Editor) -> None:
    answer = await editor.inline()
    assert answer is not None
    item = answer.items[0]
    assert item.insert_text == WANTED
    assert item.range == lsp.Range(editor.position(), editor.position())
    assert item.command is not None
    assert item.command.command == "refact.completionAccepted"


async def test_typing_along_gets_the_rest_of_the_same_suggestion(editor: Editor) -> None:
    await editor.inline()
    told: list[str] = []
    for before, typed in (("", "val"), ("val", "ue")):
        editor.insert(typed, before=TYPED + before)
        answer = await editor.inline(TYPED + before + typed)
        assert answer is not None
        assert answer.items[0].insert_text == WANTED.removeprefix(before + typed)
        told.append(
            (await editor.command("refact.explainLast", {"quiet": True}))["last"]["sentence"]
        )
    # What was kept is forgotten once, when the user's policies have been read after the start.
    assert any("kept from before" in each for each in told)


async def test_closing_bracket_right_of_the_cursor_is_not_doubled(editor: Editor) -> None:
    editor.insert(")")
    answer = await editor.inline()
    assert answer is not None
    item = answer.items[0]
    assert item.insert_text == WANTED.removesuffix(")")
    assert item.range == lsp.Range(editor.position(), editor.position())


@pytest.mark.parametrize("options", [{"delayMs": 400}])
async def test_newer_request_answers_the_older_at_once(
    editor: Editor, options: dict[str, object]
) -> None:
    older = asyncio.ensure_future(editor.inline())
    await asyncio.sleep(0)
    newer = asyncio.ensure_future(editor.inline())
    done, _ = await asyncio.wait({older, newer}, return_when=asyncio.FIRST_COMPLETED)
    assert done == {older}
    superseded = older.result()
    if editor.profile.superseded == "null":
        assert superseded is None
    else:
        assert superseded is not None
        assert not superseded.items
    answer = await newer
    assert answer is not None
    assert answer.items[0].insert_text == WANTED


@pytest.mark.parametrize("options", [{"delayMs": 10_000}])
async def test_cancelled_request_is_answered_as_cancelled(
    editor: Editor, options: dict[str, object]
) -> None:
    sent = editor.client.protocol.send_request_async(  # type: ignore[no-untyped-call]
        lsp.TEXT_DOCUMENT_INLINE_COMPLETION, editor.inline_params(), msg_id="to-cancel"
    )
    waiting = asyncio.ensure_future(sent)
    await asyncio.sleep(0)
    editor.client.cancel_request(lsp.CancelParams("to-cancel"))
    with pytest.raises(JsonRpcException) as failure:
        await asyncio.wait_for(waiting, 5)
    assert failure.value.code == CANCELLED
    assert await editor.last_reason() == "cancelled"


@pytest.mark.parametrize("options", [{"delayMs": 300}])
async def test_answer_for_an_older_version_is_dropped(
    editor: Editor, options: dict[str, object]
) -> None:
    waiting = asyncio.ensure_future(editor.inline())
    await asyncio.sleep(0)
    editor.insert("x")
    answer = await waiting
    assert answer is None or not answer.items
    assert await editor.last_reason() == "stale_version"


async def test_wrong_parameters_are_refused(editor: Editor) -> None:
    wrong = {"textDocument": {"uri": editor.uri}, "position": "here"}
    with pytest.raises(JsonRpcException) as failure:
        await editor.raw("textDocument/inlineCompletion", wrong)
    assert failure.value.code == INVALID_PARAMS


async def test_document_that_is_not_open_is_said_so(editor: Editor) -> None:
    editor.uri = "file:///somewhere/else.py"
    answer = await editor.inline()
    assert answer is not None
    assert not answer.items


async def test_deletion_is_not_answered_unless_by_key(editor: Editor) -> None:
    editor.insert("xy")
    editor.version += 1
    span = lsp.Range(editor.position(before=TYPED), editor.position(before=TYPED + "xy"))
    editor.client.text_document_did_change(
        lsp.DidChangeTextDocumentParams(
            lsp.VersionedTextDocumentIdentifier(editor.version, editor.uri),
            [lsp.TextDocumentContentChangePartial(span, "")],
        )
    )
    automatic = await editor.inline()
    assert automatic is not None
    assert not automatic.items
    assert await editor.last_reason() == "typing_deletion"
    by_key = await editor.inline(by_key=True)
    assert by_key is not None
    assert by_key.items[0].insert_text == WANTED


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"enable": False}, "disabled_global"),
        ({"languages": {"python": False}}, "disabled_language"),
        ({"trigger": "manual"}, "manual_mode"),
    ],
)
async def test_setting_that_silences_is_the_reason(
    editor: Editor, options: dict[str, object], reason: str
) -> None:
    answer = await editor.inline()
    assert answer is not None
    assert not answer.items
    assert await editor.last_reason() == reason


async def test_entry_selected_in_the_popup_must_begin_the_suggestion(editor: Editor) -> None:
    params = editor.inline_params()
    word = lsp.Range(
        editor.position(before=TYPED.removesuffix(WORD)), editor.position(before=TYPED)
    )
    for text, expected in (("first_value", [WANTED]), ("first_mean", [])):
        params.context.selected_completion_info = lsp.SelectedCompletionInfo(word, text)
        answer = await editor.client.text_document_inline_completion_async(params)
        assert isinstance(answer, lsp.InlineCompletionList)
        assert [item.insert_text for item in answer.items] == expected


async def test_position_past_the_line_counts_as_its_end(editor: Editor) -> None:
    params = editor.inline_params()
    params.position = lsp.Position(LINE, 10_000)
    answer = await editor.client.text_document_inline_completion_async(params)
    assert isinstance(answer, lsp.InlineCompletionList)
    assert answer.items[0].range == lsp.Range(editor.position(), editor.position())
