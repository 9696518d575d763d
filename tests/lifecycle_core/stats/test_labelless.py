"""Estimates without labels against NannyML's published ones, and against what came true.

`car_loan_counts.csv` counts the rows of NannyML's synthetic car loans (Apache 2.0) by score,
decision and truth: 50,000 of reference, and ten chunks of 5,000. Chunk 0 is the reference.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lifecycle_core.stats.cost import CostMatrix, row_costs
from lifecycle_core.stats.labelless import Expected, expected_performance
from lifecycle_core.stats.ranking import weighted_auc
from lifecycle_core.stats.scored import Reference, Scored, scored_at

COSTS = CostMatrix(false_positive=2, false_negative=1)
PUBLISHED = [  # estimated, realised and uncalibrated area; estimated and realised accuracy
    (0.970744, 0.970962, 0.973490, 0.9418, 0.9422),
    (0.971011, 0.970248, 0.973796, 0.9433, 0.9422),
    (0.971407, 0.976282, 0.974721, 0.9455, 0.9502),
    (0.971091, 0.967721, 0.973956, 0.9448, 0.9436),
    (0.971123, 0.969886, 0.974165, 0.9446, 0.9410),
    (0.961090, 0.960050, 0.943823, 0.9107, 0.9146),
    (0.961825, 0.958530, 0.946559, 0.9111, 0.9156),
    (0.961073, 0.959041, 0.943723, 0.9112, 0.9144),
    (0.962533, 0.963094, 0.947578, 0.9144, 0.9224),
    (0.961316, 0.957556, 0.945313, 0.9117, 0.9122),
]


@pytest.fixture(scope="module")
def counts() -> np.ndarray:
    path = Path(__file__).parent / "car_loan_counts.csv"
    return np.loadtxt(path, delimiter=",", skiprows=1)


@pytest.fixture(scope="module")
def reference(counts: np.ndarray) -> Reference:
    _, score, _, repaid, rows = counts[counts[:, 0] == 0].T
    return Reference(score / 100, repaid, rows, np.ones(rows.size))


def window_of(counts: np.ndarray, chunk: int) -> tuple[Scored, np.ndarray]:
    _, score, acted, repaid, rows = counts[counts[:, 0] == chunk].T
    return scored_at(score / 100, acted == 1, COSTS, rows), repaid == 1


def estimate(reference: Reference, window: Scored, draws: int = 400) -> Expected:
    found = expected_performance(reference, window, draws=draws)
    assert found is not None
    return found


@pytest.mark.parametrize("chunk", range(1, 11))
def test_the_published_table(counts: np.ndarray, reference: Reference, chunk: int) -> None:
    window, truth = window_of(counts, chunk)
    found = estimate(reference, window)
    auc, realised, raw, accuracy, right = PUBLISHED[chunk - 1]
    assert found.auc is not None
    assert found.auc.value == pytest.approx(auc, abs=1e-6)
    assert found.accuracy.value == pytest.approx(accuracy, abs=5e-5)
    positive = window.rows * truth
    assert weighted_auc(window.scores, positive, window.rows - positive) == pytest.approx(
        realised, abs=1e-6
    )
    promised = window.rows * window.scores
    assert weighted_auc(window.scores, promised, window.rows - promised) == pytest.approx(
        raw, abs=1e-6
    )
    assert window.rows @ (window.acted == truth) / 5_000 == pytest.approx(right, abs=1e-9)
    assert found.accuracy.interval.low <= right + 0.002
    assert right - 0.002 <= found.accuracy.interval.high


def test_cost_moves_as_it_then_did(counts: np.ndarray, reference: Reference) -> None:
    expected, real = [], []
    for chunk in range(1, 11):
        window, truth = window_of(counts, chunk)
        expected.append(estimate(reference, window, draws=2).cost.value)
        real.append(window.rows @ row_costs(truth, window.acted, COSTS) / 5_000)
    moved, really = (np.mean(side[5:]) - np.mean(side[:5]) for side in (expected, real))
    assert really > 0
    assert 0.8 * really < moved < 1.2 * really


def sample(rng: np.random.Generator, n: int, centre: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw scores that are not calibrated, and truth."""
    logit = rng.normal(centre, 1.5, size=n)
    return 1 / (1 + np.exp(-0.6 * logit)), rng.random(n) < 1 / (1 + np.exp(-logit))


def rows_of(scores: np.ndarray, truth: np.ndarray, weights: np.ndarray | None = None) -> Reference:
    ones = np.ones(scores.size)
    return Reference(scores, truth.astype(float), ones, ones if weights is None else weights)


