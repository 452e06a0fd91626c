"""JSON Schema of provider files, out of the same table that reads them."""

from __future__ import annotations

from refact_lsp.config.fields import RecordOf
from refact_lsp.config.kinds import Schema
from refact_lsp.config.provider_file import ProviderFile


def provider_schema() -> Schema:
    """Answer the schema (draft 2020-12) of a file in `providers.d`."""
    about: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Provider file of refact-lsp",
    }
    return about | RecordOf(ProviderFile).schema()
