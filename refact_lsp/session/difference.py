"""The smallest single edit that turns one text into another: pure.

An editor that sends whole texts still types a character at a time; as an edit, that keeps the
untouched blocks of lines, with everything cached on them, and tells what the user just did.
"""

from __future__ import annotations

from refact_lsp.text.edits import Edit
from refact_lsp.text.lines import Position, Text

DIFFERENCE_LIMIT_CHARS = 4_000_000
"""Above this a whole replacement is cheaper than looking for what it changed."""


def smallest_edit(text: Text, new: str) -> Edit:
    r"""Answer the edit from the first to the last difference; it never parts a `\r\n`.

    Equal texts give an edit that replaces nothing by nothing at the end. O(n), at memcmp's speed.
    """
    old = str(text)
    if len(old) + len(new) > DIFFERENCE_LIMIT_CHARS:
        return Edit(Position(0, 0), text.end, old, new)
    start = common_prefix(old, new)
    if old[:start].endswith("\r"):
        start -= 1
    room = min(len(old), len(new)) - start
    common = min(_common_suffix(old, new), room)
    if common and old[len(old) - common] == "\n":
        common -= 1
    end = len(old) - common
    return Edit(
        text.position(start), text.position(end), old[start:end], new[start : len(new) - common]
    )


def common_prefix(left: str, right: str) -> int:
    """Count the characters two strings begin with alike; halving, so slices are compared whole."""
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(left: str, right: str) -> int:
    low, high = 0, min(len(left), len(right))
    while low < high:
        middle = (low + high + 1) // 2
        if (
            left[len(left) - middle : len(left) - low]
            == right[len(right) - middle : len(right) - low]
        ):
            low = middle
        else:
            high = middle - 1
    return low
