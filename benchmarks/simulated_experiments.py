"""How often the statistics of an experiment are right: A/A tests, coverage, CUPED, power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from simulation_table import ALARMS, ALPHA, COVERAGE, Aim, known, line

from lifecycle_core.stats.effect import difference, relative_difference
from lifecycle_core.stats.moments import Moments, Sample, moments_of, ratios
from lifecycle_core.stats.power import Metric, units_needed
from lifecycle_core.stats.sequential import always_valid
from lifecycle_core.stats.variance_reduction import cuped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation_table import Line, Part

WITHIN = Aim(-3, 3, "within 3")
ONCE_REJECTED = Aim(0.04, 0.06, "0.04 to 0.06")


def read_naively(runs: int) -> Iterator[Line]:
    """Yield A/A tests of skewed revenue, peeking, and coverage."""
    rng = np.random.default_rng(1)
    shares = np.sum([read_aa(rng) for _ in range(runs)], axis=0) / runs
    yield line("A/A: rejections, read once", shares[0], runs, ONCE_REJECTED)
    title = "A/A: ever crossing in 20 looks, read naively (0.248 is known)"
    yield line(title, shares[1], runs)
    yield line("A/A: ever crossing in 20 looks, always valid", shares[2], runs, ALARMS)
    yield line("coverage: absolute effect", shares[3], runs, COVERAGE)
    yield line("coverage: relative effect", shares[4], runs, COVERAGE)


def read_aa(rng: np.random.Generator, looks: int = 20, each: int = 250) -> np.ndarray:
    """Read one A/A test at every look: what is rejected and covered."""
    arms = rng.lognormal(0.0, 1.0, size=(2, looks * each))
    sums, squares = arms.cumsum(axis=1), (arms**2).cumsum(axis=1)
    crossed = peeked = False
    for n in range(each, looks * each + 1, each):
        means = sums[:, n - 1] / n
        spreads = (squares[:, n - 1] - n * means**2) / (n - 1)
        pair = [Sample(n, float(m), float(v)) for m, v in zip(means, spreads, strict=True)]
        effect = known(difference(*pair))
        valid = always_valid(effect, units=2 * n, tuned_at=looks * each)
        crossed |= not valid.low <= 0 <= valid.high
        peeked |= effect.p_value < ALPHA
    lifted = Sample(n, 1.1 * pair[1].mean, 1.21 * pair[1].variance)
    absolute = known(difference(pair[0], lifted)).interval
    relative = known(relative_difference(pair[0], lifted)).interval
    return np.array(
        [
            effect.p_value < ALPHA,
            peeked,
            crossed,
            absolute.low <= 0.1 * np.exp(0.5) <= absolute.high,
            relative.low <= 1.1 - 1 <= relative.high,
        ],
        dtype=float,
    )


def ratio_metric(runs: int) -> Iterator[Line]:
    """Yield coverage of orders per session, and of a mean per customer where shops are assigned."""
    rng = np.random.default_rng(11)

    def customers() -> np.ndarray:
        sessions = 1 + rng.poisson(2.0, size=2_000)
        return np.column_stack([rng.binomial(sessions, rng.beta(2, 6, size=2_000)), sessions])

    def shops() -> np.ndarray:
        size = rng.integers(5, 40, size=60)
        total = size * (5 + rng.normal(size=60)) + rng.normal(size=60) * np.sqrt(size)
        return np.column_stack([total, size])

    for name, draw in (("ratio of means", customers), ("clusters, 60 an arm", shops)):
        inside = np.mean([contains(moments_of(draw()), moments_of(draw())) for _ in range(runs)])
        yield line(f"coverage: {name}", float(inside), runs, COVERAGE)


def contains(control: Moments, treatment: Moments) -> bool:
    """Whether the interval of the difference of two equal ratios holds 0."""
    pair = (ratios(arm, [(0, 1)]).sample() for arm in (control, treatment))
    interval = known(difference(*pair)).interval
    return interval.low <= 0 <= interval.high


def adjustment(runs: int) -> Iterator[Line]:
    """Yield CUPED with a covariate that explains 64%: bias, what it saves, coverage."""
    rng = np.random.default_rng(12)
    truth, n = 0.2, 400
    values, gains, inside = [], [], 0
    for _ in range(runs):
        before = rng.normal(size=(2, n))
        after = 0.8 * before + 0.6 * rng.normal(size=(2, n)) + np.array([[0.0], [truth]])
        arms = [moments_of(np.column_stack(both)) for both in zip(after, before, strict=True)]
        adjusted = cuped(*arms)
        effect = known(difference(adjusted.control, adjusted.treatment))
        values.append(effect.value)
        gains.append(adjusted.gain)
        inside += effect.interval.low <= truth <= effect.interval.high
    bias = float((np.mean(values) - truth) / (np.std(values) / np.sqrt(runs)))
    yield line("CUPED: bias, in standard errors of this simulation", bias, runs, WITHIN)
    gain = float(np.mean(gains))
    aim = Aim(0.62, 0.66, "0.62 to 0.66")
    yield line("CUPED: variance saved, 0.64 is there", gain, runs, aim)
    yield line("coverage: CUPED", inside / runs, runs, COVERAGE)


def planned(runs: int) -> Iterator[Line]:
    """Yield how often the planned effect is seen with the planned units."""
    rng = np.random.default_rng(13)
    half = known(units_needed(0.2, Metric(1.0, 2.0))) // 2
    seen = 0
    for _ in range(runs):
        arms = rng.normal(size=half), 0.2 + np.sqrt(2.0) * rng.normal(size=half)
        effect = known(difference(*(moments_of(arm[:, None]).sample() for arm in arms)))
        seen += effect.p_value < ALPHA
    yield line("power planned at 0.80", seen / runs, runs, Aim(0.78, 0.82, "0.78 to 0.82"))


PARTS: dict[str, Part] = {
    "A/A": read_naively,
    "ratio metrics": ratio_metric,
    "CUPED": adjustment,
    "power planned": planned,
}
