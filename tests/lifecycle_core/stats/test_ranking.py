"""Areas against scikit-learn, and intervals that hold in small samples."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lifecycle_core.stats.ranking import auc_interval, auc_of_groups, weighted_auc


@pytest.mark.parametrize("digits", [1, 8])
def test_weights_and_ties_are_those_of_scikit_learn(digits: int) -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(300).round(digits)
    positive, negative = rng.random((2, 300))
    oracle = roc_auc_score(
        np.repeat([1, 0], 300),
        np.tile(scores, 2),
        sample_weight=np.concatenate([positive, negative]),
    )
    assert weighted_auc(scores, positive, negative) == pytest.approx(oracle)


def test_one_class_has_no_area() -> None:
    ones = np.ones(3)
    assert weighted_auc(ones, ones, 0 * ones) is None
    assert weighted_auc(ones[:0], ones[:0], ones[:0]) is None
    assert auc_of_groups(ones, ones) == 0.5


def test_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(1)
    positive = np.repeat([1.0, 0.0], [30, 50])
    for apart in (0.0, 1.0, 2.5):
        truth, inside = NormalDist().cdf(apart / np.sqrt(2)), 0
        for _ in range(400):
            area = weighted_auc(rng.normal(size=80) + apart * positive, positive, 1 - positive)
            interval = auc_interval(area or 0.0, 30, 50)
            inside += interval.low <= truth <= interval.high
        assert inside / 400 > 0.93


@pytest.mark.parametrize("auc", [0.0, 0.5, 1.0])
def test_an_interval_stays_between_0_and_1(auc: float) -> None:
    interval = auc_interval(auc, 5, 5)
    assert 0 <= interval.low <= auc <= interval.high <= 1
    assert interval.high - interval.low > 0.2
    with pytest.raises(ValueError, match="positives == 0"):
        auc_interval(auc, 0, 5)
