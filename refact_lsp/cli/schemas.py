"""The JSON Schemas that we publish, one for each kind of file and one for editors' settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from refact_lsp.config.indexing import IndexingFile
from refact_lsp.config.problems import nearest
from refact_lsp.config.provider_file import ProviderFile
from refact_lsp.config.roles import DefaultsFile
from refact_lsp.config.schema import schema_of
from refact_lsp.config.settings_schema import settings_schema
from refact_lsp.errors import UsageError
from refact_lsp.privacy.policy_file import PrivacyFile

SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "provider": lambda: schema_of(ProviderFile, "A provider file: providers.d/NAME.yaml"),
    "defaults": lambda: schema_of(DefaultsFile, "The models by role: providers.d/defaults.yaml"),
    "privacy": lambda: schema_of(PrivacyFile, "What may be sent where: privacy.yaml"),
    "indexing": lambda: schema_of(IndexingFile, "What is indexed: indexing.yaml"),
    "settings": settings_schema,
}


def schema_text(name: str) -> str:
    """Answer a schema as it is published; an unknown name is a UsageError."""
    if name not in SCHEMAS:
        hint = nearest(name, SCHEMAS) or f" Known: {', '.join(SCHEMAS)}."
        raise UsageError(f"There is no schema of that name.{hint}")
    return json.dumps(SCHEMAS[name](), indent=2) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write all schemas into a folder, as NAME.schema.json; answer their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name in SCHEMAS:
        path = folder / f"{name}.schema.json"
        path.write_text(schema_text(name), encoding="utf-8", newline="\n")
        written.append(path)
    return written
