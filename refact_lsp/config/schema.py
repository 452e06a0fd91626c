"""JSON Schemas of the user's files, out of the models that read them."""

from __future__ import annotations

from refact_lsp.config.record import Record, Schema

DRAFT = "http://json-schema.org/draft-07/schema#"
"""The draft that every editor's YAML support reads."""


def schema_of(record: type[Record], title: str) -> Schema:
    """Answer the JSON Schema of files that are read into a record."""
    schema = record.model_json_schema(by_alias=False)
    return {"$schema": DRAFT, **schema, "title": title}
