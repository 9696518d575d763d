"""How often a review is right about drift: false alarms, and what it finds."""

from __future__ import annotations

from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from simulation_table import ALARMS, POWER, line

from lifecycle_core.stats.drift import population_stability
from lifecycle_core.stats.drift_states import judge
from lifecycle_core.stats.shift import jensen_shannon_shift, share_shift
from lifecycle_core.stats.wasserstein import profile_edges, wasserstein_shift

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation_table import Line, Part

    from lifecycle_core.stats.shift import Shift

NUMBERS, CATEGORIES = 18, 5  # and the score's distribution and the share that is acted on


class Population(NamedTuple):
    """What one review counts: bins of a number and of categories, and a share."""

    edges: np.ndarray

    def number(self, shift: float) -> np.ndarray:
        """Shares of the bins of a number that has moved by so many standard deviations."""
        inner = [NormalDist(shift).cdf(edge) for edge in self.edges[1:-1]]
        return np.diff([0.0, *inner, 1.0])

    @staticmethod
    def categories(tilt: float) -> np.ndarray:
        """Shares of eight categories, tilted from the frequent to the rare ones."""
        shares = np.linspace(2.0, 0.5, 8) * np.exp(tilt * np.linspace(-1.0, 1.0, 8))
        return shares / shares.sum()


def exact_counts(shares: np.ndarray) -> np.ndarray:
    """Counts of a sample so large that only its population is left."""
    return np.rint(shares * 1e12).astype(np.int64)


class Review(NamedTuple):
    """What moves in a simulated review; all of it 0 is no change."""

    number: float = 0.0
    tilt: float = 0.0
    share: float = 0.0


def review(
    rng: np.random.Generator, population: Population, rows: int, moved: Review, limits: Review
) -> dict[str, tuple[Shift | None, float]]:
    """Draw one review's counts; only the first feature of each kind moves."""
    size = max(rows, 50_000)
    found: dict[str, tuple[Shift | None, float]] = {}
    before = rng.multinomial(size, population.number(0.0), size=NUMBERS)
    for at in range(NUMBERS):
        now = rng.multinomial(rows, population.number(0.0 if at else moved.number))
        shift = wasserstein_shift(
            before[at], now, population.edges, scale=1.0, tolerance=limits.number
        )
        found[f"number{at}"] = shift, limits.number
    for at in range(CATEGORIES + 1):
        first = rng.multinomial(size, population.categories(0.0))
        second = rng.multinomial(rows, population.categories(0.0 if at else moved.tilt))
        found[f"category{at}"] = (
            jensen_shannon_shift(first, second, tolerance=limits.tilt),
            limits.tilt,
        )
    pair = int(rng.binomial(size, 0.2)), int(rng.binomial(rows, 0.2 + moved.share))
    found["acted"] = (
        share_shift((pair[0], size), (pair[1], rows), tolerance=limits.share),
        limits.share,
    )
    return found


def tilt_of(distance: float) -> float:
    """Return the tilt whose Jensen-Shannon distance is this one."""
    low, high = 0.0, 5.0
    for _ in range(50):
        middle = (low + high) / 2
        far = jensen_shannon_shift(
            exact_counts(Population.categories(0.0)),
            exact_counts(Population.categories(middle)),
            tolerance=0.5,
        )
        low, high = (middle, high) if far is not None and far.value < distance else (low, middle)
    return low


SIZES = {
    200: Review(number=0.35, tilt=0.2, share=0.2),
    5_000: Review(number=0.1, tilt=0.05, share=0.04),
    1_000_000: Review(number=0.01, tilt=0.005, share=0.004),
}


def states(
    rng: np.random.Generator, population: Population, rows: int, moved: Review, limits: Review
) -> dict[str, str]:
    """Return the state of each signal of one review."""
    judged = judge(review(rng, population, rows, moved, limits))
    return {name: one.state for name, one in judged.items()}


def usual() -> Population:
    """Return the population that nothing has happened to."""
    return Population(profile_edges(np.random.default_rng(0).normal(size=500_000)))


def of_size(rows: int, limits: Review, runs: int) -> Iterator[Line]:
    """Yield false alarms and power of a review of 25 signals."""
    rng, population = np.random.default_rng([0, rows]), usual()
    alarms = np.mean(
        ["drift" in states(rng, population, rows, Review(), limits).values() for _ in range(runs)]
    )
    yield line(f"drift: false alarms a review, {rows:,} rows", float(alarms), runs, ALARMS)
    twice = Review(2 * limits.number, tilt_of(2 * limits.tilt), 2 * limits.share)
    seen = [states(rng, population, rows, twice, limits) for _ in range(runs)]
    for name, limit in zip(("number0", "category0", "acted"), limits, strict=True):
        share = float(np.mean([one[name] == "drift" for one in seen]))
        title = f"drift: power at twice {limit}, {name.rstrip('0')}, {rows:,} rows"
        yield line(title, share, runs, POWER)


def too_few(runs: int) -> Iterator[Line]:
    """Yield what is said where rows are too few for what is tolerated."""
    rng, population, limits = np.random.default_rng([0, 1]), usual(), SIZES[5_000]
    strict = [states(rng, population, 200, Review(), limits).values() for _ in range(runs)]
    alarms = float(np.mean(["drift" in each for each in strict]))
    title = "drift: false alarms a review, 200 rows, tolerances of 5,000"
    yield line(title, alarms, runs, ALARMS)
    few = [
        state
        for _ in range(runs)
        for state in states(rng, population, 50, Review(), limits).values()
    ]
    share = few.count("not_enough_data") / len(few)
    title = "drift: 'not enough data' at 50 rows, tolerances of 5,000"
    yield line(title, share, runs, POWER)
    pairs = rng.multinomial(100, [0.1] * 10, size=(runs, 2))
    index = np.array([population_stability(*pair) for pair in pairs])
    share = float(np.mean(index > 0.1))  # noqa: PLR2004 - the customary limit
    yield line("for comparison: PSI above 0.1 on equal samples of 100", share, runs)


PARTS: dict[str, Part] = {
    **{f"drift {rows:,} rows": partial(of_size, rows, limits) for rows, limits in SIZES.items()},
    "drift, too few rows": too_few,
}
