"""Planned power against statsmodels 0.15, the classic formula, and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lifecycle_core.stats.power import (
    Design,
    Metric,
    clustered,
    minimal_effect,
    periods_needed,
    power_of,
    proportion_metric,
    units_needed,
)

ONE = Metric(1.0, 1.0)


def test_power_is_that_of_statsmodels() -> None:
    """Its `TTestIndPower` pools the variances, which are equal here."""
    assert power_of(0.2, 800, ONE) == pytest.approx(0.8064972788, abs=1e-9)
    assert power_of(0.3, 300, ONE, Design(share=2 / 3)) == pytest.approx(0.6849692865, abs=2e-3)


def test_units_are_those_of_statsmodels() -> None:
    assert units_needed(0.1, ONE) == math.ceil(2 * 1570.7330430520)
    strict = Design(level=0.99, power=0.9, share=0.75)
    assert units_needed(0.25, ONE, strict) == pytest.approx(4 * 318.25739350885, rel=0.005)


def test_a_proportion_takes_what_the_classic_formula_says() -> None:
    """Two shares of 10% and 12%: 3,839 units an arm."""
    z = 1.959964 + 0.841621
    classic = z**2 * (0.1 * 0.9 + 0.12 * 0.88) / 0.02**2
    found = units_needed(0.02, proportion_metric(0.1, 0.02))
    assert found == pytest.approx(2 * classic, rel=0.001)


def test_planned_power_is_found() -> None:
    units = units_needed(0.5, Metric(1.0, 4.0), Design(share=0.4))
    assert units is not None
    treated = round(0.4 * units)
    rng = np.random.default_rng(0)
    control = rng.normal(size=(2_000, units - treated))
    treatment = rng.normal(0.5, 2.0, size=(2_000, treated))
    error = np.sqrt(
        control.var(axis=1, ddof=1) / control.shape[1] + treatment.var(axis=1, ddof=1) / treated
    )
    seen = np.abs(treatment.mean(axis=1) - control.mean(axis=1)) / error > 1.96
    assert np.mean(seen) == pytest.approx(0.8, abs=0.035)


def test_history_saves_units() -> None:
    plain, adjusted = units_needed(0.1, ONE), units_needed(0.1, Metric(1.0, 1.0, gain=0.4))
    assert plain is not None
    assert adjusted == pytest.approx(0.6 * plain, rel=0.002)


def test_alike_customers_take_more_shops() -> None:
    """Nothing alike: clusters only add up; all alike: a cluster is one unit."""
    assert clustered(ONE, size=25, alike=0.0).control == pytest.approx(1 / 25)
    assert clustered(ONE, size=25, alike=1.0).control == pytest.approx(1.0)
    assert clustered(ONE, size=25, alike=0.1, size_variation=0.5).control > 0.136


def test_one_direction_takes_fewer_units() -> None:
    two, one = units_needed(0.1, ONE), units_needed(0.1, ONE, Design(one_sided=True))
    assert two is not None
    assert one is not None
    assert one < 0.8 * two


def test_the_minimal_effect_takes_these_units() -> None:
    effect = minimal_effect(5_000, Metric(2.0, 3.0))
    assert effect is not None
    assert units_needed(effect, Metric(2.0, 3.0)) == pytest.approx(5_000, abs=1)
    assert minimal_effect(3, ONE) is None


def test_extremes_have_answers() -> None:
    assert power_of(1e6, 100, ONE) == 1.0
    assert power_of(0.1, 3, ONE) == 0.0
    assert power_of(0.0, 1_000, ONE) == pytest.approx(0.05)
    assert units_needed(1e-9, ONE) is None
    assert units_needed(1e4, ONE) == 4
    with pytest.raises(ValueError, match="effect == 0"):
        units_needed(0.0, ONE)
    with pytest.raises(ValueError, match="between 0 and 1"):
        proportion_metric(0.95, 0.1)


def test_an_experiment_ends_or_does_not() -> None:
    assert periods_needed(0.2, ONE, [400, 790]) == 2
    assert periods_needed(0.2, ONE, [400, 700]) is None
    assert periods_needed(1e-9, ONE, [400, 700]) is None
