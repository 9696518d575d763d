"""Whether a score of 0.7 comes true 7 times in 10: reliability and its error.

The expected calibration error is the mean distance between what is promised and what comes true,
bin by bin. Noise adds to a distance and never takes away, so the plain error of a perfectly
calibrated model is above 0; here what noise adds is taken off, bin by bin.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.schema.finalization import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10


class Calibrator(NamedTuple):
    """A rising step from score to probability.

    Attributes:
        scores: Shape (m,), rising.
        probabilities: Shape (m,), rising, in [0, 1]: at those scores. Between them it is a line,
            outside it is level.
    """

    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def __call__(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a probability for each score, shape (n,)."""
        return np.interp(scores, self.scores, self.probabilities)


class Bins(NamedTuple):
    """Rows by promised probability, as an engine counts them; sums over windows may be added up.

    Attributes:
        rows: Shape (b,): rows in each bin, at least 0.
        promised: Shape (b,): sum of their probabilities.
        positives: Shape (b,): how many of them are of the positive class.
    """

    rows: NDArray[np.float64]
    promised: NDArray[np.float64]
    positives: NDArray[np.float64]


class CalibrationError(NamedTuple):
    """How far promises are from what comes true.

    Attributes:
        value: Mean distance, as the literature has it, in [0, 1].
        debiased: The same less what noise adds, in [0, 1].
        error: Standard error of `debiased`.
        interval: Around `debiased`, cut off at 0.
    """

    value: float
    debiased: float
    error: float
    interval: Interval


def fit_calibrator(
    scores: NDArray[np.float64],
    truth: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> Calibrator:
    """Fit the rising step function that is nearest to the truth: isotonic regression.

    Args:
        scores: Shape (n,), finite, n at least 1.
        truth: Shape (n,), in [0, 1]: the class, or the share of positives among rows of one score.
        weights: Shape (n,), at least 0 and not all 0: rows that each one stands for, or how much
            it is like the rows that shall be calibrated.

    Raises:
        ValueError: There is no row, or all weights are 0.

    Example:
        >>> fitted = fit_calibrator(np.array([0.2, 0.4, 0.6]), np.array([0.0, 1.0, 0.0]))
        >>> fitted(np.array([0.1, 0.4, 0.9])).tolist()
        [0.0, 0.5, 0.5]
    """
    from scipy.optimize import isotonic_regression

    counts = np.ones(scores.shape) if weights is None else weights
    used = counts > 0
    if not used.any():
        raise ValueError(f"{scores.size} rows with weights of 0; want one above 0.")
    distinct, place = np.unique(scores[used], return_inverse=True)
    mass = np.bincount(place, weights=counts[used])
    rate = np.bincount(place, weights=(counts * truth)[used]) / mass
    return Calibrator(distinct, np.clip(isotonic_regression(rate, weights=mass).x, 0.0, 1.0))


def calibration_bins(
    probabilities: NDArray[np.float64],
    truth: NDArray[np.bool_],
    edges: NDArray[np.float64] | None = None,
) -> Bins:
    """Count rows by promised probability.

    Args:
        probabilities: Shape (n,), in [0, 1].
        truth: Shape (n,); the row is of the positive class.
        edges: Shape (b - 1,), rising, inner edges as `drift.quantile_edges` gives them of the
            reference; ten bins of equal width by default.

    Example:
        >>> bins = calibration_bins(np.array([0.05, 0.08, 0.95]), np.array([False, True, True]))
        >>> bins.rows.astype(int).tolist()
        [2, 0, 0, 0, 0, 0, 0, 0, 0, 1]
    """
    inner = np.arange(1, BINS) / BINS if edges is None else edges
    place = np.searchsorted(inner, probabilities, side="left")
    size = inner.size + 1
    return Bins(
        np.bincount(place, minlength=size).astype(np.float64),
        np.bincount(place, weights=probabilities, minlength=size).astype(np.float64),
        np.bincount(place, weights=truth, minlength=size).astype(np.float64),
    )


def calibration_error(bins: Bins, *, level: float = 0.95) -> CalibrationError | None:
    """Return the expected calibration error, plain and less what noise adds.

    In each bin the share of positives is about normal around its true value, so its distance from
    the promise is a folded normal one, whose mean is known. That does not hold where all promises
    are kept: so the lower bound is 0 unless Hosmer and Lemeshow's test (1980) sees one broken.

    Args:
        bins: Rows by promised probability.
        level: Coverage of the interval, in (0, 1).

    Returns:
        None where there are no rows.

    Example:
        >>> bins = Bins(np.array([1000.0]), np.array([500.0]), np.array([600.0]))
        >>> round(calibration_error(bins).value, 3)
        0.1
    """
    used = bins.rows > 0
    if not used.any():
        return None
    from scipy.special import chdtrc

    rows, promised, positives = (part[used] for part in bins)
    share, mean, rate = rows / rows.sum(), promised / rows, positives / rows
    apart = np.abs(rate - mean)
    middle = (positives + 1) / (rows + 2)  # a rate of 0 or 1 is not known without error
    spread = np.sqrt(middle * (1 - middle) / rows)
    value = float(share @ apart)
    debiased = max(0.0, value - float(share @ folded_noise(apart, spread)))
    error = math.sqrt(float(share**2 @ spread**2))
    reach = NormalDist().inv_cdf((1 + level) / 2) * error
    kept = np.maximum(mean * (1 - mean), 1 / rows) / rows
    broken = float(chdtrc(rows.size, float((apart**2 / kept).sum()))) < 1 - level
    low = max(0.0, debiased - reach) if broken else 0.0
    return CalibrationError(
        value, debiased, error, Interval(low=low, high=debiased + reach, level=level)
    )


def calibration_drift(
    reference: CalibrationError, current: CalibrationError, *, level: float = 0.95
) -> Interval:
    """Return the interval of how much the calibration error has grown.

    Args:
        reference: Of the rows that the model was released with.
        current: Of a window; in the same bins.
        level: Coverage, in (0, 1).

    Example:
        >>> one = Bins(np.array([1000.0]), np.array([500.0]), np.array([500.0]))
        >>> other = one._replace(positives=np.array([600.0]))
        >>> grown = calibration_drift(calibration_error(one), calibration_error(other))
        >>> grown.low > 0
        True
    """
    reach = NormalDist().inv_cdf((1 + level) / 2) * math.hypot(reference.error, current.error)
    middle = current.debiased - reference.debiased
    return Interval(low=middle - reach, high=middle + reach, level=level)


def folded_noise(apart: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what normal noise adds to distances on average (Leone, Nelson and Nottingham 1961).

    Args:
        apart: Distances from 0, at least 0.
        spread: Standard deviations of the noise, at least 0; of the same shape.

    Returns:
        At least 0, of the same shape: nothing where there is no noise, and next to nothing where
        the distance is many times the noise.

    Example:
        >>> folded_noise(np.array([0.0, 5.0, 1.0]), np.array([1.0, 1.0, 0.0])).round(4).tolist()
        [0.7979, 0.0, 0.0]
    """
    from scipy.special import ndtr

    ratio = np.divide(apart, spread, out=np.full_like(apart, np.inf), where=spread > 0)
    bump = spread * math.sqrt(2 / math.pi) * np.exp(-(ratio**2) / 2)
    return np.asarray(bump - 2 * apart * ndtr(-ratio), dtype=np.float64)
