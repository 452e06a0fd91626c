"""Places in documents, written as source with `<cursor>` in it."""

from __future__ import annotations

from refact_lsp.completion.surroundings import Surroundings, surroundings
from refact_lsp.languages.table import language_of
from refact_lsp.messages import Shape
from refact_lsp.text.lines import Text
from refact_lsp.text.snapshot import DocumentSnapshot


def around(source: str, shape: Shape, language: str = "python") -> Surroundings:
    before, after = source.split("<cursor>")
    text = Text(before + after)
    uri = "file:///a"
    snapshot = DocumentSnapshot(uri, 1, language, text)
    return surroundings(snapshot, text.position(len(before)), shape, language_of(language, uri))
