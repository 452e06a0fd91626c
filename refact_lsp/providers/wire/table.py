"""The wire formats by the names that provider files know them by."""

from __future__ import annotations

from collections.abc import Mapping

from refact_lsp.providers.wire import (
    llamacpp_native,
    ollama_native,
    openai_chat_completions,
    openai_completions,
)
from refact_lsp.providers.wire.format import WireFormat

FORMATS: Mapping[str, WireFormat] = {
    "openai_completions": openai_completions,
    "openai_chat_completions": openai_chat_completions,
    "ollama_native": ollama_native,
    "llamacpp_native": llamacpp_native,
}
