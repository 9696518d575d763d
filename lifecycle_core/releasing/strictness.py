"""How strict a run is, and what it is asked to find out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Strictness:
    """What the caller asks for; None leaves it to the release file's policy.

    Attributes:
        rtol: Relative difference at which two numbers still count as equal, in [0, 1).
        cell_timeout: Seconds one cell may run.
        runs: Clean runs that are compared, at least 1.
        explain: Make further runs to find the cause of a difference.
    """

    rtol: float | None = None
    cell_timeout: float | None = None
    runs: int = 2
    explain: bool = True
