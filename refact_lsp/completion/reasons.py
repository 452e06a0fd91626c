"""Why there is no suggestion: every empty answer carries one of these.

Each reason has one line that tells the user what it means and what to do about it; the codes are
part of the public surface (`refact.explainLast`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """A machine-readable cause of silence."""

    DISABLED_GLOBAL = "disabled_global"
    DISABLED_LANGUAGE = "disabled_language"
    PRIVACY_ZONE = "privacy_zone"
    SECRET_IN_TEXT = "secret_in_text"  # noqa: S105 - a code, not a secret
    FILE_TOO_LARGE = "file_too_large"
    LINE_TOO_LONG = "line_too_long"
    BINARY = "binary"
    NOT_OPEN = "not_open"
    STALE_VERSION = "stale_version"
    TYPING_DELETION = "typing_deletion"
    MANUAL_MODE = "manual_mode"
    MID_WORD = "mid_word"
    TEXT_FOLLOWS = "text_follows"
    NO_CONTEXT = "no_context"
    POPUP_OFF = "popup_off"
    NOT_INDEXED_YET = "not_indexed_yet"
    NO_MATCH = "no_match"
    UNSURE = "unsure"
    EMPTY_MODEL_ANSWER = "empty_model_answer"
    DROPPED_POSTPROCESS = "dropped_postprocess"
    POPUP_DISAGREES = "popup_disagrees"
    TIMEOUT = "timeout"
    MODEL_ERROR = "model_error"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    SHUTTING_DOWN = "shutting_down"


HELP: dict[Reason, str] = {
    Reason.DISABLED_GLOBAL: "Completion is off. Set `enable` to true in the editor's settings.",
    Reason.DISABLED_LANGUAGE: "Completion is off for this language. See `languages`.",
    Reason.PRIVACY_ZONE: "A privacy rule forbids completing in this file.",
    Reason.SECRET_IN_TEXT: "The text holds what looks like a secret, so it was not sent anywhere.",
    Reason.FILE_TOO_LARGE: "The file is too large to complete in.",
    Reason.LINE_TOO_LONG: "The line is too long; it looks generated or minified.",
    Reason.BINARY: "The text around the cursor is binary.",
    Reason.NOT_OPEN: "The editor asked about a document that it has not opened.",
    Reason.STALE_VERSION: "The text changed while the answer was made; the next request has it.",
    Reason.TYPING_DELETION: "Nothing is suggested right after a deletion. Ask for it by key.",
    Reason.MANUAL_MODE: "`trigger` is manual: suggestions come only on demand.",
    Reason.MID_WORD: "The cursor is inside a word.",
    Reason.TEXT_FOLLOWS: "Code follows the cursor on its line. Ask for a suggestion by key.",
    Reason.NO_CONTEXT: "There is no text to continue yet.",
    Reason.POPUP_OFF: "This editor shows inline suggestions, so its popup gets none. See `popup`.",
    Reason.NOT_INDEXED_YET: "The workspace is still being read; wait for the progress to end.",
    Reason.NO_MATCH: "Nothing in the workspace looks like the text before the cursor.",
    Reason.UNSURE: "Similar code was found, but it is not clear what comes next.",
    Reason.EMPTY_MODEL_ANSWER: "The model had nothing to add here.",
    Reason.DROPPED_POSTPROCESS: "The answer would only have repeated or damaged the text here.",
    Reason.POPUP_DISAGREES: "The answer does not begin with the entry selected in the popup.",
    Reason.TIMEOUT: "The model did not answer in time.",
    Reason.MODEL_ERROR: "The model failed; the server's log has the details.",
    Reason.CANCELLED: "The editor took the request back.",
    Reason.SUPERSEDED: "A newer request in the same document took its place.",
    Reason.SHUTTING_DOWN: "The server is leaving.",
}


@dataclass(frozen=True, slots=True)
class Silence:
    """No suggestion, and why; `note` adds what is particular to this case."""

    reason: Reason
    note: str = ""

    @property
    def sentence(self) -> str:
        """The reason as a person reads it."""
        return f"{HELP[self.reason]} ({self.note})" if self.note else HELP[self.reason]
