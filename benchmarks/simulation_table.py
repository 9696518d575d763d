"""The table that simulations print: what was found, where it shall lie, and whether it does."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

Found = TypeVar("Found")
ALPHA = 0.05


class Aim(NamedTuple):
    """Where a figure shall lie, and how the table says so; a comparison has no aim."""

    low: float = -np.inf
    high: float = np.inf
    text: str = ""


POWER = Aim(low=0.9, text=">= 0.90")
ALARMS = Aim(high=ALPHA, text="<= 0.05")
COVERAGE = Aim(0.93, 0.97, "0.93 to 0.97")


def show(name: str, value: float, aim: Aim | None = None) -> None:
    """Print one line of the table."""
    low, high, text = aim or Aim()
    met = "" if aim is None else "yes" if low <= value <= high else "NO"
    print(f"| {name:<66} | {value:>9.4f} | {text:<14} | {met:<3} |", flush=True)


def known(value: Found | None) -> Found:
    """Return what must be there."""
    if value is None:
        raise ValueError("There are enough data, and yet there is no answer.")
    return value