def test_intervals_hold_what_comes_true() -> None:
    rng = np.random.default_rng(0)
    inside = dict.fromkeys(("auc", "accuracy", "false_negative", "cost"), 0)
    runs = 60
    for run in range(runs):
        reference = rows_of(*sample(rng, 2_000, -1.0))
        scores, truth = sample(rng, 800, -0.5)
        acted = scores > 0.5
        stakes = rng.exponential(10.0, size=800)
        window = Scored(
            scores, acted, np.where(acted, 0.0, stakes), np.where(acted, 2.0, 0.0), np.ones(800)
        )
        found = expected_performance(reference, window, draws=100, seed=run)
        assert found is not None
        real = {
            "auc": weighted_auc(scores, truth.astype(float), (~truth).astype(float)),
            "accuracy": np.mean(acted == truth),
            "false_negative": np.mean(truth & ~acted),
            "cost": np.mean(np.where(truth, window.if_positive, window.if_negative)),
        }
        for name, value in real.items():
            interval = getattr(found, name).interval
            inside[name] += interval.low <= value <= interval.high
    assert all(count >= 0.88 * runs for count in inside.values()), inside


def test_shares_sum_to_one_and_make_the_accuracy() -> None:
    rng = np.random.default_rng(1)
    scores, _ = sample(rng, 500, 0.0)
    found = estimate(
        rows_of(*sample(rng, 500, 0.0)), scored_at(scores, scores > 0.4, COSTS), draws=2
    )
    shares = [found.true_positive, found.false_positive, found.false_negative, found.true_negative]
    assert sum(share.value for share in shares) == pytest.approx(1.0)
    assert found.accuracy.value == pytest.approx(shares[0].value + shares[3].value)
    assert found.cost.value == pytest.approx(2 * shares[1].value + shares[2].value)


def test_weights_follow_rows_to_where_a_score_means_something_else() -> None:
    rng = np.random.default_rng(2)
    costs = CostMatrix(false_positive=1, false_negative=5)

    def grouped(share: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        group, logit = rng.random(20_000) < share, rng.normal(0, 1.5, size=20_000)
        truth = rng.random(20_000) < 1 / (1 + np.exp(-logit - 1.5 * group))
        return group, 1 / (1 + np.exp(-logit)), truth

    group, scores, truth = grouped(0.2)
    _, later, outcome = grouped(0.8)
    window = scored_at(later, later > 0.5, costs)
    real = row_costs(outcome, later > 0.5, costs).mean()
    plain = estimate(rows_of(scores, truth), window, draws=2).cost.value
    weights = np.where(group, 0.8 / 0.2, 0.2 / 0.8)
    weighted = estimate(rows_of(scores, truth, weights), window, draws=2).cost.value
    assert abs(weighted - real) < 0.25 * abs(plain - real)


def test_counts_are_as_good_as_rows() -> None:
    rng = np.random.default_rng(3)
    known, truth = sample(rng, 4_000, 0.0)
    known = known.round(2)
    scores = sample(rng, 1_000, 0.0)[0].round(2)
    by_row = estimate(rows_of(known, truth.astype(float)), scored_at(scores, scores > 0.5, COSTS))
    at, place, rows = np.unique(known, return_inverse=True, return_counts=True)
    rate = np.bincount(place, weights=truth.astype(float)) / rows
    few, many = np.unique(scores, return_counts=True)
    counted = estimate(
        Reference(at, rate, rows.astype(float), np.ones(at.size)),
        scored_at(few, few > 0.5, COSTS, many.astype(float)),
    )
    assert by_row.auc is not None
    assert counted.auc is not None
    assert counted.auc.value == pytest.approx(by_row.auc.value)
    assert counted.cost.value == pytest.approx(by_row.cost.value)
    assert counted.cost.interval.low == pytest.approx(by_row.cost.interval.low, abs=0.03)


def test_it_is_the_same_every_time(counts: np.ndarray, reference: Reference) -> None:
    window, _ = window_of(counts, 1)
    assert estimate(reference, window) == estimate(reference, window)


def test_nothing_is_not_enough_data(reference: Reference) -> None:
    empty = np.empty(0)
    assert expected_performance(reference, scored_at(empty, empty > 0, COSTS)) is None
    nobody = Reference(empty, empty, empty, empty)
    assert expected_performance(nobody, scored_at(np.ones(1), np.ones(1) > 0, COSTS)) is None


def test_one_row_has_no_area_that_can_be_seen() -> None:
    one = np.ones(1)
    found = estimate(Reference(one, one, one, one), scored_at(one, one > 0, COSTS))
    assert found.auc is None
    assert found.accuracy.value == 1.0


def test_what_is_expected_lies_within_what_is_possible() -> None:
    # All are told apart, so nothing is expected to cost anything; nor can it earn anything.
    rows = np.full(400, 1.0)
    scores = np.random.default_rng(0).random(400)
    known = Reference(scores, (scores > 0.5).astype(float), rows, rows)
    costs = CostMatrix(false_positive=20, false_negative=400)
    found = estimate(known, scored_at(scores, scores > 0.5, costs, rows), draws=200)
    assert found.cost.value == 0
    assert found.cost.interval.low == 0 <= found.cost.interval.high
