"""Expected numbers of a window without labels, drawn as they may be seen when the labels come."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.stats.calibration import fit_calibrator
from lifecycle_core.stats.ranking import auc_of_groups, weighted_auc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecycle_core.stats.scored import Reference, Scored

GROUPS = 200  # of neighbouring scores in which draws are made; the estimate itself knows every row
_SPLITS = 4
_FEW, _MANY = 100, 50_000


def expected_numbers(window: Scored, probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the numbers of `labelless.Expected` in its order.

    Args:
        window: Rows without labels.
        probability: Shape (n,), in [0, 1]: that they are positive; the truth gives what was seen.

    Returns:
        Shape (7,); the area is not a number where a class is missing.

    Example:
        >>> from lifecycle_core.stats.cost import CostMatrix
        >>> from lifecycle_core.stats.scored import scored_at
        >>> costs = CostMatrix(false_positive=20, false_negative=400)
        >>> rows = scored_at(np.array([0.9, 0.2]), np.array([True, False]), costs)
        >>> expected_numbers(rows, np.array([1.0, 0.5])).round(2).tolist()
        [0.83, 0.75, 0.5, 0.0, 0.25, 0.25, 100.0]
    """
    positive = window.rows * probability / window.rows.sum()
    negative = window.rows * (1 - probability) / window.rows.sum()
    auc = weighted_auc(window.scores, positive, negative)
    acted, left = window.acted, ~window.acted
    hit, alarm = positive[acted].sum(), negative[acted].sum()
    miss, rest = positive[left].sum(), negative[left].sum()
    cost = positive @ window.if_positive + negative @ window.if_negative
    return np.array([np.nan if auc is None else auc, hit + rest, hit, alarm, miss, rest, cost])


def drawn_numbers(
    reference: Reference, window: Scored, *, draws: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw the numbers of `labelless.Expected` as they may be seen.

    The reference is resampled by the Bayesian bootstrap (Rubin 1981): each row's weight is drawn
    from an exponential law, so that those of equal rows have a gamma law.

    Args:
        reference: Rows with labels.
        window: Rows without.
        draws: At least 1.
        rng: Where chance comes from.

    Returns:
        Shape (draws, 7).
    """
    score, mass = _resampled(reference, draws, rng)
    cells = _cells(window)
    drawn = np.empty((draws, 7))
    for at in range(draws):
        yes, no = mass[0][at], mass[1][at]
        fitted = fit_calibrator(score, yes / (yes + no), yes + no)
        chance = fitted(cells.score)
        drawn[at] = cells.seen(rng.binomial(cells.rows, chance), chance, rng.standard_normal())
    return drawn


def overfit(
    reference: Reference, window: Scored, values: NDArray[np.float64], *, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return by how much the expected numbers are off because the calibrator fits noise, too.

    The error of isotonic regression falls as the rows to the power of -2/3, so what is different
    with halves of the reference tells what is wrong with the whole.

    Args:
        reference: Rows with labels.
        window: Rows without.
        values: Shape (7,): expected with the whole reference.
        rng: Where chance comes from.

    Returns:
        Shape (7,); 0 with few rows, which are not halved, and with very many.
    """
    yes, no = (
        np.rint(reference.rows * at).astype(np.int64)
        for at in (reference.truth, 1 - reference.truth)
    )
    if yes.sum() + no.sum() < _FEW or reference.scores.size > _MANY:
        return np.zeros_like(values)
    found = []
    for _ in range(_SPLITS):
        first = rng.binomial(yes, 0.5), rng.binomial(no, 0.5)
        for positive, negative in (first, (yes - first[0], no - first[1])):
            rows = (positive + negative).astype(np.float64)
            truth = np.divide(positive, rows, out=np.zeros(rows.size), where=rows > 0)
            half = fit_calibrator(reference.scores, truth, rows * reference.weights)
            found.append(expected_numbers(window, half(window.scores)))
    return np.asarray((np.mean(found, axis=0) - values) / (2 ** (2 / 3) - 1), dtype=np.float64)


def _resampled(
    reference: Reference, draws: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """Return the scores of groups, and drawn masses of their positive and negative rows."""
    place = _neighbours(reference.scores, reference.rows)
    size = int(place.max()) + 1
    rows = np.bincount(place, weights=reference.rows, minlength=size)
    score = np.bincount(place, weights=reference.rows * reference.scores, minlength=size) / rows
    masses = []
    for share in (reference.truth, 1 - reference.truth):
        each = reference.rows * share * reference.weights
        mean = np.bincount(place, weights=each, minlength=size)
        variance = np.bincount(place, weights=each * reference.weights, minlength=size)
        scale = np.divide(variance, mean, out=np.zeros(size), where=mean > 0)
        shape = np.divide(mean, scale, out=np.zeros(size), where=scale > 0)
        masses.append(rng.gamma(shape, 1.0, size=(draws, size)) * scale)
    used = (masses[0] + masses[1] > 0).all(axis=0)
    return score[used], [mass[:, used] for mass in masses]


class _Cells(NamedTuple):
    """A window's rows by score and decision, in the order of the scores."""

    score: NDArray[np.float64]
    acted: NDArray[np.bool_]
    rows: NDArray[np.int64]
    starts: NDArray[np.int64]  # of the cells of each score
    if_positive: NDArray[np.float64]
    if_negative: NDArray[np.float64]
    uneven: NDArray[np.float64]  # variance of the stake among a cell's rows

    def seen(
        self, positive: NDArray[np.int64], chance: NDArray[np.float64], noise: float
    ) -> NDArray[np.float64]:
        """Return the numbers of `Expected` for drawn positives."""
        negative, total = self.rows - positive, self.rows.sum()
        ups, downs = (
            np.add.reduceat(part, self.starts).astype(np.float64) for part in (positive, negative)
        )
        auc = auc_of_groups(ups, downs)
        hit, alarm = positive[self.acted].sum(), negative[self.acted].sum()
        miss, rest = positive.sum() - hit, negative.sum() - alarm
        spread = np.sqrt((self.rows * self.uneven) @ (chance * (1 - chance)))
        cost = positive @ self.if_positive + negative @ self.if_negative + noise * spread
        counts = np.array([hit + rest, hit, alarm, miss, rest, cost]) / total
        return np.concatenate([[np.nan if auc is None else auc], counts])


def _cells(window: Scored) -> _Cells:
    group = _neighbours(window.scores, window.rows)
    keys, place = np.unique(2 * group + window.acted, return_inverse=True)
    rows = np.bincount(place, weights=window.rows)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(place, weights=window.rows * values) / rows

    stake = window.if_positive - window.if_negative
    return _Cells(
        score=mean(window.scores),
        acted=keys % 2 == 1,
        rows=np.maximum(1, np.rint(rows)).astype(np.int64),
        starts=np.flatnonzero(np.diff(keys // 2, prepend=-1)),
        if_positive=mean(window.if_positive),
        if_negative=mean(window.if_negative),
        uneven=np.maximum(0.0, mean((stake - mean(stake)[place]) ** 2)),
    )


def _neighbours(scores: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the group of each row: its score, or rows of neighbouring scores."""
    distinct, place = np.unique(scores, return_inverse=True)
    if distinct.size <= GROUPS:
        return place.astype(np.int64)
    mass = np.bincount(place, weights=rows)
    middle = (np.cumsum(mass) - mass / 2) / mass.sum()
    return np.unique((middle * GROUPS).astype(np.int64)[place], return_inverse=True)[1]
