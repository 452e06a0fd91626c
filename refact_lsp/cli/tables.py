"""Rows for a person, as a table, or for a program, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = dict[str, Any]


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
    """Print a table, under a title where it is one of several."""
    if not rows:
        return
    console = Console(highlight=False, soft_wrap=True)
    if title:
        console.print(Text(f"{title}:", "bold"))
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(rows[0]):
        table.add_column(name, no_wrap=number == 0, overflow="fold")  # what is typed stays whole
    for row in rows:
        table.add_row(*(Text(printable(str(each))) for each in row.values()))
    console.print(table)
