"""`textDocument/completion` of the real process: the same suggestions in an ordinary menu."""

from __future__ import annotations

import asyncio

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.e2e.conftest import TYPED, WANTED, WORD, Editor

CANCELLED = -32800
INVALID_PARAMS = -32602


TYPING = lsp.CompletionTriggerKind.TriggerForIncompleteCompletions
INVOKED = lsp.CompletionTriggerKind.Invoked


def params(
    editor: Editor, before: str = TYPED, kind: lsp.CompletionTriggerKind = TYPING
) -> lsp.CompletionParams:
    context = lsp.CompletionContext(kind)
    document = lsp.TextDocumentIdentifier(editor.uri)
    return lsp.CompletionParams(document, editor.position(before=before), context)


async def ask(editor: Editor) -> lsp.CompletionList:
    answer = await editor.client.text_document_completion_async(params(editor))
    assert isinstance(answer, lsp.CompletionList)
    return answer


async def test_suggestion_is_marked_sorted_last_and_replaces_the_word(editor: Editor) -> None:
    answer = await ask(editor)
    assert answer.is_incomplete
    item = answer.items[0]
    whole = WORD + WANTED
    assert item.filter_text == whole
    assert item.sort_text == "\U0010fffd"
    assert item.detail is not None
    assert item.detail.startswith("refact: ")
    assert not item.preselect
    word = editor.position(before=TYPED.removesuffix(WORD))
    assert item.text_edit == lsp.TextEdit(lsp.Range(word, editor.position()), whole)
    assert item.insert_text_format == lsp.InsertTextFormat.PlainText


async def test_first_inline_request_ends_the_popup_where_the_profile_says_auto(
    editor: Editor,
) -> None:
    await editor.inline()
    answer = await ask(editor)
    assert bool(answer.items) == (editor.profile.popup == "always")


@pytest.mark.parametrize(
    ("options", "shown"), [({"popup": "always"}, True), ({"popup": "never"}, False)]
)
async def test_setting_goes_before_the_profile(
    editor: Editor,
    options: dict[str, object],
    shown: bool,  # noqa: FBT001 (a parameter set)
) -> None:
    await editor.inline()
    answer = await ask(editor)
    assert bool(answer.items) == shown


@pytest.mark.parametrize("options", [{"delayMs": 10_000}])
async def test_cancelled_request_is_answered_as_cancelled(
    editor: Editor, options: dict[str, object]
) -> None:
    sent = editor.client.protocol.send_request_async(  # type: ignore[no-untyped-call]
        lsp.TEXT_DOCUMENT_COMPLETION, params(editor), msg_id="to-cancel"
    )
    waiting = asyncio.ensure_future(sent)
    await asyncio.sleep(0)
    editor.client.cancel_request(lsp.CancelParams("to-cancel"))
    with pytest.raises(JsonRpcException) as failure:
        await asyncio.wait_for(waiting, 5)
    assert failure.value.code == CANCELLED


@pytest.mark.parametrize("options", [{"delayMs": 300}])
async def test_answer_holds_though_more_was_typed_while_it_was_made(
    editor: Editor, options: dict[str, object]
) -> None:
    at_once = await ask(editor)
    waiting = asyncio.ensure_future(ask(editor))
    await asyncio.sleep(0)
    editor.insert("x")
    assert (await waiting).items[0].text_edit == at_once.items[0].text_edit


async def test_request_by_key_is_told_from_typing_where_the_editor_marks_it(
    editor: Editor,
) -> None:
    editor.insert("val + 1")
    place = params(editor, TYPED + "val", INVOKED)
    answer = await editor.client.text_document_completion_async(place)
    assert isinstance(answer, lsp.CompletionList)
    reason = await editor.last_reason()
    assert (reason == "text_follows") == (editor.profile.menu_invoked == "typing")


async def test_wrong_parameters_are_refused(editor: Editor) -> None:
    with pytest.raises(JsonRpcException) as failure:
        await editor.raw("textDocument/completion", {"position": 3})
    assert failure.value.code == INVALID_PARAMS
