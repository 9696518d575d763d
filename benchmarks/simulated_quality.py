"""How often what is said of quality is right: without labels, of areas, of calibration."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
from simulation_table import ALARMS, COVERAGE, Aim, known, line

from lifecycle_core.stats.calibration import calibration_bins, calibration_error
from lifecycle_core.stats.cost import CostMatrix, row_costs
from lifecycle_core.stats.domain import tell_apart
from lifecycle_core.stats.labelless import expected_performance
from lifecycle_core.stats.ranking import auc_interval, weighted_auc
from lifecycle_core.stats.scored import Reference, scored_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation_table import Line, Part

NORMAL = NormalDist()
ACT = 0.4
COSTS = CostMatrix(false_positive=20, false_negative=100)


def without_labels(runs: int) -> Iterator[Line]:
    """Yield coverage of what will be seen, with scores that are not calibrated."""
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
        yield line(f"coverage: {name}, expected without labels", count / runs, runs, COVERAGE)


def domain(runs: int) -> Iterator[Line]:
    """Yield how often two samples of one population seem to be of two."""
    rng, inside = np.random.default_rng(24), 0
    for run in range(runs):
        first, second = rng.normal(size=(400, 4)), rng.normal(size=(300, 4))
        interval = known(tell_apart(first, second, seed=run)).interval
        inside += interval.low <= NORMAL.cdf(0) <= interval.high
    title = "coverage: domain classifier of one population"
    yield line(title, inside / runs, runs, Aim(0.93, 1, ">= 0.93"))


def sigmoid(logit: np.ndarray) -> np.ndarray:
    """Turn log odds into probabilities."""
    return 1 / (1 + np.exp(-logit))


def weighted(runs: int) -> Iterator[Line]:
    """Yield the error of both variants where rows move to where a score means something else."""
    rng = np.random.default_rng(21)
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
    title = "cost without labels, rows moved: error weighted / plain"
    yield line(title, share, runs, Aim(0, 0.5, "<= 0.5"))


def ranked(runs: int) -> Iterator[Line]:
    """Yield coverage of an area known from small samples."""
    rng = np.random.default_rng(22)
    truth = NORMAL.cdf(1.0 / np.sqrt(2.0))
    positive = np.repeat([1.0, 0.0], [60, 90])
    inside = 0
    for _ in range(runs):
        scores = rng.normal(size=150) + positive
        interval = auc_interval(known(weighted_auc(scores, positive, 1 - positive)), 60, 90)
        inside += interval.low <= truth <= interval.high
    yield line("coverage: area under the curve, 60 and 90 rows", inside / runs, runs, COVERAGE)


def calibrated(runs: int) -> Iterator[Line]:
    """Yield the calibration error of a model that has none, and of one that has."""
    rng = np.random.default_rng(23)
    alarms = inside = 0
    for _ in range(runs):
        promised = rng.random(2_000)
        kept, broken = (rng.random(2_000) < chance for chance in (promised, 0.8 * promised + 0.2))
        alarms += known(calibration_error(calibration_bins(promised, kept))).interval.low > 0
        interval = known(calibration_error(calibration_bins(promised, broken))).interval
        inside += interval.low <= 0.5 - 0.4 <= interval.high
    title = "calibration error: lower bound above 0 where there is none"
    yield line(title, alarms / runs, runs, ALARMS)
    yield line("coverage: calibration error of 0.1", inside / runs, runs, COVERAGE)


PARTS: dict[str, Part] = {
    "without labels": without_labels,
    "without labels, rows moved": weighted,
    "area under the curve": ranked,
    "calibration": calibrated,
    "domain classifier": domain,
}
