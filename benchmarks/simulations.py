"""Print how often the statistics of a review, an experiment and a retraining are right.

Everything is drawn from populations that are known, with fixed seeds. Where a million rows would
only be counted, their counts are drawn. `--runs N` draws fewer than 2,000 times.
"""

from __future__ import annotations

import argparse
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from retraining_streams import KINDS, replay
from simulated_drift import drift
from simulated_review import reviews
from simulation_table import ALARMS, ALPHA, COVERAGE, Aim, known, show

from lifecycle_core.stats.calibration import calibration_bins, calibration_error
from lifecycle_core.stats.cost import CostMatrix, row_costs
from lifecycle_core.stats.domain import tell_apart
from lifecycle_core.stats.effect import difference, relative_difference
from lifecycle_core.stats.labelless import expected_performance
from lifecycle_core.stats.moments import Moments, Sample, moments_of, ratios
from lifecycle_core.stats.power import Metric, units_needed
from lifecycle_core.stats.ranking import auc_interval, weighted_auc
from lifecycle_core.stats.scored import Reference, scored_at
from lifecycle_core.stats.sequential import always_valid
from lifecycle_core.stats.variance_reduction import cuped

if TYPE_CHECKING:
    from collections.abc import Callable


NORMAL = NormalDist()
ACT = 0.4
COSTS = CostMatrix(false_positive=20, false_negative=100)


def experiments(runs: int) -> None:
    """A/A tests, peeking, coverage and CUPED on skewed revenue."""
    rng = np.random.default_rng(1)
    counts = np.sum([read_aa(rng) for _ in range(runs)], axis=0) / runs
    show("A/A: rejections, read once", counts[0], Aim(0.04, 0.06, "0.04 to 0.06"))
    show("A/A: ever crossing in 20 looks, read naively (0.248 is known)", counts[1])
    show("A/A: ever crossing in 20 looks, always valid", counts[2], ALARMS)
    show("coverage: absolute effect", counts[3], COVERAGE)
    show("coverage: relative effect", counts[4], COVERAGE)
    ratio_metric(runs, rng)
    adjustment(runs, rng)
    planned(runs, rng)


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


def ratio_metric(runs: int, rng: np.random.Generator) -> None:
    """Orders per session, and the mean per customer of shops that were assigned whole."""

    def customers() -> np.ndarray:
        sessions = 1 + rng.poisson(2.0, size=2_000)
        return np.column_stack([rng.binomial(sessions, rng.beta(2, 6, size=2_000)), sessions])

    def shops() -> np.ndarray:
        size = rng.integers(5, 40, size=60)
        total = size * (5 + rng.normal(size=60)) + rng.normal(size=60) * np.sqrt(size)
        return np.column_stack([total, size])

    for name, draw in (("ratio of means", customers), ("clusters, 60 an arm", shops)):
        inside = np.mean([contains(moments_of(draw()), moments_of(draw())) for _ in range(runs)])
        show(f"coverage: {name}", float(inside), COVERAGE)


def contains(control: Moments, treatment: Moments) -> bool:
    """Whether the interval of the difference of two equal ratios holds 0."""
    pair = (ratios(arm, [(0, 1)]).sample() for arm in (control, treatment))
    interval = known(difference(*pair)).interval
    return interval.low <= 0 <= interval.high


def adjustment(runs: int, rng: np.random.Generator) -> None:
    """CUPED with a covariate that explains 64%: bias, what it saves, coverage."""
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
    show("CUPED: bias, in standard errors of this simulation", bias, Aim(-3, 3, "within 3"))
    gain = float(np.mean(gains))
    show("CUPED: variance saved, 0.64 is there", gain, Aim(0.62, 0.66, "0.62 to 0.66"))
    show("coverage: CUPED", inside / runs, COVERAGE)


def planned(runs: int, rng: np.random.Generator) -> None:
    """How often the planned effect is seen with the planned units."""
    half = known(units_needed(0.2, Metric(1.0, 2.0))) // 2
    seen = 0
    for _ in range(runs):
        arms = rng.normal(size=half), 0.2 + np.sqrt(2.0) * rng.normal(size=half)
        effect = known(difference(*(moments_of(arm[:, None]).sample() for arm in arms)))
        seen += effect.p_value < ALPHA
    show("power planned at 0.80", seen / runs, Aim(0.78, 0.82, "0.78 to 0.82"))


