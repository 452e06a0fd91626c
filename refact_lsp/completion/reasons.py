"""Why there is no suggestion: every empty answer carries one of these.

Each reason has one line that tells the user what it means and what to do about it; the codes are
part of the public surface (`refact.explainLast`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """A machine-readable cause of silence."""

    KILL_SWITCH = "kill_switch"
    DISABLED_GLOBAL = "disabled_global"
    SNOOZED = "snoozed"
    DISABLED_LANGUAGE = "disabled_language"
    DISABLED_FILE = "disabled_file"
    PRAGMA_OFF = "pragma_off"
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
    NO_COMPLETION_MODEL = "no_completion_model"
    NO_KEY = "no_key"
    AUTH_FAILED = "auth_failed"
    NO_CREDIT = "no_credit"
    RATE_LIMITED = "rate_limited"
    BREAKER_OPEN = "breaker_open"
    OFFLINE = "offline"
    MODEL_MISSING = "model_missing"
    MODEL_LOADING = "model_loading"
    NOT_INDEXED_YET = "not_indexed_yet"
    NO_MATCH = "no_match"
    UNSURE = "unsure"
    EMPTY_MODEL_ANSWER = "empty_model_answer"
    ONLY_REASONING = "only_reasoning"
    TRUNCATED = "truncated"
    FILTERED = "filtered"
    DROPPED_POSTPROCESS = "dropped_postprocess"
    POPUP_DISAGREES = "popup_disagrees"
    TIMEOUT = "timeout"
    PROVIDER_ERROR = "provider_error"
    MODEL_ERROR = "model_error"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    SHUTTING_DOWN = "shutting_down"


HELP: dict[Reason, str] = {
    Reason.KILL_SWITCH: (
        "REFACT_LSP_DISABLE is set in the environment, so nothing is suggested, also by key. "
        "Unset it and start the editor anew."
    ),
    Reason.DISABLED_GLOBAL: (
        "Completion is off, also by key. `refact.toggle` or the setting `enable` switches it on."
    ),
    Reason.SNOOZED: (
        "Suggestions are snoozed. `refact.resume` ends that; asking by key works meanwhile."
    ),
    Reason.DISABLED_LANGUAGE: (
        "Completion is off for this language, also by key. "
        "`refact.toggle` or the setting `languages` switches it on."
    ),
    Reason.DISABLED_FILE: (
        "Completion is off for this file, also by key. `refact.toggle` switches it on."
    ),
    Reason.PRAGMA_OFF: (
        "A comment in this file says `refact: off`, which holds also by key. Take it out."
    ),
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
    Reason.NO_COMPLETION_MODEL: (
        "No completion model is chosen, or the one chosen does not exist. "
        "`refact-lsp models list` shows those there are."
    ),
    Reason.NO_KEY: (
        "The provider's key is missing. Set the variable that its file names, or write it there."
    ),
    Reason.AUTH_FAILED: "The provider refused the key. Check `api_key` in the provider's file.",
    Reason.NO_CREDIT: (
        "The credit at the provider is used up. Add some there, or choose another model with "
        "`refact.selectModel`; it is tried again after 15 minutes, or when you ask by key."
    ),
    Reason.RATE_LIMITED: (
        "The provider takes no more requests for a while. Wait, or choose another model."
    ),
    Reason.BREAKER_OPEN: (
        "The model failed several times in a row, so it is left alone for a while. "
        "Ask by key to try it at once."
    ),
    Reason.OFFLINE: "The model's server cannot be reached. Check that it runs, and the network.",
    Reason.MODEL_MISSING: "Its server does not have this model.",
    Reason.MODEL_LOADING: "The server is still loading the model; it answers in a while.",
    Reason.NOT_INDEXED_YET: "The workspace is still being read; wait for the progress to end.",
    Reason.NO_MATCH: "Nothing in the workspace looks like the text before the cursor.",
    Reason.UNSURE: "Similar code was found, but it is not clear what comes next.",
    Reason.EMPTY_MODEL_ANSWER: "The model had nothing to add here.",
    Reason.ONLY_REASONING: (
        "The model spent its whole answer on thinking. Switch its thinking off, or choose another."
    ),
    Reason.TRUNCATED: "The answer broke off before anything could be used of it.",
    Reason.FILTERED: "The provider's content filter kept the answer back. Ask elsewhere.",
    Reason.DROPPED_POSTPROCESS: "The answer would only have repeated or damaged the text here.",
    Reason.POPUP_DISAGREES: "The answer does not begin with the entry selected in the popup.",
    Reason.TIMEOUT: "The model did not answer in time.",
    Reason.PROVIDER_ERROR: (
        "The provider answered with an error. Try again later, or choose another model."
    ),
    Reason.MODEL_ERROR: "The model failed; the server's log has the details.",
    Reason.CANCELLED: "The editor took the request back.",
    Reason.SUPERSEDED: "A newer request in the same document took its place.",
    Reason.SHUTTING_DOWN: "The server is leaving.",
}


TROUBLES = frozenset(
    {
        Reason.NO_COMPLETION_MODEL,
        Reason.NO_KEY,
        Reason.AUTH_FAILED,
        Reason.NO_CREDIT,
        Reason.RATE_LIMITED,
        Reason.BREAKER_OPEN,
        Reason.OFFLINE,
        Reason.MODEL_MISSING,
        Reason.TIMEOUT,
        Reason.PROVIDER_ERROR,
        Reason.MODEL_ERROR,
    }
)
"""What is wrong with a model beyond one request: the user is told, and the status shows it."""

ANSWERED = frozenset(
    {
        Reason.NO_MATCH,
        Reason.UNSURE,
        Reason.EMPTY_MODEL_ANSWER,
        Reason.ONLY_REASONING,
        Reason.TRUNCATED,
        Reason.FILTERED,
        Reason.DROPPED_POSTPROCESS,
    }
)
"""Empty answers of a model that works."""


@dataclass(frozen=True, slots=True)
class Silence:
    """No suggestion, and why.

    `note` adds what is particular to this case: until when, which code, which rule.
    """

    reason: Reason
    note: str = ""

    @property
    def sentence(self) -> str:
        """The reason as a person reads it."""
        return f"{HELP[self.reason]} ({self.note})" if self.note else HELP[self.reason]
