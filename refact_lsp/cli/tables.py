"""Rows for a person, as a table, or for a program, as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = dict[str, Any]

MAX_WIDTH = 10_000
"""Characters in a line for programs."""

_WHOLE = frozenset({"provider", "model", "file"})
"""Columns with what a person types or copies."""


def printable(text: str) -> str:
    """Write control characters out: a name in a file must not steer the terminal."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def print_rows(rows: Sequence[Row], *, as_json: bool) -> None:
    """Print rows that have the same keys."""
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif rows:
        print_table(rows)
    else:
        typer.echo("None.")


def print_table(rows: Sequence[Row], title: str = "") -> None:
    """Print a table, under a title where it is one of several; columns without a word are left out.

    A line is as long as it must be where a program reads it.
    """
    if not rows:
        return
    console = Console(highlight=False, soft_wrap=True, width=_width())
    if title:
        console.print(Text(f"{title}:", "bold"))
    table = Table(box=None, pad_edge=False)
    names = [name for name in rows[0] if any(row[name] != "" for row in rows)]
    for name in names:
        table.add_column(name, no_wrap=name in {names[0], *_WHOLE}, overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(str(row[name]))) for name in names))
    console.print(table)


def _width() -> int | None:
    """Answer the width of what is no terminal; None: as wide as the terminal, or as asked for."""
    is_asked = sys.stdout.isatty() or bool(os.environ.get("COLUMNS"))
    return None if is_asked else MAX_WIDTH
