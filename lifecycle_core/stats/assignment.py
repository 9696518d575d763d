"""Who is in which arm: a salted hash of the unit's id, so that it is always the same one.

The service, batch scoring and the engine that reads an experiment all assign by this. Two salts
share out the same units independently of each other.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from lifecycle_core.schema.serving import CONTROL, HOLDOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WHOLE = 100.0
HASHED = 1 << 64
"""Points that the hash can fall on."""


class Stretch(NamedTuple):
    """The part of the units that an arm has.

    Attributes:
        arm: Its name.
        start: First point, in percent.
        end: First point that is no longer its own.
    """

    arm: str
    start: float
    end: float


def stretches(arms: Iterable[tuple[str, float]], *, holdout: float = 0.0) -> tuple[Stretch, ...]:
    """Return which part of the units each arm has; they tile 0 to 100.

    Law: raising the share of the last arm moves nobody out of another arm or out of the holdout.

    Args:
        arms: Each with its percent of the units.
        holdout: Percent of the units that are out of the comparison.

    Example:
        >>> [tuple(each) for each in stretches([("challenger", 40.0)], holdout=10.0)]
        [('challenger', 0.0, 40.0), ('champion', 40.0, 90.0), ('holdout', 90.0, 100.0)]
    """
    found, upto = list[Stretch](), 0.0
    for arm, share in arms:
        found.append(Stretch(arm, upto, upto + share))
        upto += share
    left = WHOLE - holdout
    parts = (*found, Stretch(CONTROL, upto, left), Stretch(HOLDOUT, left, WHOLE))
    return tuple(part for part in parts if part.start < part.end)


def point_of(unit: str, salt: str) -> float:
    """Return where a unit falls, in [0, 100], evenly over all units.

    Example:
        >>> point_of("c1", "autumn")
        13.071091219512798
    """
    digest = hashlib.sha256(f"{salt}\0{unit}".encode()).digest()
    return int.from_bytes(digest[:8]) / HASHED * WHOLE


def arm_at(point: float, parts: Sequence[Stretch]) -> str:
    """Return the arm that has a point.

    Example:
        >>> arm_at(12.5, stretches([("challenger", 40.0)]))
        'challenger'
    """
    return next((part.arm for part in parts if point < part.end), parts[-1].arm)
