"""Reads orders."""

from __future__ import annotations

import os
from dataclasses import dataclass

LIMIT = 10  # orders a page


@dataclass
class Order:
    """One order."""

    price: float = 0.0

    def total(self, rate: float) -> float | str:
        # net of tax
        if rate > 0:
            return self.price * rate
        return f"{self.price} of {os.name}"


async def load(lines: list[str]) -> list[Order]:
    def parse(line: str) -> Order:
        return Order(float(line))

    return [parse(line) for line in lines]
