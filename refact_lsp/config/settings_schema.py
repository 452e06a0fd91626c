"""JSON Schema of the settings that an editor sends: they stand in no file, so it is by hand."""

from __future__ import annotations

from typing import Any

from refact_lsp.config.roles import ROLES, DefaultsFile
from refact_lsp.config.schema import DRAFT
from refact_lsp.config.settings import Popup, Trigger


def settings_schema() -> dict[str, Any]:
    """Answer the schema of `initializationOptions` and of the section `refact`."""
    return {
        "$schema": DRAFT,
        "title": "Settings of refact-lsp in an editor",
        "description": "All may be left out. None can add a server, a key or a model.",
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"title": name, **each} for name, each in _properties().items()},
    }


def _properties() -> dict[str, dict[str, Any]]:
    return {
        "enable": _flag("Whether anything is suggested.", default=True),
        "languages": {
            "description": "Languages by id, on or off; `*` stands for all others.",
            "type": "object",
            "additionalProperties": {"type": "boolean"},
            "default": {},
            "examples": [{"*": True, "markdown": False}],
        },
        "trigger": _word(Trigger, "auto", "Suggest while typing too, or only when asked."),
        "delayMs": {
            "description": "How long to wait after a key, in milliseconds.",
            "type": "integer",
            "minimum": 0,
            "maximum": 10_000,
            "default": 0,
        },
        "models": {
            "description": "The model of each role, among those in your provider files.",
            "type": "object",
            "additionalProperties": False,
            "properties": {role: _role(role) for role in ROLES},
            "examples": [{"completion_default_model": "ollama/qwen2.5-coder:1.5b-base"}],
        },
        "popup": _word(Popup, "auto", "Suggest in the list of completions: as needed, or so."),
        "codeLens": _flag("Show actions above functions.", default=False),
        "status": _flag("Send what the server is doing to the editor.", default=False),
        "review": _flag("Review a file when it is saved, as hints.", default=False),
        "logLevel": {
            "description": "How much is logged; without it, what the command line says.",
            "enum": ["error", "warning", "info", "debug"],
        },
    }


def _flag(about: str, *, default: bool) -> dict[str, Any]:
    return {"description": about, "type": "boolean", "default": default}


def _word(words: type[Trigger | Popup], default: str, about: str) -> dict[str, Any]:
    return {"description": about, "enum": [str(each) for each in words], "default": default}


def _role(role: str) -> dict[str, Any]:
    return {"description": DefaultsFile.model_fields[role].description, "type": "string"}
