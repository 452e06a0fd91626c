"""Which document the user is at: the one looked at, edited, or asked about last."""

from __future__ import annotations


class Focus:
    """The open documents in the order in which they were last attended to."""

    def __init__(self) -> None:
        self._seen: dict[str, None] = {}

    @property
    def uri(self) -> str:
        """The document attended to last; empty where none is open."""
        return next(reversed(self._seen), "")

    def knows(self, uri: str) -> bool:
        """Tell whether a document is open."""
        return uri in self._seen

    def attend(self, uri: str) -> None:
        """Note a document."""
        if self.uri != uri:
            self._seen.pop(uri, None)
            self._seen[uri] = None

    def closed(self, uri: str) -> None:
        """Forget a document."""
        self._seen.pop(uri, None)
