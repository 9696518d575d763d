"""A fixed number of looks at an experiment: what peeking does, and bounds that allow for it.

A test statistic that is looked at k times is a random walk with normal steps. Its density inside
the bounds is carried from look to look by numerical integration (Armitage, McPherson and Rowe
1969); what leaves is the chance to call a winner. Bounds spend a share of alpha at each look
(Lan and DeMets 1983).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_STEP = 0.02  # of the grid, in standard deviations of the smaller of walk and step
_REACH = 8.0  # standard errors beyond which nothing happens
_LEAST, _FINEST = 400, 2_000


def crossing_rates(
    bounds: Sequence[float], information: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Return how often an experiment without effect has left its bounds by each look.

    Args:
        bounds: At each look: an absolute z value, above 0.
        information: Share of all units at each look, rising, above 0; equal steps by default.

    Returns:
        Rising, in [0, 1].

    Raises:
        ValueError: Lengths differ, or the information does not rise.

    Example:
        >>> [round(rate, 3) for rate in crossing_rates([1.96] * 5)]
        [0.05, 0.083, 0.107, 0.126, 0.142]
    """
    walk = _Walk()
    for bound, time in zip(bounds, _times(len(bounds), information), strict=True):
        walk.look(time, bound)
    return tuple(walk.left)


def spending_bounds(
    looks: int,
    information: Sequence[float] | None = None,
    *,
    level: float = 0.95,
    exponent: float = 2.0,
) -> tuple[float, ...]:
    """Return bounds for the looks that leave a share of alpha for the later ones.

    By a look at the share t of all units, alpha * t ** exponent has been spent: with 1 as much at
    each look, with 3 nearly all at the end.

    Args:
        looks: At least 1.
        information: Share of all units at each look, rising, in (0, 1]; equal steps by default.
        level: Two-sided confidence of all looks together, in (0, 1).
        exponent: Of the spending, above 0.

    Returns:
        Absolute z values. The same share of units twice gives the same bound twice.

    Raises:
        ValueError: Lengths differ, or the information falls.

    Example:
        >>> [round(bound, 2) for bound in spending_bounds(4)]
        [2.96, 2.56, 2.3, 2.09]
    """
    from scipy.optimize import brentq

    walk, bounds, last = _Walk(), list[float](), 0.0
    for time in _times(looks, information):
        if bounds and time - last < 1e-5:  # noqa: PLR2004 - no units have come
            bounds.append(bounds[-1])
            continue
        goal = (1 - level) * time**exponent
        lacks: Callable[[float], float] = lambda z, at=time, to=goal: walk.leaving(at, z) - to  # type: ignore[misc]  # noqa: E731 - a default binds the look
        bounds.append(float(brentq(lacks, 0.0, _REACH, xtol=1e-9)))
        walk.look(time, bounds[-1])
        last = time
    return tuple(bounds)


def _times(looks: int, information: Sequence[float] | None) -> list[float]:
    times = [(at + 1) / looks for at in range(looks)] if information is None else list(information)
    rising = all(one <= other for one, other in pairwise(times))
    if len(times) != looks or not rising or (times and times[0] <= 0):
        raise ValueError(f"information {times}: want {looks} shares above 0 that rise.")
    return times


class _Walk:
    """The part of a random walk that is still inside its bounds; it starts at 0 at time 0."""

    def __init__(self) -> None:
        self._time = 0.0
        self._places: NDArray[np.float64] = np.zeros(1)
        self._masses: NDArray[np.float64] = np.ones(1)
        self.left: list[float] = []

    def leaving(self, time: float, bound: float) -> float:
        """Return the mass that has left by `time`, if the bound there is `bound`."""
        from scipy.special import ndtr

        step, edge = np.sqrt(time - self._time), bound * np.sqrt(time)
        stay = ndtr((edge - self._places) / step) - ndtr((-edge - self._places) / step)
        return float(1 - self._masses @ stay)

    def look(self, time: float, bound: float) -> None:
        """Go on to `time`, and keep what is inside."""
        self.left.append(self.leaving(time, bound))
        step, edge = np.sqrt(time - self._time), min(bound, _REACH) * np.sqrt(time)
        count = int(np.clip(2 * edge / (_STEP * min(step, np.sqrt(time))), _LEAST, _FINEST)) | 1
        grid, width = np.linspace(-edge, edge, count, retstep=True)
        apart = (grid[:, None] - self._places) / step
        density = np.exp(-0.5 * apart**2) @ self._masses / (step * np.sqrt(2 * np.pi))
        simpson = np.where(np.arange(count) % 2 == 0, 2.0, 4.0)
        simpson[[0, -1]] = 1.0
        self._time, self._places = time, grid
        self._masses = density * simpson * width / 3
