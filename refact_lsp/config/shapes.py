"""Words and shapes that several records of provider files share."""

from __future__ import annotations

from refact_lsp.config.kinds import Text

STYLES = ("openai_completions", "openai_chat_completions", "openai_responses")
WIRES = (
    *STYLES,
    "anthropic_messages",
    "ollama_native",
    "llamacpp_native",
    "google_cloud_code",
    "google_cloudcode",
)
URL = Text("a URL that begins with http:// or https://", r"(?i:https?)://[^\s/?#]\S*|")
