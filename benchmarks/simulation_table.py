"""What a simulation found: one line of the table, with where the figure shall lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Part = Callable[[int], Iterator["Line"]]
    """Takes how many runs, and gives lines one after another."""

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


class Line(NamedTuple):
    """One figure.

    Attributes:
        name: What it is.
        runs: How many runs it comes from.
        value: The figure.
        wanted: Where it shall lie, as text; empty for a comparison.
        holds: Whether it does; None for a comparison.
    """

    name: str
    runs: int
    value: float
    wanted: str
    holds: bool | None


def line(name: str, value: float, runs: int, aim: Aim | None = None) -> Line:
    """Return one line of the table."""
    if aim is None:
        return Line(name, runs, float(value), "", None)
    return Line(name, runs, float(value), aim.text, bool(aim.low <= value <= aim.high))


def head() -> str:
    """Return the head of the table."""
    return (
        f"| {'simulation':<66} | {'runs':>6} | {'figure':>9} | {'wanted':<14} | holds |\n"
        f"|{'-' * 68}|{'-' * 7}:|{'-' * 10}:|{'-' * 16}|-------|"
    )


def shown(of: Line) -> str:
    """Return a line as the table has it."""
    holds = "" if of.holds is None else "yes" if of.holds else "NO"
    return f"| {of.name:<66} | {of.runs:>6,} | {of.value:>9.4f} | {of.wanted:<14} | {holds:<5} |"


def known(value: Found | None) -> Found:
    """Return what must be there."""
    if value is None:
        raise ValueError("There are enough data, and yet there is no answer.")
    return value
