"""The connections desk: **simulated**. Nobody knows what such a desk would have done in 2013.

It follows a decision to act nine times in ten, and now and then acts where none was decided, more
often in bad weather, which it sees, too. What it does depends on the flight alone, so that a replay
comes out the same however it is divided.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

WHO = "desk (simulated)"
_FOLLOWS = 0.9
_ACTS_ALONE = 0.002
_ACTS_ALONE_IN_BAD_WEATHER = 0.02
_SIGHT = 3.0  # miles
_FIRST, _SPREAD = 5.0, 40.0  # minutes until it acts


class Handled(NamedTuple):
    """What was done with each flight.

    Attributes:
        acted: The desk worked on it.
        said: It said so: it acted, or was told to and did not.
        followed: What it did is what was decided.
        minutes: How long after the decision.
    """

    acted: NDArray[np.bool_]
    said: NDArray[np.bool_]
    followed: NDArray[np.bool_]
    minutes: NDArray[np.float64]


def handle(keys: pd.Series[str], decided: NDArray[np.bool_], sight: pd.Series[float]) -> Handled:
    """Return what the desk does with decisions.

    Args:
        keys: Of the flights.
        decided: Whether it was told to act.
        sight: Visibility in miles.
    """
    drawn = np.array([_draw(key) for key in keys]).reshape(-1, 2)
    bad = sight.to_numpy(dtype=np.float64) < _SIGHT
    alone = np.where(bad, _ACTS_ALONE_IN_BAD_WEATHER, _ACTS_ALONE)
    acted = np.where(decided, drawn[:, 0] < _FOLLOWS, drawn[:, 0] < alone)
    return Handled(acted, acted | decided, acted == decided, _FIRST + _SPREAD * drawn[:, 1])


def _draw(key: str) -> list[float]:
    digest = hashlib.sha256(f"desk\0{key}".encode()).digest()
    return [int.from_bytes(digest[at : at + 8]) / (1 << 64) for at in (0, 8)]
