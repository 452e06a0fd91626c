"""Secrets in open documents: only the blocks of lines that are new are searched."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from refact_lsp.privacy.detectors import Secret, find_private_keys, find_secrets, pieces_of
from refact_lsp.privacy.gate import CONTENT, Verdict
from refact_lsp.text.lines import Block, Text


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A secret in a document: its one-based line and its kind; its text is kept out of `repr`."""

    line: int
    kind: str
    pieces: tuple[str, ...]

    def __repr__(self) -> str:
        return f"FoundSecret(line={self.line}, kind={self.kind!r})"


class SecretSearch:
    """Finds the secrets of documents, remembering what was found in each block of lines.

    Safe for several threads. A secret other than a private key never spans two lines.
    """

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Block, tuple[Secret, ...]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def judge(self, document: Text, texts: Sequence[str]) -> Verdict | None:
        """Answer a refusal when texts out of a document hold a secret of it, also a part of one."""
        sent = (*texts, "".join(texts))  # a secret may stand on both sides of the cursor
        for secret in self.find(document):
            if any(piece in text for piece in secret.pieces for text in sent):
                return _refused(secret.kind, f"in line {secret.line}")
        for text in sent:
            if found := find_secrets(text):
                return _refused(found[0].kind, "in the text")
        return None

    def find(self, document: Text) -> Iterator[FoundSecret]:
        """Yield the secrets of a document, its private keys first."""
        whole = str(document)
        for key in find_private_keys(whole):
            yield _found(whole, key, 0)
        line = 0
        for block in document.blocks:
            source = str(block)
            for secret in self._in_block(block, source):
                yield _found(source, secret, line)
            line += block.line_count

    def _in_block(self, block: Block, source: str) -> tuple[Secret, ...]:
        with self._lock:
            known = self._known.get(block)
        if known is None:
            known = find_secrets(source)
            with self._lock:
                self._known[block] = known
        return known


def _found(source: str, secret: Secret, first_line: int) -> FoundSecret:
    pieces = tuple(pieces_of(source[secret.start : secret.end]))
    line = first_line + source.count("\n", 0, secret.start) + 1
    return FoundSecret(line, secret.kind, pieces)


def _refused(kind: str, where: str) -> Verdict:
    return Verdict(allowed=False, rule=f"{kind} {where}", source=CONTENT)
