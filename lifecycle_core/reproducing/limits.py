"""Which values a caller may ask for: how near, how long, how often, and where."""

from __future__ import annotations

import math

from lifecycle_core.errors import InvalidCall

ENVIRONMENTS = ("current", "locked")
_MOST_RUNS = 20


def require_sensible(
    *,
    rtol: float | None = None,
    cell_timeout: float | None = None,
    env: str = "current",
    runs: int = 2,
) -> None:
    """Refuse values that no check can work with; None leaves a value to the release file.

    Args:
        rtol: Relative difference at which two numbers count as equal, in [0, 1).
        cell_timeout: Seconds one cell may run, finite and above 0.
        env: `current` or `locked`.
        runs: Clean runs to compare, from 1 to 20.

    Raises:
        InvalidCall: A value is outside its range.

    Example:
        >>> require_sensible(rtol=1e-6, cell_timeout=60, env="locked", runs=3)
        >>> require_sensible(runs=0)
        Traceback (most recent call last):
        ...
        lifecycle_core.errors.InvalidCall: runs is 0, it must be a whole number from 1 to 20.
    """
    if rtol is not None and not 0 <= rtol < 1:
        raise InvalidCall(
            f"rtol is {rtol:g}, it must be >= 0 and < 1.",
            hint="It is a relative difference: 0.01 is one percent. The usual value is 1e-6.",
        )
    if cell_timeout is not None and not (cell_timeout > 0 and math.isfinite(cell_timeout)):
        raise InvalidCall(
            f"cell_timeout is {cell_timeout:g}, it must be above 0.",
            hint="It is the seconds that one cell may run, such as 600; leave it out to wait.",
        )
    if env not in ENVIRONMENTS:
        raise InvalidCall(
            f"env is {env!r}, it must be {' or '.join(ENVIRONMENTS)}.",
            hint="`current` runs the notebook with the packages that nbrelease itself has, "
            "`locked` in an environment made from a lock of what the notebook loads.",
        )
    if not 1 <= runs <= _MOST_RUNS:
        raise InvalidCall(
            f"runs is {runs}, it must be a whole number from 1 to {_MOST_RUNS}.",
            hint="Two runs tell a random cell from a stale one; more find what happens seldom.",
        )
