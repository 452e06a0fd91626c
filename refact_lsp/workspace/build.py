"""Putting a segment together from files, and from the parts of the one before that still hold."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from refact_lsp.workspace.files import MAX_FILE_BYTES, FoundFile, decode
from refact_lsp.workspace.folders import Folder, opened, read_below
from refact_lsp.workspace.segment import Document, Segment
from refact_lsp.workspace.segment_file import Contents
from refact_lsp.workspace.suffixes import sort_by_context
from refact_lsp.workspace.tokens import SEPARATOR, TokenIds, tokenize, word_id

MAX_TOKENS = 4_000_000


@dataclass(slots=True)
class Building:
    """A segment in the making; `reused` and `tokenized` count documents."""

    documents: list[Document] = field(default_factory=list)
    ids: array[int] = field(default_factory=lambda: array("I"))
    starts: array[int] = field(default_factory=lambda: array("I"))
    text: bytearray = field(default_factory=bytearray)
    known: TokenIds = field(default_factory=TokenIds)
    reused: int = 0
    tokenized: int = 0
    not_text: int = 0
    over_cap: int = 0

    def add_source(self, file: FoundFile, source: str, digest: str) -> None:
        """Tokenize a text and append it."""
        tokens = tokenize(source, self.known)
        self._begin(file, digest)
        base = len(self.text)
        self.ids.extend(tokens.ids)
        self.starts.extend(_byte_starts(source, tokens.starts, base))
        self.text += source.encode("utf-8", "surrogatepass")
        self.tokenized += 1

    def add_from(self, old: Segment, index: int, file: FoundFile) -> None:
        """Append a document of an earlier segment as it was."""
        document = old.documents[index]
        following = old.documents[index + 1] if index + 1 < len(old.documents) else None
        end = following.first_token if following else len(old.ids)
        text_end = following.text_start if following else len(old.text)
        self._begin(file, document.digest)
        shift = len(self.text) - document.text_start
        first = document.first_token + 1
        self.ids.extend(old.ids[first:end])
        self.starts.extend([start + shift for start in old.starts[first:end]])
        self.text += bytes(old.text[document.text_start : text_end])
        self.reused += 1

    def _begin(self, file: FoundFile, digest: str) -> None:
        self.documents.append(
            Document(file.path, file.size, file.mtime_ns, digest, len(self.ids), len(self.text))
        )
        self.ids.append(SEPARATOR)
        self.starts.append(len(self.text))

    def finish(self, old_words: Iterable[bytes] = ()) -> Contents:
        """Sort the positions and choose the words worth completing."""
        used = set(self.ids)
        words = self.known.words()
        words.update(word.decode("utf-8", "replace") for word in old_words)
        return Contents(
            documents=self.documents,
            words=sorted(
                (word for word in words if word_id(word) in used),
                key=lambda word: word.encode("utf-8", "surrogatepass"),
            ),
            text=bytes(self.text),
            ids=self.ids,
            starts=self.starts,
            order=sort_by_context(self.ids),
        )


def gather(
    root: Path,
    files: tuple[FoundFile, ...],
    old: Segment | None,
    on_file: Callable[[int, int], None],
    max_tokens: int = MAX_TOKENS,
) -> Building:
    """Read what is new and take over what is not; `on_file(done, tokens)` after each file."""
    building = Building()
    earlier = _Earlier.of(old)
    if not files:
        return building
    with opened(root) as top:
        for done, file in enumerate(files, 1):
            if len(building.ids) >= max_tokens:
                building.over_cap = len(files) - done + 1
                break
            if not earlier.hand_over(building, file):
                _add_file(building, top, file, earlier)
            on_file(done, len(building.ids))
    return building


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The segment before: its documents by path, and by content for files touched or moved."""

    segment: Segment | None
    by_path: Mapping[str, int]
    by_digest: Mapping[str, int]

    @classmethod
    def of(cls, old: Segment | None) -> _Earlier:
        """Look up the documents of an earlier segment; none without one."""
        documents = old.documents if old else ()
        by_path = {document.path: index for index, document in enumerate(documents)}
        by_digest = {each.digest: index for index, each in enumerate(documents) if each.digest}
        return cls(old, by_path, by_digest)

    def hand_over(self, building: Building, file: FoundFile) -> bool:
        """Take over a file that was not touched since; answer whether it was."""
        index = self.by_path.get(file.path, -1)
        if self.segment is None or index < 0 or not _is_same(self.segment.documents[index], file):
            return False
        building.add_from(self.segment, index, file)
        return True

    def hand_over_content(self, building: Building, file: FoundFile, digest: str) -> bool:
        """Take over a file whose content is known, whatever its name and time; answer whether."""
        index = self.by_digest.get(digest, -1)
        if self.segment is None or index < 0:
            return False
        building.add_from(self.segment, index, file)
        return True


def is_current(old: Segment, files: tuple[FoundFile, ...], max_tokens: int = MAX_TOKENS) -> bool:
    """Say whether a segment holds these files as they are, in this order, up to the cap."""
    is_full = len(old.ids) >= max_tokens
    if len(old.documents) != len(files) and not (is_full and len(old.documents) < len(files)):
        return False
    return all(
        document.path == file.path and _is_same(document, file)
        for document, file in zip(old.documents, files, strict=False)
    )


def _add_file(building: Building, top: Folder, file: FoundFile, earlier: _Earlier) -> None:
    content = read_below(top, file.path, MAX_FILE_BYTES)
    source = decode(content) if content is not None else None
    if source is None or content is None:
        building.not_text += 1
        # Kept as an empty document, so that the next start need not look at it again.
        building.add_source(file, "", "")
        return
    digest = hashlib.blake2b(content, digest_size=16).hexdigest()
    if not earlier.hand_over_content(building, file, digest):
        building.add_source(file, source, digest)


def _is_same(document: Document, file: FoundFile) -> bool:
    return document.size == file.size and document.mtime_ns == file.mtime_ns


def _byte_starts(source: str, starts: array[int], base: int) -> list[int]:
    if source.isascii():
        return [start + base for start in starts]
    answer: list[int] = []
    position, previous = base, 0
    for start in starts:
        position += len(source[previous:start].encode("utf-8", "surrogatepass"))
        answer.append(position)
        previous = start
    return answer
