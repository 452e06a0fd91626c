"""A figure measured, and the table of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One row: what was measured, what is to hold, and whether it does (None: nothing to hold)."""

    name: str
    measured: str
    hold: str = ""
    holds: bool | None = None


def percentile(values: Sequence[float], share: float) -> float:
    """Answer the value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def timing(name: str, values_ms: Sequence[float], **limits_ms: float) -> Figure:
    """Make a row of times; `limits_ms` are percentiles and their limits: `p50=5, p99=20`."""
    shares = {key: percentile(values_ms, int(key[1:]) / 100) for key in limits_ms or {"p50": 0}}
    told = ", ".join(f"{key} {value:.2f}" for key, value in shares.items())
    hold = ", ".join(f"{key} {value:g}" for key, value in limits_ms.items())
    holds = all(shares[key] <= limit for key, limit in limits_ms.items()) if limits_ms else None
    return Figure(name, f"{told} ms (n={len(values_ms)})", f"{hold} ms" if hold else "", holds)


def at_most(name: str, value: float, limit: float, unit: str) -> Figure:
    """Make a row of one value that must not exceed a limit."""
    return Figure(name, f"{value:.2f} {unit}", f"{limit:g} {unit}", value <= limit)


def print_table(figures: Iterable[Figure]) -> int:
    """Print all rows; answer how many do not hold."""
    table = Table("figure", "measured", "hold", "")
    missed = 0
    for figure in figures:
        mark = {True: "[green]ok[/]", False: "[red]MISSED[/]", None: ""}[figure.holds]
        missed += figure.holds is False
        table.add_row(figure.name, figure.measured, figure.hold, mark)
    Console(width=130).print(table)
    return missed
