"""CUPED against tea-tasting's published results, least squares, and simulated truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lifecycle_core.stats.effect import difference, relative_difference
from lifecycle_core.stats.moments import Moments, merged, moments_of, ratios
from lifecycle_core.stats.variance_reduction import Adjusted, cuped, expected_gain, slopes

if TYPE_CHECKING:
    from collections.abc import Callable

    Arms = Callable[..., tuple[Moments, Moments]]


def pooled(control: Moments, treatment: Moments) -> Adjusted:
    """Adjust with the theta of all units together, as tea-tasting does."""
    return cuped(control, treatment, theta=slopes(merged(control, treatment)))


@pytest.mark.parametrize(
    ("metric", "means", "ends", "p_value"),
    [
        ("orders", (0.52268330108, 0.58098719368), (0.01569651017, 0.10091127505), 0.00733040981),
        ("revenue", (5.12145360894, 5.85246805721), (0.20228702469, 1.25974187185), 0.00674392928),
        (
            "sessions",
            (1.99618323017, 1.98266126726),
            (-0.06443203793, 0.03738811212),
            0.60258118381,
        ),
    ],
)
def test_adjusted_means_are_those_of_tea_tasting(
    arms_of: Arms,
    metric: str,
    means: tuple[float, float],
    ends: tuple[float, float],
    p_value: float,
) -> None:
    found = pooled(*arms_of("users_with_history", metric, f"{metric}_covariate"))
    assert (found.control.mean, found.treatment.mean) == pytest.approx(means, abs=1e-9)
    effect = difference(found.control, found.treatment)
    assert effect is not None
    assert (effect.interval.low, effect.interval.high) == pytest.approx(ends, abs=1e-9)
    assert effect.p_value == pytest.approx(p_value, abs=1e-9)


def test_the_relative_effects_are_the_published_ones(arms_of: Arms) -> None:
    for metric, published in (("orders", 0.11), ("revenue", 0.14)):
        found = pooled(*arms_of("users_with_history", metric, f"{metric}_covariate"))
        effect = relative_difference(found.control, found.treatment)
        assert effect is not None
        assert effect.value == pytest.approx(published, abs=0.005)


def test_an_adjusted_ratio_is_that_of_tea_tasting(arms_of: Arms) -> None:
    columns = "orders", "sessions", "orders_covariate", "sessions_covariate"
    arms = (ratios(arm, [(0, 1), (2, 3)]) for arm in arms_of("users_with_history", *columns))
    found = pooled(*arms)
    effect = difference(found.control, found.treatment)
    assert effect is not None
    # It takes the ratio of both arms together where we average the arms' own: a difference of the
    # second order.
    assert effect.value == pytest.approx(0.03173426304, rel=5e-4)
    assert effect.p_value == pytest.approx(0.00229294384, rel=5e-3)


def test_by_default_the_effect_is_that_of_least_squares(arms_of: Arms) -> None:
    """Dehejia and Wahba (1999) print 1,676 for LaLonde's men with these covariates."""
    columns = "re78", "age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75"
    found = cuped(*arms_of("lalonde", *columns))
    assert found.treatment.mean - found.control.mean == pytest.approx(1676.3426254, abs=1e-5)


def test_the_effect_is_unbiased_and_surer() -> None:
    rng = np.random.default_rng(0)
    truth, runs, values, raw = 0.3, 600, [], []
    for _ in range(runs):
        before = rng.normal(size=(2, 100))
        after = 0.8 * before + 0.6 * rng.normal(size=(2, 100)) + np.array([[0.0], [truth]])
        found = cuped(
            *(moments_of(np.column_stack(arm)) for arm in zip(after, before, strict=True))
        )
        values.append(found.treatment.mean - found.control.mean)
        raw.append(after[1].mean() - after[0].mean())
    assert np.mean(values) == pytest.approx(truth, abs=3 * np.std(values) / np.sqrt(runs))
    assert np.var(values) / np.var(raw) == pytest.approx(1 - 0.64, abs=0.07)
    assert found.gain == pytest.approx(0.64, abs=0.12)


def test_history_tells_the_gain() -> None:
    rng = np.random.default_rng(1)
    past = rng.normal(size=(20_000, 2))
    now = past @ [0.6, 0.3] + np.sqrt(1 - 0.45) * rng.normal(size=20_000)
    assert expected_gain(moments_of(np.column_stack([now, past]))) == pytest.approx(0.45, abs=0.02)
    assert expected_gain(moments_of(np.column_stack([now, rng.normal(size=20_000)]))) < 0.001
    assert expected_gain(moments_of(np.zeros((2, 2)))) == 0.0


def test_covariates_that_say_nothing_take_no_part() -> None:
    rng = np.random.default_rng(2)
    before = rng.normal(size=(100, 1))
    rows = np.column_stack([before + rng.normal(size=(100, 1)), before, 2e6 * before, np.ones(100)])
    both = moments_of(rows)
    one = moments_of(rows[:, :2])
    assert cuped(both, both).gain == pytest.approx(cuped(one, one).gain)
    still = moments_of(np.ones((5, 2)))
    assert cuped(still, still).gain == 0.0


def test_nobody_is_adjusted_by_nothing() -> None:
    nobody = moments_of(np.empty((0, 2)))
    assert cuped(nobody, nobody).gain == 0.0


def test_there_is_a_covariate() -> None:
    with pytest.raises(ValueError, match="0 and 1 covariates"):
        cuped(moments_of(np.ones((3, 1))), moments_of(np.ones((3, 2))))
