"""Isotonic regression against scikit-learn, and a calibration error that noise does not feed."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from lifecycle_core.stats.calibration import (
    Bins,
    CalibrationError,
    calibration_bins,
    calibration_drift,
    calibration_error,
    fit_calibrator,
)


def error_of(bins: Bins) -> CalibrationError:
    found = calibration_error(bins)
    assert found is not None
    return found


def test_the_calibrator_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    scores = rng.random(500).round(2)
    truth = (rng.random(500) < scores**2).astype(float)
    weights = rng.random(500)
    oracle = IsotonicRegression(out_of_bounds="clip").fit(scores, truth, sample_weight=weights)
    asked = np.linspace(-0.5, 1.5, 301)
    assert np.allclose(fit_calibrator(scores, truth, weights)(asked), oracle.predict(asked))


def test_counts_are_as_good_as_rows() -> None:
    scores = np.array([0.1, 0.1, 0.5, 0.5, 0.5, 0.9])
    truth = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 1.0])
    from_counts = fit_calibrator(
        np.array([0.1, 0.5, 0.9]), np.array([0.5, 2 / 3, 1]), np.array([2.0, 3, 1])
    )
    assert np.allclose(fit_calibrator(scores, truth).probabilities, from_counts.probabilities)


def test_nothing_is_not_fitted() -> None:
    with pytest.raises(ValueError, match="want one above 0"):
        fit_calibrator(np.ones(3), np.ones(3), np.zeros(3))


def test_a_calibrated_model_has_next_to_no_error() -> None:
    rng = np.random.default_rng(1)
    found = []
    for _ in range(300):
        promised = rng.random(400)
        found.append(error_of(calibration_bins(promised, rng.random(400) < promised)))
    plain, debiased = (
        np.mean([getattr(one, name) for one in found]) for name in ("value", "debiased")
    )
    assert plain > 0.04
    assert debiased < 0.7 * plain
    assert np.mean([one.interval.low > 0 for one in found]) < 0.05


def test_a_true_error_is_found_with_the_coverage_stated() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(400):
        promised = rng.random(2_000)
        interval = error_of(
            calibration_bins(promised, rng.random(2_000) < 0.8 * promised + 0.2)
        ).interval
        inside += interval.low <= 0.1 <= interval.high
    assert inside / 400 > 0.92


def test_error_that_has_grown_is_seen_and_none_is_not() -> None:
    rng = np.random.default_rng(3)
    promised = rng.random(5_000)
    good, again = (
        error_of(calibration_bins(promised, rng.random(5_000) < promised)) for _ in range(2)
    )
    bad = error_of(calibration_bins(promised, rng.random(5_000) < promised**2))
    assert calibration_drift(good, bad).low > 0.05
    grown = calibration_drift(good, again)
    assert grown.low <= 0 <= grown.high


def test_windows_add_up() -> None:
    rng = np.random.default_rng(4)
    promised, edges = rng.random(100), np.array([0.2, 0.7])
    truth = rng.random(100) < promised
    halves = [
        calibration_bins(promised[part], truth[part], edges)
        for part in (slice(50), slice(50, None))
    ]
    whole = calibration_bins(promised, truth, edges)
    assert all(
        np.allclose(one + other, both) for one, other, both in zip(*halves, whole, strict=True)
    )
    assert whole.rows.tolist() == [
        np.sum(promised <= 0.2),
        np.sum((promised > 0.2) & (promised <= 0.7)),
        np.sum(promised > 0.7),
    ]


def test_no_rows_have_no_error() -> None:
    assert calibration_error(calibration_bins(np.array([]), np.array([], dtype=bool))) is None
