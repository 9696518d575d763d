"""Whether a model can tell the window's rows from the reference's: all features in one number.

A classifier that is cross-fitted to tell the two samples apart does no better than chance if they
come from one population; the area under its ROC curve is a distance that sees what single features
do not show. Models of different folds were fitted on nearly the same rows, so the variance is
corrected for that. Its odds are how many times likelier a row is in the window (Bickel, Brückner
and Scheffer 2009).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecycle_core.stats.ranking import auc_interval, weighted_auc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lifecycle_core.schema.finalization import Interval

ROWS = 5_000
_FOLDS = 5
_LEAST = 50  # rows of a sample: below, a fold holds next to nothing
_MOST_ODDS = 20.0
_SHARED = 1 + _FOLDS / (_FOLDS - 1)  # folds share training rows: Nadeau and Bengio (2003)


class Domain(NamedTuple):
    """How well reference and window can be told apart.

    Attributes:
        auc: Mean over the folds, in [0, 1]; 0.5 is not at all.
        interval: Of `auc`.
        odds: Shape (reference rows,): how many times likelier each reference row is in the window,
            in [0, 20], with mean 1. Rows that were not sampled are scored by the mean of the folds.
    """

    auc: float
    interval: Interval
    odds: NDArray[np.float64]


def tell_apart(
    reference: NDArray[np.float64],
    current: NDArray[np.float64],
    *,
    categorical: NDArray[np.bool_] | None = None,
    rows: int = ROWS,
    level: float = 0.95,
    seed: int = 0,
) -> Domain | None:
    """Cross-fit boosted trees that tell the two samples apart.

    Args:
        reference: Shape (n, k); NaN for a missing value, codes from 0 to 254 for categories.
        current: Shape (m, k), likewise.
        categorical: Shape (k,): which columns hold codes.
        rows: Sampled from each at most, without replacement.
        level: Coverage of the interval, in (0, 1).
        seed: Makes sample and folds reproducible.

    Returns:
        None with fewer than 50 rows in a sample: not enough data.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> moved = rng.normal(1.5, size=(200, 1))
        >>> tell_apart(rng.normal(size=(200, 1)), moved).interval.low > 0.7
        True
    """
    if min(len(reference), len(current)) < _LEAST:
        return None
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(sample)) for sample in (reference, current)]
    picked = [order[:rows] for order in orders]
    features = np.concatenate([reference[picked[0]], current[picked[1]]])
    truth = np.repeat([False, True], [len(part) for part in picked])
    areas: list[float] = []
    held_out = np.zeros(len(truth))
    elsewhere = orders[0][rows:]
    others = np.zeros(elsewhere.size)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    with threadpool_limits(1, user_api="openmp"):  # threads wait longer than so few rows take
        for train, test in folds.split(features, truth):
            model = HistGradientBoostingClassifier(
                max_iter=60, max_leaf_nodes=8, learning_rate=0.1, min_samples_leaf=20,
                categorical_features=categorical, early_stopping=False, random_state=seed,
            )  # fmt: skip
            model.fit(features[train], truth[train])
            held_out[test] = score = model.predict_proba(features[test])[:, 1]
            area = weighted_auc(score, truth[test].astype(float), (~truth[test]).astype(float))
            areas.append(0.5 if area is None else area)
            if elsewhere.size:
                others += model.predict_proba(reference[elsewhere])[:, 1] / _FOLDS
    chance = np.empty(len(reference))
    chance[picked[0]], chance[elsewhere] = held_out[: len(picked[0])], others
    odds = np.minimum(chance / np.maximum(1 - chance, 1e-9), _MOST_ODDS)
    auc = float(np.mean(areas))
    counted = [max(1, round(len(part) / _SHARED)) for part in picked]
    interval = auc_interval(auc, counted[1], counted[0], level=level)
    return Domain(auc, interval, odds / odds.mean())
