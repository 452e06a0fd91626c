"""Who is at the other end: what the edge found out about the client, without LSP's types."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from refact_lsp.text.positions import Encoding


@dataclass(frozen=True, slots=True)
class Profile:
    """What one editor's client takes well; the rows and what each field means are in a table.

    `server/profiles.toml` is that table. Times are milliseconds.
    """

    name: str
    superseded: Literal["null", "empty"] = "empty"
    popup: Literal["auto", "always", "never"] = "auto"
    runs_item_command: bool = True
    asks_inline_unannounced: bool = False
    status_notification: bool = False
    resolves_items: bool = False
    range_style: Literal["cursor", "word", "absent"] = "cursor"
    popup_budget_ms: int = 1000
    newline: Literal["document", "lf"] = "document"
    menu_invoked: Literal["typing", "key"] = "typing"


@dataclass(frozen=True, slots=True)
class Supports:
    """What the client announced that it can do; everything is off until it says so."""

    inline_completion: bool = False
    completion: bool = False
    progress: bool = False
    show_document: bool = False
    show_message_request: bool = False
    configuration: bool = False
    apply_edit: bool = False
    versioned_edits: bool = False
    change_annotations: bool = False
    insert_replace: bool = False
    code_action_literals: bool = False
    code_lens_refresh: bool = False
    watched_files_registration: bool = False
    inline_completion_registration: bool = False
    workspace_folders: bool = False


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """One client, as it introduced itself in `initialize`.

    `process_id` is the editor's, None where it gave none. `folders` are the workspace's folders
    that are local, in the client's order; those of other schemes are left out.
    """

    name: str
    version: str
    profile: Profile
    process_id: int | None
    folders: tuple[Path, ...]
    encoding: Encoding
    supports: Supports = field(default_factory=Supports)
