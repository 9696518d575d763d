"""Which release answers for a unit: always the same one, by a salted hash of its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecycle_core.schema.serving import CONTROL
from lifecycle_core.stats.assignment import arm_at, point_of, stretches

if TYPE_CHECKING:
    from lifecycle_core.schema.serving import Experiment


def arm_of(unit: str | None, experiment: Experiment) -> str:
    """Return the arm that a unit is in.

    Law: the arm depends on the salt, the unit and the shares alone, so it is the same in every
    process and after every restart; raising the share of the last arm moves nobody out of an arm.

    Args:
        unit: The unit's id as text; one without an id is in no experiment.
        experiment: Its salt, and the percentage of each arm.

    Returns:
        An alias of `experiment.arms`, `champion`, or `holdout`.

    Example:
        >>> from lifecycle_core.schema.serving import Experiment
        >>> half = Experiment(salt="autumn", arms={"challenger": 50})
        >>> [arm_of(f"c{number}", half) for number in range(4)]
        ['champion', 'challenger', 'champion', 'champion']
    """
    if unit is None:
        return CONTROL
    parts = stretches(experiment.arms.items(), holdout=experiment.holdout)
    return arm_at(point_of(unit, experiment.salt), parts)
