"""What quality and cost are while the truth is not known yet, from calibrated probabilities.

Confidence-based estimation: if rows with a calibrated probability of 0.7 come true 7 times in 10,
then each is seven tenths of a positive and three tenths of a negative row, and every metric has an
expected value. It assumes that what a score means has not changed. Where the *rows* have moved to a
part of the feature space in which the score means something else, the calibrator is fitted with
weights that make the reference look like the window (Białek et al. 2024); see `domain.tell_apart`.

Intervals hold the metric that will be seen when labels come: each draw refits the calibrator on
resampled reference rows and draws labels from its probabilities. They lie around the estimate less
what the calibrator gained by fitting noise, and within what is possible whatever the labels are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.schema.finalization import Interval
from lifecycle_core.stats.calibration import fit_calibrator
from lifecycle_core.stats.label_draws import drawn_numbers, expected_numbers, overfit

if TYPE_CHECKING:
    from lifecycle_core.stats.scored import Reference, Scored

DRAWS = 400
_WIDER = 1.05  # the bootstrap of a rising step is too narrow (Sen, Banerjee and Woodroofe 2010)


class Estimate(NamedTuple):
    """One expected number.

    Attributes:
        value: Expected.
        interval: Of what will be seen when the labels come.
    """

    value: float
    interval: Interval


class Expected(NamedTuple):
    """What a window is expected to show.

    Attributes:
        auc: Area under the ROC curve; None where a class is not expected at all.
        accuracy: Share of right decisions, in [0, 1].
        true_positive: Share of all rows that were acted on rightly; the four shares sum to 1.
        false_positive: Acted on, though it was not needed.
        false_negative: Left alone, though it was needed.
        true_negative: Left alone, rightly.
        cost: Money per row.
    """

    auc: Estimate | None
    accuracy: Estimate
    true_positive: Estimate
    false_positive: Estimate
    false_negative: Estimate
    true_negative: Estimate
    cost: Estimate


def expected_performance(
    reference: Reference,
    window: Scored,
    *,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> Expected | None:
    """Estimate the quality and the cost of a window whose labels are missing.

    Args:
        reference: Rows with labels that the model was not fitted on.
        window: Rows without labels.
        level: Coverage of the intervals, in (0, 1).
        draws: Of each interval, at least 1.
        seed: Makes the intervals reproducible.

    Returns:
        None where the window has no row or the reference none that counts: not enough data.

    Example:
        >>> from lifecycle_core.stats.cost import CostMatrix
        >>> from lifecycle_core.stats.scored import Reference, scored_at
        >>> scores, rows = np.array([0.2, 0.8]), np.full(2, 50.0)
        >>> known = Reference(scores, np.array([0.1, 0.9]), 10 * rows, np.ones(2))
        >>> acted = np.array([False, True])
        >>> costs = CostMatrix(false_positive=20, false_negative=400)
        >>> found = expected_performance(known, scored_at(scores, acted, costs, rows))
        >>> round(found.accuracy.value, 6), round(found.cost.value, 6), round(found.auc.value, 6)
        (0.9, 21.0, 0.9)
    """
    if not window.scores.size or not (reference.weights * reference.rows > 0).any():
        return None
    calibrator = fit_calibrator(
        reference.scores, reference.truth, reference.weights * reference.rows
    )
    values = expected_numbers(window, calibrator(window.scores))
    rng = np.random.default_rng(seed)
    drawn = drawn_numbers(reference, window, draws=draws, rng=rng)
    centre = values - overfit(reference, window, values, rng=rng)
    tails = [(1 - level) / 2, (1 + level) / 2]
    around = np.quantile(drawn - np.median(drawn, axis=0), tails, axis=0, method="weibull")
    either = np.array([window.if_positive, window.if_negative])
    least, most = (
        np.average(bound(either, axis=0), weights=window.rows) for bound in (np.min, np.max)
    )
    low, high = np.clip(centre + _WIDER * around, [*[0.0] * 6, least], [*[1.0] * 6, most])
    found = [
        Estimate(float(value), Interval(low=float(a), high=float(b), level=level))
        if np.isfinite([value, a, b]).all()
        else None
        for value, a, b in zip(values, low, high, strict=True)
    ]
    return Expected(*found)  # type: ignore[arg-type]  # only the first may be None
