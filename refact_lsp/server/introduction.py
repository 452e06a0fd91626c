"""The parameters of `initialize`, as plain JSON, into facts about the client: pure.

Read by hand, member by member: a client with one capability newer than our types, or one mistake,
must still be served. Whatever is not understood counts as not said.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from refact_lsp.server.profiles import announces, profile_of
from refact_lsp.session.client import ClientFacts, Supports
from refact_lsp.session.uris import path_of
from refact_lsp.text.positions import Encoding

_ANNOUNCED_BY = {
    "inline_completion": "textDocument.inlineCompletion",
    "completion": "textDocument.completion",
    "progress": "window.workDoneProgress",
    "show_document": "window.showDocument.support",
    "show_message_request": "window.showMessage",
    "configuration": "workspace.configuration",
    "apply_edit": "workspace.applyEdit",
    "versioned_edits": "workspace.workspaceEdit.documentChanges",
    "change_annotations": "workspace.workspaceEdit.changeAnnotationSupport",
    "insert_replace": "textDocument.completion.completionItem.insertReplaceSupport",
    "code_action_literals": "textDocument.codeAction.codeActionLiteralSupport",
    "code_lens_refresh": "workspace.codeLens.refreshSupport",
    "watched_files_registration": "workspace.didChangeWatchedFiles.dynamicRegistration",
    "inline_completion_registration": "textDocument.inlineCompletion.dynamicRegistration",
    "workspace_folders": "workspace.workspaceFolders",
}


def client_facts(params: Mapping[str, Any], *, hint: str = "") -> ClientFacts:
    """Read who the client is; `hint` is the profile that the command line named, if it did."""
    capabilities = _object(params, "capabilities")
    info = _object(params, "clientInfo")
    name, process_id = _text(info, "name"), params.get("processId")
    is_id = isinstance(process_id, int) and not isinstance(process_id, bool) and process_id > 0
    return ClientFacts(
        name=name,
        version=_text(info, "version"),
        profile=profile_of(name, capabilities, hint=hint),
        process_id=process_id if is_id else None,
        folders=_folders(params),
        encoding=_encoding(capabilities),
        supports=Supports(
            **{field: announces(capabilities, path) for field, path in _ANNOUNCED_BY.items()}
        ),
    )


def options(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer `initializationOptions`; empty where they are no object."""
    return _object(params, "initializationOptions")


def folder_paths(folders: object) -> tuple[Path, ...]:
    """Answer the local paths of a list of workspace folders."""
    if not isinstance(folders, list):
        return ()
    uris = (folder.get("uri") for folder in folders if isinstance(folder, Mapping))
    paths = (path_of(uri) for uri in uris if isinstance(uri, str))
    return tuple(path for path in paths if path is not None)


def _folders(params: Mapping[str, Any]) -> tuple[Path, ...]:
    if folders := folder_paths(params.get("workspaceFolders")):
        return folders
    if root := path_of(_text(params, "rootUri")):
        return (root,)
    path = _text(params, "rootPath")
    return (Path(path),) if path else ()


def _encoding(capabilities: Mapping[str, Any]) -> Encoding:
    """Take the client's first choice among ours; LSP's default where it has none."""
    offered = _object(capabilities, "general").get("positionEncodings")
    for name in offered if isinstance(offered, list) else ():
        if name in list(Encoding):
            return Encoding(name)
    return Encoding.UTF16


def _object(params: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = params.get(key)
    return found if isinstance(found, Mapping) else {}


def _text(params: Mapping[str, Any], key: str) -> str:
    found = params.get(key)
    return found if isinstance(found, str) else ""
