"""Texts to measure with: real code, repeated until it is large enough."""

from __future__ import annotations

import inspect
import textwrap
import typing


def python_source(chars: int) -> str:
    """Answer Python code of about `chars` characters, cut at a line's end."""
    real = inspect.getsource(textwrap) + inspect.getsource(typing)
    text = real * (chars // len(real) + 1)
    return text[: text.rfind("\n", 0, chars) + 1]
