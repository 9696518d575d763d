"""What is decided between two months: retrain or not, try the challenger, promote it or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.schema.serving import Experiment
from lifecycle_core.stats.effect import difference
from lifecycle_core.stats.moments import moments_of
from lifecycle_core.stats.sample_ratio import sample_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecycle_core.schema.retraining_decision import RetrainingDecision

HALF = 50.0


class Verdict(NamedTuple):
    """A decision and its reason."""

    yes: bool
    said: str


def trial(month: str) -> Experiment:
    """Return the experiment of a month: half of the flights are the challenger's."""
    return Experiment(unit="flight_key", salt=f"flights {month}", arms={"challenger": HALF})


def pays(decision: RetrainingDecision) -> Verdict:
    """Say whether the release is to be retrained, and what that stands on."""
    worth = decision.worth
    if worth is None:
        return Verdict(yes=False, said=" ".join(decision.reason))
    low, high = worth.interval.low, worth.interval.high
    said = (
        f"worth {worth.value:,.0f} {decision.currency} over {worth.periods} months "
        f"({low:,.0f} to {high:,.0f}), above 0 with probability {worth.probability:.2f}"
    )
    return Verdict(yes=decision.answer == "retrain", said=said)


def read_out(costs: NDArray[np.float64], challenger: NDArray[np.bool_]) -> Verdict:
    """Read an experiment: the challenger goes on if it is shown to cost less a flight.

    The unit is the flight, for flights were assigned; both arms fly in the same weather.

    Args:
        costs: Of each flight, NaN where it has not arrived.
        challenger: Flights of its arm.
    """
    known = ~np.isnan(costs)
    arms = [costs[known & mine] for mine in (~challenger, challenger)]
    if sample_ratio([len(arm) for arm in arms], [1, 1]).mismatch:
        return Verdict(yes=False, said=f"arms of {len(arms[0]):,} and {len(arms[1]):,} do not fit")
    control, treatment = (moments_of(arm[:, None]).sample() for arm in arms)
    found = difference(control, treatment)
    if found is None:
        return Verdict(yes=False, said="not enough flights")
    low, high = found.interval.low, found.interval.high
    said = f"{found.value:+.2f} USD a flight ({low:+.2f} to {high:+.2f})"
    return Verdict(yes=high < 0, said=said)
