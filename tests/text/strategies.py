"""Texts with everything that makes positions hard."""

from __future__ import annotations

from hypothesis import strategies as st

from refact_lsp.text.positions import Encoding

PIECES = (
    "a", "b", " ", "\t", "def", "é", "e\u0301", "ß", "\u0130", "中", "\u200f", "\u05e9",
    "😀", "👩\u200d👩\u200d👧", "\U0001f1e9\U0001f1ea", "\U00020000", "\ud83d", "\ude00",
    "\n", "\r", "\r\n", "\n\n", "\r\r\n", "\u2028", "\u2029", "\x85", "\v", "\f", "\x1c",
    "\0", "\ufeff",
)  # fmt: skip

texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
short_texts = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
encodings = st.sampled_from(list(Encoding))