def without_labels(runs: int) -> None:
    """Coverage of what will be seen, with scores that are not calibrated."""
    rng = np.random.default_rng(2)

    def rows(n: int, centre: float) -> tuple[np.ndarray, np.ndarray]:
        logit = rng.normal(centre, 1.5, size=n)
        return sigmoid(0.6 * logit + 0.4), rng.random(n) < sigmoid(logit)

    inside = dict.fromkeys(("auc", "accuracy", "true_positive", "cost"), 0)
    for run in range(runs):
        score, truth = rows(5_000, -1.0)
        labelled = Reference(score, truth.astype(float), np.ones(5_000), np.ones(5_000))
        score, truth = rows(2_000, -0.5)
        acted = score >= ACT
        window = scored_at(score, acted, COSTS)
        expected = known(expected_performance(labelled, window, seed=run))
        real = {
            "auc": known(weighted_auc(score, truth.astype(float), (~truth).astype(float))),
            "accuracy": float(np.mean(truth == acted)),
            "true_positive": float(np.mean(truth & acted)),
            "cost": float(row_costs(truth, acted, COSTS).mean()),
        }
        for name, value in real.items():
            interval = getattr(expected, name).interval
            inside[name] += interval.low <= value <= interval.high
    for name, count in inside.items():
        show(f"coverage: {name}, expected without labels", count / runs, COVERAGE)
    weighted(max(1, runs // 10), rng)
    ranked(runs, rng)
    calibrated(runs, rng)
    inside = 0
    for run in range(few := max(1, runs // 10)):
        first, second = rng.normal(size=(400, 4)), rng.normal(size=(300, 4))
        interval = known(tell_apart(first, second, seed=run)).interval
        inside += interval.low <= NORMAL.cdf(0) <= interval.high
    show("coverage: domain classifier of one population", inside / few, Aim(0.93, 1, ">= 0.93"))


def sigmoid(logit: np.ndarray) -> np.ndarray:
    """Turn log odds into probabilities."""
    return 1 / (1 + np.exp(-logit))


def weighted(runs: int, rng: np.random.Generator) -> None:
    """Rows that move to where a score means something else: error of both variants."""
    apart: dict[str, list[float]] = {"plain": [], "weighted": []}
    ones = np.ones(8_000)
    for _ in range(runs):
        samples = []
        for share in (0.2, 0.8):
            group, logit = rng.random(8_000) < share, rng.normal(0, 1.5, size=8_000)
            samples.append(
                (group, sigmoid(logit), rng.random(8_000) < sigmoid(logit + 1.5 * group))
            )
        (group, before, truth), (_, score, outcome) = samples
        real = float(row_costs(outcome, score >= ACT, COSTS).mean())
        for name, weights in (("plain", ones), ("weighted", np.where(group, 4.0, 0.25))):
            labelled = Reference(before, truth.astype(float), ones, weights)
            window = scored_at(score, score >= ACT, COSTS)
            found = known(expected_performance(labelled, window, draws=2))
            apart[name].append(abs(found.cost.value - real))
    share = float(np.mean(apart["weighted"]) / np.mean(apart["plain"]))
    show("cost without labels, rows moved: error weighted / plain", share, Aim(0, 0.5, "<= 0.5"))


def ranked(runs: int, rng: np.random.Generator) -> None:
    """Coverage of an area known from small samples."""
    truth = NORMAL.cdf(1.0 / np.sqrt(2.0))
    positive = np.repeat([1.0, 0.0], [60, 90])
    inside = 0
    for _ in range(runs):
        scores = rng.normal(size=150) + positive
        interval = auc_interval(known(weighted_auc(scores, positive, 1 - positive)), 60, 90)
        inside += interval.low <= truth <= interval.high
    show("coverage: area under the curve, 60 and 90 rows", inside / runs, COVERAGE)


def calibrated(runs: int, rng: np.random.Generator) -> None:
    """Calibration error of a model that has none, and of one that has."""
    alarms = inside = 0
    for _ in range(runs):
        promised = rng.random(2_000)
        kept, broken = (rng.random(2_000) < chance for chance in (promised, 0.8 * promised + 0.2))
        alarms += known(calibration_error(calibration_bins(promised, kept))).interval.low > 0
        interval = known(calibration_error(calibration_bins(promised, broken))).interval
        inside += interval.low <= 0.5 - 0.4 <= interval.high
    show("calibration error: lower bound above 0 where there is none", alarms / runs, ALARMS)
    show("coverage: calibration error of 0.1", inside / runs, COVERAGE)


def retraining(runs: int) -> None:
    """Costs of policies on five kinds of streams, against the optimum that knows the future."""
    for kind in KINDS:
        rng = np.random.default_rng(3)
        seen = [replay(kind, rng) for _ in range(runs)]
        mean = {name: float(np.mean([one.costs[name] for one in seen])) for name in seen[0].costs}
        schedule = min((name for name in mean if name.startswith("every")), key=mean.__getitem__)
        others = {name: mean[name] for name in (schedule, "drift trigger", "performance trigger")}
        ours, oracle = mean["in money"], mean["oracle"]
        title, best = f"retraining, {kind}: cost /", min(others.values())
        show(f"{title} best of the three others", ours / best, Aim(0, 1.05, "<= 1.05"))
        show(f"{title} optimum", ours / oracle, Aim(0, 1.15, "<= 1.15"))
        for name, cost in others.items():
            show(f"  {name}: cost / optimum", cost / oracle)
        if kind in {"none", "harmless"}:
            most = max(one.retrained for one in seen)
            show(f"retraining, {kind}: retrains, most of any run", most, Aim(0, 0, "0"))
            mean_of = float(np.mean([one.drift_retrained for one in seen]))
            show("  drift trigger: retrains, mean", mean_of)


def main() -> None:
    """Print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    runs = parser.parse_args().runs
    print(f"| {f'{runs:,} runs each':<66} | {'found':>9} | {'aim':<14} | met |")
    print(f"|{'-' * 68}|{'-' * 10}:|{'-' * 16}|-----|")
    parts: tuple[Callable[[int], None], ...] = (
        drift,
        reviews,
        experiments,
        without_labels,
        retraining,
    )
    for part in parts:
        part(runs)


if __name__ == "__main__":
    main()
