"""How much text a request may carry, and who gets how much of it. Pure arithmetic."""

from __future__ import annotations

import math
from typing import NamedTuple

CHARS_PER_TOKEN = 3.3
"""Code points of source code a token stands for, on average; a provider's own usage is better."""

PREFIX_SHARE = 0.75
"""The prefix's part of a budget; the suffix has the rest."""


class Split(NamedTuple):
    """A budget divided between the text before the cursor and the text after it."""

    prefix: int
    suffix: int


def estimated_tokens(chars: int) -> int:
    """Answer about how many tokens so many characters make."""
    return math.ceil(chars / CHARS_PER_TOKEN)


def estimated_chars(tokens: int) -> int:
    """Answer about how many characters so many tokens stand for."""
    return math.floor(max(tokens, 0) * CHARS_PER_TOKEN)


def split_budget(total: int, *, prefix: int, suffix: int) -> Split:
    """Divide `total` between what there is before and after the cursor (all in one unit).

    Each side gets its share; what one side does not use goes to the other.
    """
    total = max(total, 0)
    prefix_share = math.floor(total * PREFIX_SHARE)
    suffix_share = total - prefix_share
    used_prefix = min(prefix, max(prefix_share, total - suffix))
    used_suffix = min(suffix, max(suffix_share, total - prefix))
    return Split(used_prefix, used_suffix)
